//! A function of a part of the sources runs what it would run if the others were not written.

use distributary_rules::{Given, Program, Scope, check};
use distributary_syntax::Sources;

const PARAMS: &str = r#"
param stage: string = "dev"
param table: string
param queue: arn
param other_queue: arn
param limit: number
"#;

/// Declared before ours, so that each of ours is somewhere else once they are gone.
const OTHERS: &str = r#"
source stock { table: "${table}" park: theirs skip when item.n > limit }
lot theirs = sqs { queue: "${other_queue}" then: last }
route audit = sqs { queue: "${other_queue}" park: theirs }
rule counted { on ANY from stock to audit to bus }
ignore rest { on REMOVE from stock }
"#;

const OURS: &str = r#"
source shop { table: "${stage}-shop" park: waiting }
lot last = dynamodb { table: "last" }
lot waiting = sqs { queue: "arn:aws:sqs:eu-west-1:123456789012:waiting" then: last }
lot forgotten = sqs { queue: "arn:aws:sqs:eu-west-1:123456789012:forgotten" }
route bus = eventbridge { bus: "orders" source: "shop" park: waiting }
route fifo = sqs.fifo { queue: "${queue}" on_failure: block max_block: 1h park: last }
route large = sqs { queue: "${queue}" oversize: park park: waiting }
rule paid { on MODIFY from shop when item.status became "Paid" to fifo to bus to large }
ignore carts { on ANY from shop when item.type == "Cart" }
"#;

fn program(others: &str) -> Program {
    let mut sources = Sources::new();
    sources.add("a.rules", PARAMS);
    sources.add("b.rules", others);
    sources.add("c.rules", OURS);
    let checked = check(&sources, &Given::default());
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    checked.program
}

#[test]
fn what_other_sources_alone_use_is_gone() {
    let (whole, alone) = (program(OTHERS), program(""));
    let served = whole.serving(|source| &*source.name == "shop");
    assert_eq!(served.sources(), alone.sources());
    assert_eq!(served.rules(), alone.rules());
    assert_eq!(served.ignores(), alone.ignores());
    assert_eq!(served.routes(), alone.routes());
    assert_eq!(served.lots(), alone.lots());
    assert_eq!(served.hash(), whole.hash());

    let needed = |program: &Program| {
        let used = program.used_params(Scope::All).into_iter();
        used.map(|param| program.params()[param].name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(needed(&whole), ["stage", "table", "queue", "other_queue", "limit"]);
    assert_eq!(needed(&served), ["stage", "queue"]);
}

#[test]
fn a_function_of_all_sources_runs_all() {
    let whole = program(OTHERS);
    assert_eq!(whole.serving(|_| true), whole);
}
