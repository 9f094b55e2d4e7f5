//! What can be tested, what would be made, and what was found, for people and for programs.

use std::io::Write as _;

use comfy_table::{ContentArrangement, Table, presets};
use distributary_cli::{Exit, count};
use distributary_conformance::{
    Account, Choice, Estimate, Finding, OPEN, Outcome, SCENES, Verdict,
};
use serde_json::{Value, json};

use super::Format;

/// Everything that is assumed, and how it is tested.
pub(super) fn list(format: Format) -> anyhow::Result<Exit> {
    let all = || SCENES.iter().flat_map(|scene| scene.assumptions);
    let mut out = std::io::stdout().lock();
    match format {
        Format::Table => {
            let mut table = table(&["id", "assumption", "test"]);
            table.add_rows(all().map(|it| [it.id, it.says, it.how]));
            writeln!(out, "{}", table.trim_fmt())?;
        }
        Format::Json => {
            let one = |it: &distributary_conformance::Assumption| json!({ "id": it.id, "assumption": it.says, "test": it.how, "otherwise": it.otherwise });
            let open = |it: &distributary_conformance::Untested| json!({ "assumption": it.says, "otherwise": it.otherwise, "why": it.why });
            let list = json!({
                "version": 1,
                "assumptions": all().map(one).collect::<Vec<_>>(),
                "untested": OPEN.iter().map(open).collect::<Vec<_>>(),
            });
            writeln!(out, "{list:#}")?;
        }
    }
    Ok(Exit::Fine)
}

/// What would be made, what it costs and how long it takes; on standard error, since it is no result.
pub(super) fn plan(account: &Account, choice: &Choice, estimate: &Estimate) -> anyhow::Result<()> {
    let Account { number, region, caller, .. } = account;
    anstream::eprintln!("account {number}, region {region}, as {caller}");
    let stacks = count(choice.planned.len(), "stack");
    anstream::eprintln!(
        "makes {stacks} named `distributary-conformance-<run>-…`, each with its tag:"
    );
    for planned in &choice.planned {
        let makes = planned.scene.makes()?;
        let makes: Vec<_> = makes.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let tests = count(planned.assumptions.len(), "assumption");
        anstream::eprintln!("  {} ({tests}): {}", planned.scene.name, makes.join(", "));
    }
    let Estimate { minutes, dollars, items } = estimate;
    let dollars = (dollars * 1e3).ceil() / 1e3;
    anstream::eprintln!(
        "takes about {minutes} minutes in an account and costs at most {dollars:.3} dollars, by \
         prices in us-east-1 as others quoted them:"
    );
    for (count, price) in items {
        let (name, million, source) = (price.name, price.dollars_a_million, price.source);
        anstream::eprintln!("  {name}: {count}, at {million} dollars a million ({source})");
    }
    for (assumption, needs) in &choice.skipped {
        anstream::eprintln!("`{}` is not tested: {needs}", assumption.id);
    }
    Ok(())
}

pub(super) fn outcome(
    account: &Account,
    run: &str,
    choice: &Choice,
    outcome: &Outcome,
    format: Format,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match format {
        Format::Table => {
            let mut table = table(&["assumption", "result", "seen"]);
            for Finding { assumption, seen } in &outcome.findings {
                table.add_row([assumption.id, seen.verdict.words(), &seen.what]);
            }
            writeln!(out, "{}\n", table.trim_fmt())?;
            for finding in failed(outcome) {
                let assumption = finding.assumption;
                writeln!(
                    out,
                    "{}: {} If not: {}.",
                    assumption.id, assumption.says, assumption.otherwise
                )?;
            }
            let of =
                |verdict| outcome.findings.iter().filter(|it| it.seen.verdict == verdict).count();
            writeln!(
                out,
                "{} held, {} did not, {} could not be told; {}",
                of(Verdict::Holds),
                of(Verdict::DoesNotHold),
                of(Verdict::CannotTell),
                match outcome.left.len() {
                    0 => "nothing is left of it".to_owned(),
                    left => format!("{left} of what was made is left"),
                }
            )?;
        }
        Format::Json => {
            let finding = |Finding { assumption, seen }: &Finding| {
                json!({
                    "id": assumption.id,
                    "assumption": assumption.says,
                    "result": seen.verdict.key(),
                    "seen": seen.what,
                    "otherwise": assumption.otherwise,
                })
            };
            let skipped =
                choice.skipped.iter().map(|(it, needs)| json!({ "id": it.id, "needs": needs }));
            let left =
                outcome.left.iter().map(|left| json!({ "name": left.name, "reason": left.reason }));
            let document = json!({
                "version": 1,
                "account": account.number,
                "region": account.region,
                "run": run,
                "interrupted": outcome.interrupted,
                "results": outcome.findings.iter().map(finding).collect::<Vec<Value>>(),
                "skipped": skipped.collect::<Vec<Value>>(),
                "left": left.collect::<Vec<Value>>(),
            });
            writeln!(out, "{document:#}")?;
        }
    }
    Ok(())
}

fn failed(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    outcome.findings.iter().filter(|it| it.seen.verdict == Verdict::DoesNotHold)
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}
