//! `distributary pause` and `distributary resume`, as far as they go without a ledger.

use crate::{command, folder};

#[test]
fn what_cannot_be_paused_is_refused() {
    let rules = "route shout = console {}\nrule every { on INSERT  to shout }\n";
    let folder = folder("pause", &[("a.rules", rules)]);
    let folder = folder.to_str().unwrap();
    for (arguments, said) in [
        (&["pause", folder, "--route", "quiet"][..], "there is no route `quiet`"),
        (&["pause", folder, "--route", "shout"], "name its table with `--ledger` or `DISTRIB"),
        (&["resume", folder, "--route", "shout"], "name its table with `--ledger` or `DISTRIB"),
        (&["pause", folder], "nothing says where the function's ledger is"),
    ] {
        // An empty variable names nothing.
        let output = command(arguments).env("DISTRIBUTARY_LEDGER", "").output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}
