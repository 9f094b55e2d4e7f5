//! A bundle is what its text is, and nothing else is taken for one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use distributary_rules::{Checked, Given};
use distributary_ruleset::{RuleSet, open};
use distributary_syntax::{Severity, render};
use sha2::{Digest, Sha256};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Rules that have one of everything.
fn every() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundle")
}

fn bundle(rules: &Path) -> Vec<u8> {
    let rule_set = open(rules).unwrap();
    let checked = rule_set.check(&Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    rule_set.bundle(&checked.program).unwrap()
}

fn loaded(bytes: &[u8]) -> Result<RuleSet, String> {
    RuleSet::of_bundle("rules.bundle", bytes).map_err(|error| error.to_string())
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// All that is made of a rule set at a place but what only authors need: warnings and tests.
fn made(rule_set: &RuleSet, stage: Option<&str>, flags: &[(&str, &str)]) -> String {
    let env = map(&[("DISTRIBUTARY_PARAM_STAGE", "test"), ("AWS_REGION", "eu-central-1")]);
    let given = match rule_set.given(stage, map(flags), env) {
        Ok(given) => given,
        Err(error) => return error.to_string(),
    };
    let checked = rule_set.check(&given);
    if checked.has_errors() {
        return findings(&checked, rule_set);
    }
    let program = checked.program;
    format!(
        "{}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        program.hash(),
        program.params(),
        program.sources(),
        program.schemas(),
        program.lots(),
        program.routes(),
        program.rules(),
        program.ignores(),
        program.resolve()
    )
}

fn findings(checked: &Checked, rule_set: &RuleSet) -> String {
    let errors = checked.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    errors.map(|it| render::concise(it, &rule_set.sources) + "\n").collect()
}

#[test]
fn what_is_loaded_is_what_the_text_compiles_to() {
    let mut compared = 0;
    let worlds = ["examples", "rules"].map(|folder| workspace().join(folder).read_dir().unwrap());
    let worlds = worlds.into_iter().flatten().map(|entry| entry.unwrap().path());
    for rules in worlds.filter(|path| path.is_dir()).chain([every()]) {
        let text = open(&rules).unwrap();
        let mut stored = loaded(&bundle(&rules)).unwrap();
        let stages = text.manifest.stages().map(Some).chain([None]);
        for stage in stages {
            assert_eq!(made(&stored, stage, &[]), made(&text, stage, &[]), "{}", rules.display());
            assert_eq!(stored.manifest.deploys(), text.manifest.deploys());
            assert_eq!(stored.hash(stage).unwrap(), text.hash(stage).unwrap());
            compared += 1;
        }
        let program = stored.check(&Given::default()).program;
        assert_eq!(stored.check_once(&Given::default()).program, program);
        // Whoever asks again has the text.
        let again = stored.check_once(&Given::default()).program;
        assert_eq!((again.hash(), again.rules()), (program.hash(), program.rules()));
    }
    assert!(compared > 8, "{compared} compared");
}

#[test]
fn what_a_place_gives_wrong_is_said_of_a_bundle_as_of_its_text() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("places");
    let _ = fs::remove_dir_all(&folder);
    copy(&every(), &folder);
    let manifest = "[params]\nlimit = \"many\"\n[params.prod]\nnetwork = \"10.0.0.0/99\"\n\
                    [params.test]\nlimit = 1\nnetwrok = \"\"\n";
    let stored = {
        let bytes = bundle(&folder);
        fs::write(folder.join("rules.toml"), manifest).unwrap();
        let unsound = open(&folder).unwrap();
        let program = open(&every()).unwrap().check(&Given::default()).program;
        assert!(loaded(&bytes).is_ok());
        loaded(&unsound.bundle(&program).unwrap()).unwrap()
    };
    let text = open(&folder).unwrap();
    let plain = |said: String| said.replace(&format!("{}/", folder.display()), "");
    let queue = [("queue", "arn:aws:sqs:eu-central-1:123456789012:o.fifo")];
    for (stage, flags) in [
        (None, &[][..]),
        (Some("prod"), &[]),
        (Some("test"), &[]),
        (None, &queue),
        (None, &[("limit", "1"), ("lmit", "2")]),
    ] {
        let said = made(&stored, stage, flags);
        assert!(said.contains("error[R"), "{said}");
        assert_eq!(said, plain(made(&text, stage, flags)));
    }
    assert_eq!(
        made(&stored, Some("dev"), &[]),
        "there is no stage `dev`: `rules.bundle` names `prod`, `test`"
    );
}

#[test]
fn equal_rules_make_equal_bytes_wherever_they_lie() {
    let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join("equal");
    let _ = fs::remove_dir_all(&top);
    let shared = "route out = console {}\n";
    for home in ["one", "a/longer/way"] {
        let home = top.join(home);
        copy(&every(), &home.join("shop"));
        fs::create_dir_all(home.join("shared")).unwrap();
        fs::write(home.join("shared/shared.rules"), shared).unwrap();
        fs::write(home.join("shop/rules.toml"), "include = [\"../shared\"]\n").unwrap();
    }
    let one = bundle(&top.join("one/shop"));
    assert!(one == bundle(&top.join("a/longer/way/shop")));
    assert!(one == bundle(&top.join("one/shop/../shop")));
    let rule_set = loaded(&one).unwrap();
    let names: Vec<_> = rule_set.sources.iter().map(|(_, file)| file.name.as_str()).collect();
    assert_eq!(names, ["every.rules", "../shared/shared.rules"]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn the_deepest_rules_that_there_can_be_are_loaded() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deep");
    fs::create_dir_all(&folder).unwrap();
    let accepted = |levels: usize| {
        let level = |n: usize| {
            let inner = n.checked_sub(1).map_or("item.x == 1".to_owned(), |n| format!("deep{n}"));
            format!("let deep{n} = not ({inner} and item.y == {n} or item.z == {n})\n")
        };
        let lets: String = (0..levels).map(level).collect();
        let rule =
            format!("rule deep {{ on ANY when deep{} to out with [[deep0]] }}\n", levels - 1);
        fs::write(folder.join("a.rules"), format!("route out = console {{}}\n{lets}{rule}"))
            .unwrap();
        let text = open(&folder).unwrap();
        !text.check(&Given::default()).has_errors()
    };
    let levels: Vec<usize> = (1..200).collect();
    let deepest = levels.partition_point(|levels| accepted(*levels));
    assert!((20..199).contains(&deepest) && accepted(deepest), "{deepest}");
    assert!(loaded(&bundle(&folder)).is_ok(), "{deepest} levels");
}

/// A bundle of this content, whatever it is.
fn forged(content: &[u8]) -> Vec<u8> {
    let mut bytes = bundle(&every())[..12].to_vec();
    bytes.extend((content.len() as u64).to_be_bytes());
    bytes.extend(Sha256::digest(content));
    bytes.extend(content);
    bytes
}

/// The content of a bundle of one rule, `r`, with so many `not` in its condition.
fn nested(levels: usize) -> Vec<u8> {
    let before = [&[0; 9][..], &[1, 1, b'r', 0, 0, 0, 0, 0, 0, 0, 1]].concat();
    let (not, unknown, after) = (1, 16, [0; 5]);
    [&before[..], &vec![not; levels], &[unknown], &after].concat()
}

#[test]
fn what_is_no_whole_bundle_is_refused() {
    let good = bundle(&every());
    let length = good.len();
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let again = "copy it again, or write it anew with `rulesc bundle`";
    let version = env!("CARGO_PKG_VERSION");
    let no_rules = format!(
        "the content of `rules.bundle` is no rule set: write it anew with `rulesc bundle` of version \
         {version}"
    );
    assert!(loaded(&forged(&nested(100))).is_ok());
    for (bytes, expected) in [
        (
            b"route out = console {}".to_vec(),
            "`rules.bundle` is no bundle: write one with `rulesc bundle RULES --out FILE`"
                .to_owned(),
        ),
        (
            good[..length - 1].to_vec(),
            format!(
                "`rules.bundle` has {} bytes where a bundle like this has {length}: {again}",
                length - 1
            ),
        ),
        (
            good[..30].to_vec(),
            format!("`rules.bundle` has 30 bytes where a bundle like this has 52: {again}"),
        ),
        (
            [&good[..], b"\n"].concat(),
            format!(
                "`rules.bundle` has {} bytes where a bundle like this has {length}: {again}",
                length + 1
            ),
        ),
        (
            changed(length - 1),
            format!(
                "the content of `rules.bundle` does not have the SHA-256 that it was written with: \
                 {again}"
            ),
        ),
        (
            changed(8),
            format!(
                "`rules.bundle` is a bundle of format 16777218, and this is read here: 2; write it anew \
                 with `rulesc bundle` of version {version}"
            ),
        ),
        (forged(b""), no_rules.clone()),
        (forged(&[0xff, 0xff, 0xff, 0xff, 0x0f]), no_rules.clone()),
        (forged(&[&good[52..], b"\0"].concat()), no_rules.clone()),
        (forged(&nested(1_000_000)), no_rules),
    ] {
        assert_eq!(loaded(&bytes).unwrap_err(), expected);
    }
}

#[test]
fn the_format_is_another_one_when_the_content_is() {
    let golden = every().join("format-2.sha256");
    let found = format!("{:x}\n", Sha256::digest(bundle(&every())));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &found).unwrap();
    }
    let kept = fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(
        kept, found,
        "a bundle is made of something else: raise `FORMAT` in `src/bundle.rs`, and name this file \
         after it"
    );
}
