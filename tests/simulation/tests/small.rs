//! Every run there is of a few changes, with every fault there is in every place, and what is found
//! where a part of the protocol is left out.

use distributary_simulation::{Misfortune, Part, Small, explore};

const FIFO: Small = Small {
    changes: 3,
    items: 2,
    sick: 1,
    misfortune: Misfortune { crashes: 0, faults: 0, doubles: 0 },
    ledger: false,
    without: None,
};

/// Two changes where faults are drawn from, since debug builds take their time; `cargo xtask
/// simulate` makes the runs of three.
#[test]
fn no_run_breaks_a_promise() {
    for (changes, [crashes, faults, doubles]) in [(3, [1, 0, 0]), (2, [0, 1, 0]), (3, [0, 0, 1])] {
        let misfortune = Misfortune { crashes, faults, doubles };
        let runs = explore(&Small { changes, misfortune, ..FIFO });
        assert!(runs.is_ok_and(|runs| runs > 40), "{misfortune:?}");
    }
}

#[test]
fn each_part_of_the_protocol_is_missed() {
    let misfortune = Misfortune { faults: 1, ..FIFO.misfortune };
    for (part, broken) in [
        (Part::Beyond, "I13: 3 were settled before, and 1 are remembered"),
        (Part::Holds, "I7: a group lost its order on its way"),
        (Part::Keeping, "I1: ordered says of more that it is settled than is"),
    ] {
        let found = explore(&Small { without: Some(part), misfortune, ..FIFO }).unwrap_err();
        assert!(found.starts_with(broken), "{found}");
    }
}
