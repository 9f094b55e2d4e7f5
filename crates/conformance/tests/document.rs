//! The page of assumptions is the list that is tested.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use distributary_conformance::{Assumption, Local, OPEN, SCENES, Test};

const BEGIN: &str = "<!-- The list of crates/conformance/src/scenes, by UPDATE_GOLDEN=1 -->\n";
const END: &str = "<!-- End of the list -->\n";

fn all() -> impl Iterator<Item = &'static Assumption> {
    SCENES.iter().flat_map(|scene| scene.assumptions)
}

fn row(assumption: &Assumption) -> String {
    let Assumption { id, says, otherwise, how, test, local } = assumption;
    let when = match test {
        Test::Always(_) => "",
        Test::WithPackage(_) => " (with `--package`)",
        Test::Named(_) => " (with `--only`)",
    };
    let local = match local {
        Local::Truly => "do so".to_owned(),
        Local::Blindly(why) => format!("say nothing: {why}"),
        Local::Wrongly(what) => format!("**do not**: {what}"),
        Local::Nothing(why) => format!("say nothing: {why}"),
    };
    format!("| `{id}`{when} | {says} | {otherwise} | {how} | {local} |\n")
}

fn list() -> String {
    let mut list = String::new();
    for scene in SCENES {
        let name = scene.name;
        write!(list, "\n### Stack `{name}`\n\n").unwrap();
        list += "| id | assumption | if it is not so | test | local components |\n";
        list += "| --- | --- | --- | --- | --- |\n";
        list.extend(scene.assumptions.iter().map(row));
    }
    list += "\n### Without a test\n\n| assumption | if it is not so | why there is none |\n| --- | --- | --- |\n";
    for open in OPEN {
        writeln!(list, "| {} | {} | {} |", open.says, open.otherwise, open.why).unwrap();
    }
    list + "\n"
}

#[test]
fn the_page_of_assumptions_has_what_is_tested() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/assumptions.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", list())).unwrap();
    } else {
        assert!(found == list(), "docs/assumptions.md has another list: UPDATE_GOLDEN=1");
    }
}

#[test]
fn names_are_unlike_and_sentences_are_sentences() {
    let ids: BTreeSet<_> = all().map(|it| it.id).collect();
    assert_eq!(ids.len(), all().count());
    let scenes: BTreeSet<_> = SCENES.iter().map(|scene| scene.name).collect();
    assert_eq!(scenes.len(), SCENES.len());
    for assumption in all() {
        let Assumption { id, says, otherwise, .. } = assumption;
        assert!(id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-'));
        assert!(says.ends_with('.') && !otherwise.ends_with('.'), "{id}");
        assert!(!says.contains('|') && !otherwise.contains('|'), "{id}");
    }
}

/// Templates say by what they make what a dry run says would be made.
#[test]
fn every_stack_makes_something() {
    for scene in SCENES {
        assert!(!scene.makes().unwrap().is_empty(), "{}", scene.name);
        assert!(!scene.uses.is_empty() && scene.minutes > 0, "{}", scene.name);
    }
}
