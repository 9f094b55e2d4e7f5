//! What the derived filter keeps from being invoked for.

use std::fs;

use anyhow::{Result, ensure};
use distributary_change::RawRecord;
use distributary_deploy::filter::{Limits, Pattern, criteria, wanted};
use distributary_rules::{Given, Truth, check, evaluate};
use distributary_syntax::Sources;
use distributary_tests::components::workspace;

use crate::changes;

const CHANGES: usize = 10_000;
/// The batch size that a mapping has unless it is set.
const BATCH: usize = 100;

pub(crate) fn print() -> Result<()> {
    let file = fs::read_to_string(workspace().join("tests/rules/cost/shop.rules"))?;
    let paid = r#"item.entityType == "Order" and item.status became "Paid""#;
    ensure!(file.contains(paid), "the rule of `tests/rules/cost` is another one");
    let conditions = [
        (paid, "all of it"),
        (r#"item.status became "Paid" and new.total >= 5000"#, "all but the number"),
        (r#"item.entityType == "Order" and item.total changed"#, "all but `changed`"),
    ];
    println!(
        "\n## {CHANGES} changes of orders, products and sessions, through the derived filter\n"
    );
    println!(
        "| rule | the filter asks | fires on | pass | of those no rule fires on | invocations one by one | in batches of {BATCH} |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let records = changes::mixed(CHANGES);
    for (condition, asked) in conditions {
        let (fire, pass, extra) = count(&file.replace(paid, condition), &records)?;
        println!(
            "| `on MODIFY when {condition}` | {asked} | {fire} | {pass} | {extra} | {pass} of {CHANGES} | {} of {} |",
            pass.div_ceil(BATCH),
            CHANGES.div_ceil(BATCH)
        );
    }
    Ok(())
}

/// How many records a rule fires on, how many pass the filter, and how many pass though no rule fires.
fn count(rules: &str, records: &[String]) -> Result<(usize, usize, usize)> {
    let mut sources = Sources::new();
    sources.add("shop.rules", rules);
    let checked = check(&sources, &Given::default());
    ensure!(!checked.has_errors(), "the rules are not right: {:?}", checked.diagnostics);
    let program = checked.program;
    let limits = Limits { filters: 5, characters: 4096 };
    let criteria = criteria(&[wanted(&program, Some(0), false)], limits);
    let patterns: Vec<_> =
        criteria.patterns.iter().filter_map(|pattern| Pattern::parse(pattern)).collect();
    let (mut fire, mut pass, mut extra) = (0, 0, 0);
    for text in records {
        let record = RawRecord { bytes: text.clone().into() }.decode()?;
        let fires = evaluate::fires(&program, 0, &record, Some(0)) == Truth::True;
        let json = serde_json::from_str(text)?;
        let passes = patterns.iter().any(|pattern| pattern.passes(&json));
        ensure!(passes || !fires, "the filter keeps `{}` from its rule", record.id);
        fire += usize::from(fires);
        pass += usize::from(passes);
        extra += usize::from(passes && !fires);
    }
    Ok((fire, pass, extra))
}
