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
const WAYS: [(&str, &str, usize); 11] = [
    ("(", ")", 1),
    ("[", "]", 1),
    ("{ a: ", " }", 1),
    ("\"${", "}\"", 1),
    ("\"${(", ")}\"", 2),
    ("not (item.x == 1 or not ", ")", 1),
    ("1 + (item.x became ", ")", 1),
    ("len(", ")", 1),
    ("set[", "]", 1),
    ("{ ...{ a: ", "} }", 2),
    ("item.x matches \"${", "}\"", 1),
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
fn types_nest_as_deeply_as_other_things() {
    for (opening, closing) in [("list<", ">"), ("set<", ">"), ("{ a: ", " }")] {
        let nested = |times: usize| {
            let ty = opening.repeat(times) + "string" + &closing.repeat(times);
            read(format!("schema A {{ a: {ty} }}\nlet b = item.x < 1 or item.y > 2\n"))
        };
        let parsed = nested(63);
        assert_eq!(parsed.diagnostics, [], "{opening}");
        assert_eq!(parsed.files[0].declarations.len(), 2, "{opening}");
        for times in [64, 10_000] {
            let parsed = nested(times);
            assert_eq!(parsed.diagnostics.len(), 1, "{opening}");
            assert_eq!(parsed.diagnostics[0].code, codes::TOO_DEEP, "{opening}");
            assert_eq!(parsed.files[0].declarations.len(), 1, "{opening}");
        }
    }
}

#[test]
fn quantifiers_nest_as_deeply_as_other_things() {
    for (times, errors) in [(64, 0), (65, 1), (10_000, 1)] {
        let inner = (1..times).map(|i| format!("any v{i} in v{}.x (", i - 1)).collect::<String>();
        let all = format!("let a = any v0 in item.x ({inner}v0 == 1{}", ")".repeat(times));
        let parsed = read(all);
        assert_eq!(parsed.diagnostics.len(), errors, "{times}");
        assert!(parsed.diagnostics.iter().all(|error| error.code == codes::TOO_DEEP));
    }
}

#[test]
fn what_is_long_and_flat_is_read() {
    let many = |part: &str| part.repeat(10_000);
    for text in [
        format!("schema A {{ a: 1 {} }}", many("| \"x\" ")),
        format!("schema A {{ {} }}", many("a: string\n")),
        format!("test \"a\" {{ {} expect nothing }}", many("insert { a: 1 }\n")),
        format!("let a = len(1{})", many(", 2")),
        format!("let a = set[1{}]", many(", 2")),
        format!("let a = item.{{a{}}} changed", many(", b")),
        format!("source a {{ {} }}", many("only when item.x == 1\n")),
        format!("let a = item.x matches \"{}\"", many("*a")),
        format!("let a = item.x matches /{}/", many("(a|b")),
        format!("rule a {{ on ANY to b with {{ {} }} }}", many("...new ")),
    ] {
        assert_eq!(read(text.clone()).diagnostics, [], "{}", &text[..40]);
    }
}

/// Reading something again at every level would take longer than anybody waits.
#[test]
fn a_mistake_deep_inside_is_found_as_fast_as_any() {
    let texts = [
        ("set[\"${", "}\"]", 2),
        ("b64\"${", "}\"", 1),
        ("item[\"${", "}\"]", 2),
        ("other[\"${", "}\"]", 2),
        ("{ \"${", "}\": 1 }", 2),
        ("{ ...{ a: len([", "]) } }", 4),
        ("ANY l in item.x (", ")", 1),
        ("x.len(", ")", 1),
        ("(1, ", ")", 1),
    ];
    for (opening, closing, brackets) in WAYS.into_iter().chain(texts) {
        for inside in ["1 1", "item.{a b}", "any x of y", "\"\\q"] {
            let parsed = read(nested(opening, inside, closing, 64 / brackets));
            assert!(!parsed.diagnostics.is_empty(), "{opening}");
        }
    }
    for opening in ["list<", "list<{ a: ", "{ a: \"x\" | "] {
        let inside = format!("schema A {{ a: {}1 1", opening.repeat(30));
        let closing = if opening.contains('<') && opening.contains('{') { " }>" } else { ">" };
        assert!(!read(inside + &closing.repeat(30) + "}").diagnostics.is_empty(), "{opening}");
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
