//! Whatever is parsed, the parser answers, and what it says can be shown.

use distributary_syntax::{Parsed, Sources, Span, parse, render};
use proptest::prelude::*;

use crate::places;

/// Rules without a mistake, with what they give below them.
const GOOD: [&str; 7] = [
    include_str!("../trees/conditions.txt"),
    include_str!("../trees/rules.txt"),
    include_str!("../trees/schemas.txt"),
    include_str!("../trees/shop.txt"),
    include_str!("../trees/tests.txt"),
    include_str!("../trees/values.txt"),
    include_str!("../trees/whole.txt"),
];

/// Words and marks that make the parser go far before it stumbles.
const FRAGMENTS: &[&str] = &[
    "param ",
    "source ",
    "let ",
    "lot ",
    "route ",
    "rule ",
    "schema ",
    "schema A when ",
    "ignore ",
    "test ",
    "test \"t\" ",
    "given {",
    "insert {",
    "modify {",
    " => {",
    "events ",
    "expect ",
    " -> ",
    "nothing ",
    " 2 times",
    "mode: off ",
    "formerly x ",
    "a?: ",
    "string",
    "list<",
    "set<",
    " | ",
    "x",
    "order-id",
    "item",
    "item.a",
    "old",
    ".",
    "..",
    "...",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "[0]",
    "[\"k\"]",
    "\"",
    "\"t\"",
    "\"${",
    "${",
    "}\"",
    "\\",
    "\\u{",
    "=",
    "==",
    "!=",
    "&&",
    "||",
    "!",
    "<",
    ">",
    "/",
    "//",
    "///",
    "/*",
    "*/",
    "#",
    "'",
    "`",
    "+",
    "-",
    "*",
    "??",
    ",",
    ":",
    ";",
    "1",
    "1.5",
    "5s",
    "1e5",
    "on ",
    "on MODIFY ",
    "from ",
    "when ",
    "to x ",
    "with ",
    "of ",
    " and ",
    " or ",
    " not ",
    " in ",
    " has ",
    " has any ",
    " contains ",
    " starts with ",
    " exists",
    " changed",
    " became ",
    " is ",
    " is number",
    " matches /a/",
    " matches \"a*\"",
    " matches ",
    "any l in ",
    "all t in l.x (",
    "l.x",
    "len(",
    "b64",
    "b64\"AQ==\"",
    "set",
    "set[",
    ".{",
    "...new",
    "only when ",
    "skip when ",
    "true",
    "null",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{FEFF}",
    "\u{A0}",
    "é",
    "🦀",
    "\0",
    "\u{202E}",
];

fn fragments() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(FRAGMENTS), 0..60).prop_map(|v| v.concat())
}

/// The good rules with some pieces taken out and others put in.
pub(crate) fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..12_usize, fragments().prop_map(shorten));
    let edits = proptest::collection::vec(edit, 1..6);
    (proptest::sample::select(&GOOD[..]), edits).prop_map(|(good, edits)| {
        let good = good.split("\n====").next().unwrap();
        let mut text: Vec<char> = good.chars().collect();
        for (at, cut, insert) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, insert.chars());
        }
        text.into_iter().collect()
    })
}

fn shorten(text: String) -> String {
    text.chars().take(8).collect()
}

fn read(text: &str) -> (Sources, Parsed) {
    let mut sources = Sources::new();
    sources.add("shop.rules", text);
    let parsed = parse(&sources);
    (sources, parsed)
}

fn check(text: &str) {
    let (sources, parsed) = read(text);
    let inside = |span: Span| {
        assert!(span.start <= span.end, "{span:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} of {} bytes", text.len());
    };
    for diagnostic in &parsed.diagnostics {
        diagnostic.labels.iter().for_each(|label| inside(label.span));
        let concise = render::concise(diagnostic, &sources);
        assert!(!concise.chars().any(char::is_control), "{concise:?}");
        assert!(!render::full(diagnostic, &sources, true).is_empty());
        let said = format!("{} {}", diagnostic.message, diagnostic.help.as_deref().unwrap_or(""));
        let own: String = said.split('`').step_by(2).collect();
        assert!(!own.contains('_') && !own.contains("EOI"), "grammar names in {said:?}");
        assert!(!diagnostic.message.ends_with('.'), "{said:?}");
    }
    for file in &parsed.files {
        file.declarations.iter().flat_map(places::of).for_each(inside);
        file.unread.iter().for_each(|name| inside(name.span));
    }
    let unread = parsed.files.iter().map(|file| file.unread.len()).sum::<usize>();
    assert!(parsed.diagnostics.len() >= unread, "something is unread without a word");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_fragments_are_answered(text in fragments()) {
        check(&text);
    }

    #[test]
    fn any_slip_is_answered(text in mutated()) {
        check(&text);
    }

    #[test]
    fn nothing_hides_the_declarations_after_it(text in prop_oneof![mutated(), fragments()]) {
        let (_, parsed) = read(&format!("{text}\nrule the_last {{ on ANY to x }}\n"));
        let last = parsed.files[0].declarations.last().map(|d| d.name.node.as_str());
        prop_assert_eq!(last, Some("the_last"));
    }
}
