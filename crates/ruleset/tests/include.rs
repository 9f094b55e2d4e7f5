//! `include` in `rules.toml`, on disk.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::path::{Path, PathBuf};

use distributary_rules::ParamValue;
use distributary_ruleset::{RuleSet, RulesetError, find, open};

struct Tree(PathBuf);

impl Tree {
    fn new(test: &str, files: &[(&str, &str)]) -> Tree {
        let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("include").join(test);
        let _ = std::fs::remove_dir_all(&top);
        for (name, text) in files {
            let file = top.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Tree(top)
    }

    fn open(&self, path: &str) -> Result<RuleSet, RulesetError> {
        open(&self.0.join(path))
    }

    fn files(&self, path: &str) -> Vec<String> {
        let rule_set = self.open(path).unwrap();
        let top = format!("{}/", self.0.display());
        rule_set.sources.iter().map(|(_, source)| source.name.replace(&top, "")).collect()
    }

    /// Each finding as `underlined text: message`.
    fn refused(&self, path: &str) -> Vec<String> {
        let Err(RulesetError::Refused(refused)) = self.open(path) else { return Vec::new() };
        let line = |finding: &distributary_syntax::Diagnostic| {
            format!("{}: {}", refused.sources.text(finding.span().unwrap()), finding.message)
        };
        refused.diagnostics.iter().map(line).collect()
    }
}

#[test]
fn included_files_come_after_the_own_ones_and_each_once() {
    let tree = Tree::new(
        "diamond",
        &[
            ("shop/rules.toml", "include = [\"../left\", \"../right\"]"),
            ("shop/a.rules", ""),
            ("left/rules.toml", "include = [\"../base\"]"),
            ("left/l.rules", ""),
            ("right/rules.toml", "include = [\"../base\"]"),
            ("right/r.rules", ""),
            ("base/b.rules", ""),
        ],
    );
    assert_eq!(
        tree.files("shop"),
        ["shop/a.rules", "left/l.rules", "base/b.rules", "right/r.rules"]
    );
}

#[test]
fn the_including_manifest_has_the_last_word_on_parameters() {
    let tree = Tree::new(
        "params",
        &[
            ("shop/rules.toml", "include = [\"../base\"]\n[params]\na = 1\n[params.dev]\nc = 3"),
            ("shop/a.rules", ""),
            ("base/rules.toml", "[params]\na = 2\nb = 2\n[params.dev]\nc = 2\nd = 2"),
            ("base/b.rules", ""),
        ],
    );
    let manifest = tree.open("shop").unwrap().manifest;
    let params = manifest.params(Some("dev")).unwrap();
    let expected = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "2")];
    let expected = expected.map(|(name, v)| (name.to_owned(), ParamValue::Number(v.to_owned())));
    let params = params.into_iter().map(|(name, set)| (name, set.value));
    assert_eq!(params.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_only_included_is_no_rule_set_of_its_own() {
    let tree = Tree::new(
        "parts",
        &[
            ("shop/rules.toml", "include = [\"../shared\"]"),
            ("shop/a.rules", ""),
            ("shared/s.rules", ""),
            ("alone/x.rules", ""),
        ],
    );
    let found = find(std::slice::from_ref(&tree.0)).unwrap();
    let roots: Vec<_> = found.iter().map(|l| (l.root.clone(), l.files.len())).collect();
    assert_eq!(roots, [(tree.0.clone(), 1), (tree.0.join("shop"), 1)]);
}

#[test]
fn what_cannot_be_included_is_named() {
    let toml =
        "include = [\"../nowhere\", \"../empty\", \"part\", \"../ok\", \"../ok\", \"../ok/x\"]";
    let tree = Tree::new(
        "refused",
        &[
            ("shop/rules.toml", toml),
            ("shop/a.rules", ""),
            ("shop/part/b.rules", ""),
            ("empty/readme.md", ""),
            ("ok/rules.toml", ""),
            ("ok/x/o.rules", ""),
        ],
    );
    assert_eq!(
        tree.refused("shop"),
        [
            "\"../nowhere\": there is no directory `../nowhere`",
            "\"../empty\": there are no rules in `../empty`",
            "\"part\": `part` is a part of this rule set anyhow",
            "\"../ok\": `../ok` is included twice",
            "\"../ok/x\": `../ok/x` is a part of another rule set",
        ]
    );
}

#[test]
fn a_circle_is_seen_from_each_of_its_places() {
    let tree = Tree::new(
        "circle",
        &[
            ("a/rules.toml", "include = [\"../b\"]"),
            ("a/a.rules", ""),
            ("b/rules.toml", "include = [\"../a\"]"),
            ("b/b.rules", ""),
            ("c/rules.toml", "include = [\".\"]"),
            ("c/c.rules", ""),
        ],
    );
    assert_eq!(tree.refused("a"), ["\"../a\": `../a` includes this rule set in turn"]);
    assert_eq!(tree.refused("b"), ["\"../b\": `../b` includes this rule set in turn"]);
    assert_eq!(tree.refused("c"), ["\".\": `.` includes this rule set in turn"]);
}
