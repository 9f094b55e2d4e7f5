//! `rulesc completions` and `rulesc man`

use std::collections::BTreeSet;

use crate::{folder, rulesc};

#[test]
fn shells_can_complete_the_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = rulesc(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        for word in ["check", "output-format"] {
            assert!(ran.stdout.contains(word), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let whole = rulesc(&["man"]);
    assert_eq!((whole.code, whole.stderr.as_str()), (0, ""));
    let help = rulesc(&["--help"]).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let commands: BTreeSet<&str> =
        commands.map(|line| line.split_whitespace().next().unwrap()).collect();
    let pages = folder("man", &[]).join("man1");
    assert_eq!(rulesc(&["man", pages.to_str().unwrap()]).code, 0);
    for command in commands.into_iter().filter(|command| *command != "help") {
        assert!(
            whole.stdout.contains(&format!("rulesc\\-{command}")),
            "{command}: {}",
            whole.stdout
        );
        let page = std::fs::read_to_string(pages.join(format!("rulesc-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn pages_that_cannot_be_written_are_said_so() {
    let ran = rulesc(&["man", "/dev/null/man1"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("error: cannot write manual pages to `/dev/null/man1`: "));
}
