//! The ledger, and what is paused in it.

use distributary_rules::Program;

use crate::case::Case;
use crate::code::Code;
use crate::command::quoted;
use crate::environment::{LEDGER, set};
use crate::facts::{Function, Seen};
use crate::finding::Finding;
use crate::function::place;
use crate::source::expire;
use crate::table;

const KEY: [&str; 1] = ["id"];
const EXPIRES: &str = "expires";

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let Some(function) = case.function.filter(|function| function.environment.error.is_none())
    else {
        return Vec::new();
    };
    let ledger = function.environment.variables.get(LEDGER).filter(|ledger| !ledger.is_empty());
    let Some(ledger) = ledger else { return vec![unset(case, function)] };
    let mut findings: Vec<Finding> = of_table(case, ledger).into_iter().collect();
    // Of a table that is not there, all else follows.
    if findings.is_empty() {
        findings.extend(of_expiry(case, ledger));
        findings.extend(paused(case, ledger));
    }
    findings
}

fn unset(case: &Case<'_>, function: &Function) -> Finding {
    let message = "without a ledger no route can be paused, and after a batch that has to come again \
                   another process sends again what was sent";
    let name = format!("{}-ledger", function.function_name);
    Finding::new(Code::LEDGER_UNSET, place(function, LEDGER), message).mended_by([
        table::create(case.region(), &name, &KEY),
        set(case, function, LEDGER, Some(&name)),
    ])
}

fn of_table(case: &Case<'_>, ledger: &str) -> Option<Finding> {
    let place = format!("table {ledger}");
    match case.facts.tables.get(ledger)? {
        Seen::Unseen(why) => Some(case.unseen("the ledger", &place, why)),
        Seen::Missing => {
            let mend = table::create(case.region(), ledger, &KEY);
            let finding = Finding::new(Code::LEDGER_TABLE, place, "the ledger is not there");
            Some(case.made(finding, ledger, mend))
        }
        Seen::There(table) if table.has_string_keys(&KEY) => None,
        Seen::There(_) => {
            let message = "the key of a ledger has to be `id` alone, a string";
            Some(Finding::new(Code::LEDGER_TABLE, format!("{place}, KeySchema"), message))
        }
    }
}

fn of_expiry(case: &Case<'_>, ledger: &str) -> Option<Finding> {
    let place = format!("table {ledger}, TimeToLive");
    match case.facts.expiry.get(ledger)? {
        Seen::There(Some(attribute)) if attribute == EXPIRES => None,
        Seen::Unseen(why) => Some(case.unseen("when rows of the ledger expire", &place, why)),
        Seen::There(_) | Seen::Missing => {
            let message = "what stands in the ledger stays there for ever, and is paid for";
            Some(Finding::new(Code::LEDGER_TTL, place, message).mended_by([expire(
                case.region(),
                ledger,
                EXPIRES,
            )]))
        }
    }
}

fn paused(case: &Case<'_>, ledger: &str) -> Vec<Finding> {
    let routes = match &case.facts.paused {
        Some(Seen::There(routes)) => routes,
        Some(Seen::Unseen(why)) => {
            return vec![case.unseen("which routes are paused", &format!("table {ledger}"), why)];
        }
        Some(Seen::Missing) | None => return Vec::new(),
    };
    let finding = |route: &String| {
        let message = match is_declared(case.needs.program, route) {
            true => format!("the route `{route}` is paused: what it would send waits"),
            false => format!("the route `{route}` is paused, and the rules have none of that name"),
        };
        let mend = format!(
            "distributary resume {} --route {} --ledger {}",
            case.needs.rules,
            quoted(route),
            quoted(ledger)
        );
        Finding::new(Code::ROUTE_PAUSED, format!("table {ledger}, {route}"), message)
            .mended_by([mend])
    };
    routes.iter().map(finding).collect()
}

fn is_declared(program: &Program, route: &str) -> bool {
    program.routes().iter().any(|declared| *declared.name == *route)
}
