//! R302: a rule that adds nothing to another.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use distributary_change::Record;
use distributary_rules::{Content, Member, Program, Term, Truth, evaluate};
use distributary_syntax::{Diagnostic, Severity, codes};

use crate::fuel::Tank;
use crate::mask::Mask;
use crate::needs::Needs;
use crate::pair::Pair;
use crate::pairs::Pairs;
use crate::search::Outcome;
use crate::witness::Shown;

/// Reports rules whenever which fire another sends the same, and says which pairs these are.
pub(crate) fn look(
    program: &Program,
    rules: &[usize],
    needs: &Needs,
    tank: &mut Tank,
    findings: &mut Vec<Diagnostic>,
) -> HashSet<(usize, usize)> {
    let mut alike: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for rule in rules {
        let outputs = program.rules().get(*rule).map_or(&[][..], |rule| &rule.outputs);
        for output in outputs {
            let looks = appearance(output.with.as_ref());
            alike.entry((output.route, looks)).or_default().push(*rule);
        }
    }
    let mut pairs = HashSet::new();
    let mut redundant = HashSet::new();
    for ((route, _), rules) in alike {
        let mut given_up = false;
        let mut visit = |a, b| {
            // Of two that are the same the later one is too much.
            for (one, other) in [(b, a), (a, b)] {
                if redundant.contains(&one)
                    || redundant.contains(&other)
                    || !covers(program, other, one)
                {
                    continue;
                }
                match adds(program, one, other, tank) {
                    Outcome::Never => {
                        redundant.insert(one);
                        pairs.insert((a, b));
                        findings.extend(drawn(program, one, other, tank));
                    }
                    Outcome::Spent => {
                        given_up = true;
                        return ControlFlow::Break(());
                    }
                    Outcome::Found(_) | Outcome::Open => {}
                }
            }
            ControlFlow::Continue(())
        };
        let too_many = Pairs::new(program, needs, &mut visit).too_many(&rules);
        given_up |= too_many;
        if let (true, Some(route)) = (given_up, program.routes().get(route)) {
            let message = format!("not all rules of the route `{}` were compared", route.name);
            findings.push(
                Diagnostic::new(codes::OUT_OF_FUEL, Severity::Info, message, route.span)
                    .help("some may add nothing to others; the comparison took too long"),
            );
        }
    }
    pairs
}

/// Whether one rule sends all that another does, if it fires.
fn covers(program: &Program, one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (program.rules().get(one), program.rules().get(other)) else {
        return false;
    };
    let same = |output: &distributary_rules::Output| {
        let mut outputs = one.outputs.iter();
        outputs.any(|o| o.route == output.route && o.with == output.with)
            && !program.names_its_rule(output)
    };
    other.events.iter().all(|kind| one.events.contains(kind)) && other.outputs.iter().all(same)
}

/// Whether one rule fires where the other does not.
fn adds(program: &Program, one: usize, other: usize, tank: &mut Tank) -> Outcome {
    let pair = Pair { program, rules: [one, other] };
    pair.find((Mask::TRUE, Mask::NOT_TRUE), tank, &|_, _| true)
}

fn drawn(program: &Program, one: usize, other: usize, tank: &mut Tank) -> Option<Diagnostic> {
    let confirm = |record: &Record, source| {
        let mut rules = [one, other].into_iter();
        rules.all(|rule| evaluate::fires(program, rule, record, source) == Truth::True)
    };
    let pair = Pair { program, rules: [one, other] };
    let witness = pair.find((Mask::TRUE, Mask::TRUE), tank, &confirm);
    let (rule, wider) = (program.rules().get(one)?, program.rules().get(other)?);
    let message = format!("`{}` adds nothing to `{}`", rule.name, wider.name);
    let help = "leave it out, or let it send something else";
    let help = match witness {
        Outcome::Found(record) => format!("{help}; both send the same on {}", Shown(&record)),
        _ => help.to_owned(),
    };
    let finding = Diagnostic::warning(codes::ADDS_NOTHING, message, rule.span)
        .note("whenever this fires")
        .label(wider.span, "this fires, too, and sends the same")
        .help(help);
    Some(finding)
}

/// What a payload looks like from afar: different looks are different payloads.
fn appearance(with: Option<&Content>) -> String {
    match with {
        Some(Content::Object(entries)) => entries
            .iter()
            .map(|entry| match entry {
                Member::Entry(name, Content::Term(Term::Literal(value))) => {
                    format!("{name}: {value:?}\n")
                }
                Member::Entry(name, _) => format!("{name}\n"),
                Member::Spread(_) => "...\n".to_owned(),
            })
            .collect(),
        Some(content) => format!("\n{:?}", std::mem::discriminant(content)),
        None => String::new(),
    }
}
