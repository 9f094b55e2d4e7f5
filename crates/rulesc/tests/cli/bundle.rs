//! `rulesc bundle`

use std::path::Path;

use crate::{Ran, folder, rulesc};

const RULES: &str = "param limit: number = 10\nroute out = console {}\n\
                     rule large { on INSERT when item.total > limit to out }\n";

/// Bundles rules of these files, and says whether there is a bundle.
fn bundle(test: &str, files: &[(&str, &str)]) -> (Ran, bool) {
    let folder = folder(&format!("bundle_{test}"), files);
    let out = folder.join("rules.bundle");
    let ran = rulesc(&["bundle", path(&folder), "--out", path(&out)]);
    (ran, out.exists())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn commands_that_take_one_rule_set_take_its_bundle() {
    let folder = folder("bundle_taken", &[]);
    let out = folder.join("shop.bundle");
    let ran = rulesc(&["bundle", "examples/shop", "--out", path(&out)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with(&format!("{}: ", path(&out))), "{ran:?}");

    for command in [
        &["eval", "--events", "examples/shop/events"][..],
        &["filter", "--stage", "dev"],
        &["template", "--stage", "dev"],
    ] {
        let of = |rules: &str| rulesc(&[&command[..1], &[rules], &command[1..]].concat());
        let (text, bundle) = (of("examples/shop"), of(path(&out)));
        assert_eq!(bundle.code, 0, "{bundle:?}");
        assert_eq!(bundle.stdout, text.stdout, "{command:?}");
    }
}

#[test]
fn what_is_wrong_in_any_stage_is_not_written() {
    for (test, files, said) in [
        ("broken", &[("a.rules", &*RULES.replace("to out", "to otu"))][..], "`otu`"),
        (
            "never",
            &[("a.rules", &*RULES.replace("> limit", "> 5 and item.total < 3"))],
            "error[R301]",
        ),
        (
            "stage",
            &[("a.rules", RULES), ("rules.toml", "[params.prod]\nlimit = \"many\"\n")],
            "rules.toml:2` gives `limit` the value `many`",
        ),
        (
            "never_in_a_stage",
            &[
                ("a.rules", &*RULES.replace("> limit", "> limit and item.total < 12")),
                ("rules.toml", "[params.prod]\nlimit = 13\n"),
            ],
            "error[R301]",
        ),
        (
            "deploy",
            &[("a.rules", RULES), ("rules.toml", "[deploy.f]\nsources = [\"shop\"]\n")],
            "the rules declare no source `shop`",
        ),
    ] {
        let (ran, written) = bundle(test, files);
        assert_eq!((ran.code, written), (1, false), "{ran:?}");
        assert!(ran.stderr.contains(said), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_a_bundle_is_refused() {
    let (ran, written) = bundle("empty", &[("a.rules", "route out = console {}\n")]);
    assert_eq!((ran.code, written), (2, false), "{ran:?}");
    assert!(ran.stderr.contains("bundle_empty` has no rules"), "{ran:?}");

    let top = folder("bundle_twice", &[("a.rules", RULES)]);
    let once = top.join("once.bundle");
    assert_eq!(rulesc(&["bundle", path(&top), "--out", path(&once)]).code, 0);
    let twice = rulesc(&["bundle", path(&once), "-o", path(&top.join("twice.bundle"))]);
    assert_eq!(twice.code, 2, "{twice:?}");
    assert!(twice.stderr.contains("is a bundle already: name the rules"), "{twice:?}");

    let check = rulesc(&["check", path(&once)]);
    assert_eq!(check.code, 1, "{check:?}");
    assert!(check.stderr.contains("name the rules that it was made from"), "{check:?}");

    let nowhere = rulesc(&["bundle", path(&top), "--out", path(&top.join("no/rules.bundle"))]);
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
    assert!(nowhere.stderr.contains("there is no such file or directory"), "{nowhere:?}");
}
