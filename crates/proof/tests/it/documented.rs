//! The examples of `docs/proofs.md` are decided, or not, as it says.

use std::path::Path;

use distributary_proof::Fuel;
use distributary_rules::{Given, check};
use distributary_syntax::{Sources, codes};

use crate::proved;

const PRELUDE: &str = "param limit: number
source shop { table: \"shop\"  key: pk }
route out = console {}
rule every { on ANY to out with { all: true } }
";

/// The examples in the last column of the first table below a heading.
fn examples(heading: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/proofs.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, below) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let lines = below.lines().skip_while(|line| !line.starts_with("| "));
    let rows = lines.take_while(|line| line.starts_with("| ")).skip(2);
    let cell = |row: &str| row.trim_end_matches(" |").rsplit_once(" | ").unwrap().1.to_owned();
    let code = |cell: String| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(cell).flat_map(|cell| -> Vec<String> { code(cell) }).collect()
}

fn rule(condition: &str) -> String {
    format!("{PRELUDE}rule a {{ on ANY when {condition} to out with {{ n: 1 }} }}\n")
}

/// Whether it is a condition, and not the name of a field or a setting.
fn is_condition(example: &str) -> bool {
    let mut sources = Sources::new();
    sources.add("shop.rules", rule(example));
    !check(&sources, &Given::default()).has_errors()
}

#[test]
fn what_is_inside_is_shown_on_a_record() {
    let examples: Vec<String> =
        examples("What is decided").into_iter().filter(|e| is_condition(e)).collect();
    assert!(examples.len() >= 10, "{examples:?}");
    for example in examples {
        let (_, found, _) = proved(&rule(&example), Fuel::default());
        assert!(found.iter().any(|finding| finding.code == codes::OVERLAP), "{example}: {found:?}");
        let never = format!("({example}) and not ({example})");
        let (_, found, _) = proved(&rule(&never), Fuel::default());
        assert!(
            found.iter().any(|finding| finding.code == codes::NEVER_FIRES),
            "{never}: {found:?}"
        );
    }
}

#[test]
fn what_is_outside_has_the_same_answer_wherever_it_is_asked() {
    let examples: Vec<String> =
        examples("What is outside").into_iter().filter(|e| is_condition(e)).collect();
    assert!(examples.len() >= 10, "{examples:?}");
    for example in examples {
        let (_, found, _) = proved(&rule(&example), Fuel::default());
        assert!(
            found.iter().all(|finding| finding.code != codes::NEVER_FIRES),
            "{example}: {found:?}"
        );
        let never = format!("({example}) and not ({example})");
        let (_, found, _) = proved(&rule(&never), Fuel::default());
        assert!(
            found.iter().any(|finding| finding.code == codes::NEVER_FIRES),
            "{never}: {found:?}"
        );
    }
}
