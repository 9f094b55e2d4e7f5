//! Input at and beyond the limits: refused with a message, never with a crash.

use distributary_syntax::{MAX_FILE_BYTES, Parsed, Sources, codes, parse};

fn read(text: impl Into<String>) -> Parsed {
    let mut sources = Sources::new();
    sources.add("shop.rules", text);
    parse(&sources)
}

fn nested(opening: &str, inside: &str, closing: &str, times: usize) -> String {
    format!("let a = {}{inside}{}\n", opening.repeat(times), closing.repeat(times))
}

/// Ways to nest, with how many brackets each adds.
const WAYS: [(&str, &str, usize); 7] = [
    ("(", ")", 1),
    ("[", "]", 1),
    ("{ a: ", " }", 1),
    ("\"${", "}\"", 1),
    ("\"${(", ")}\"", 2),
    ("not (item.x == 1 or not ", ")", 1),
    ("1 + (item.x became ", ")", 1),
];

#[test]
fn sixty_four_brackets_inside_each_other_are_read() {
    for (opening, closing, brackets) in WAYS {
        let parsed = read(nested(opening, "1", closing, 64 / brackets));
        let deep: Vec<_> =
            parsed.diagnostics.iter().filter(|d| d.code != codes::TOO_DEEP).collect();
        assert!(deep.is_empty(), "{opening}: {deep:?}");
        if !opening.contains(['+', 'n']) {
            assert_eq!(parsed.files[0].declarations.len(), 1, "{opening}");
        }
    }
}

#[test]
fn more_brackets_are_refused_however_many() {
    for (opening, closing, brackets) in WAYS {
        for times in [64 / brackets + 1, 10_000] {
            let text = nested(opening, "1", closing, times) + "let b = 1\n";
            for text in [text.clone(), text.replace(closing, " ")] {
                let parsed = read(text);
                let first = &parsed.diagnostics[0];
                let codes = [codes::TOO_DEEP, codes::OPEN_BRACKET, codes::OPEN_TEXT];
                assert!(codes.contains(&first.code), "{opening}: {first:?}");
                assert_eq!(parsed.files[0].declarations.len(), 1, "{opening}");
                assert_eq!(parsed.files[0].declarations[0].name.node, "b");
            }
        }
    }
}

#[test]
fn long_chains_of_operators_are_refused_and_long_conditions_are_not() {
    for link in ["1 + ", "1 * ", "item.x ?? ", "not ", "-"] {
        let parsed = read(format!("let a = {}1\nlet b = 1\n", link.repeat(10_000)));
        assert_eq!(parsed.diagnostics.len(), 1, "{link}");
        assert!([codes::TOO_DEEP, codes::NUMBER].contains(&parsed.diagnostics[0].code), "{link}");
    }
    for link in ["item.x == 1 or ", "item.x == 1 and not "] {
        let parsed = read(format!("let a = {}vip\n", link.repeat(10_000)));
        assert_eq!(parsed.diagnostics, []);
    }
}

#[test]
fn a_file_beyond_the_limit_is_named() {
    let parsed = read(format!("//{}", "-".repeat(MAX_FILE_BYTES - 2)));
    assert_eq!(parsed.diagnostics, []);
    let parsed = read(format!("//{}", "-".repeat(MAX_FILE_BYTES - 1)));
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].message, "`shop.rules` is larger than 64 MiB");
}

#[test]
fn an_empty_file_is_fine() {
    for text in ["", "\n", "// nothing\n", "/// nothing", "\u{FEFF}", "\u{FEFF}// nothing"] {
        let parsed = read(text);
        assert_eq!(parsed.diagnostics, []);
        assert_eq!(parsed.files.len(), 1);
    }
}
