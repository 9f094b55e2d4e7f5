//! R301: a rule that can never fire.

use distributary_change::Record;
use distributary_rules::Program;
use distributary_syntax::{Diagnostic, Severity, Span, codes};

use crate::circumstance::Circumstance;
use crate::formula::{Formula, Goal};
use crate::fuel::Tank;
use crate::model::Model;
use crate::parts::Part;
use crate::search::{Outcome, find};
use crate::witness::Shown;

/// Of more parts the ones that exclude each other are not looked for.
const MOST_PARTS: usize = 24;

/// Whether a rule can fire.
#[derive(Debug)]
pub(crate) enum Chance {
    /// It fires on this record.
    Fires(Box<Record>),
    /// It may.
    Unclear,
    Never,
}

/// Says whether a rule can fire, as far as that is known, and reports it if it cannot.
pub(crate) fn look(
    program: &Program,
    rule: usize,
    tank: &Tank,
    findings: &mut Vec<Diagnostic>,
) -> Chance {
    let Some(declared) = program.rules().get(rule) else { return Chance::Never };
    if declared.when.is_none() {
        return Chance::Unclear;
    }
    let source = declared.source.and_then(|source| program.sources().get(source));
    let guards = source.into_iter().flat_map(|source| &source.guards).map(Part::guard);
    let mut parts: Vec<Part<'_>> =
        guards.chain(Part::of_rule(declared).into_iter().flat_map(Part::conjuncts)).collect();
    let asked = Asked { program, rule };
    match asked.all(&parts, tank) {
        Outcome::Found(record) => return Chance::Fires(record),
        Outcome::Open => return Chance::Unclear,
        Outcome::Spent => {
            let message =
                format!("whether `{}` can ever fire takes too long to find out", declared.name);
            findings.push(
                Diagnostic::new(codes::OUT_OF_FUEL, Severity::Info, message, declared.span)
                    .help("it may be fine; a condition in several rules is easier to understand"),
            );
            return Chance::Unclear;
        }
        Outcome::Never => {}
    }
    let mut saved = None;
    if parts.len() <= MOST_PARTS {
        saved = asked.reduce(&mut parts, tank);
    }
    let message = format!("`{}` can never fire", declared.name);
    findings.push(drawn(message, &parts, declared.span, saved));
    Chance::Never
}

/// The finding, drawn at the parts that exclude each other.
fn drawn(
    message: String,
    parts: &[Part<'_>],
    rule: Span,
    saved: Option<(Part<'_>, Box<Record>)>,
) -> Diagnostic {
    let help = match &saved {
        Some((_, record)) if parts.len() > 1 => {
            format!("without the last of these parts it would fire on {}", Shown(record))
        }
        _ => "leave the rule out, or ask for something that can be".to_owned(),
    };
    let Some((first, rest)) = parts.split_first() else {
        return Diagnostic::error(codes::NEVER_FIRES, message, rule).help(help);
    };
    let mut finding = Diagnostic::error(codes::NEVER_FIRES, message, first.span);
    if rest.is_empty() {
        finding = finding.note("this is never true");
    }
    for (place, part) in rest.iter().enumerate() {
        let last = place + 1 == rest.len();
        finding = finding.label(
            part.span,
            match (last, rest.len()) {
                (true, 1) => "never true together with this",
                (true, _) => "never all true together",
                (false, _) => "",
            },
        );
    }
    finding.help(help)
}

#[derive(Clone, Copy)]
struct Asked<'p> {
    program: &'p Program,
    rule: usize,
}

impl<'p> Asked<'p> {
    /// Whether these parts are ever true together for a record that the rule looks at.
    fn all(self, parts: &[Part<'p>], tank: &Tank) -> Outcome {
        let Asked { program, rule } = self;
        let mut worst = Outcome::Never;
        let Some(declared) = program.rules().get(rule) else { return worst };
        for circumstance in Circumstance::of(program, declared) {
            let source = circumstance.source;
            let mut model = Model::new(program, circumstance);
            model.promise(rule);
            let formula = |part: &Part<'p>| model.formula(rule, part.condition);
            let formulas: Vec<Formula> = parts.iter().map(formula).collect();
            let mut fuel = tank.question();
            model.settle();
            let goals: Vec<Goal<'_>> = formulas
                .iter()
                .zip(parts)
                .map(|(formula, part)| Goal { formula, wanted: part.wanted })
                .collect();
            let confirm = |record: &Record| {
                parts.iter().all(|part| part.holds(program, rule, record, source))
            };
            match find(&model, &goals, &mut fuel, &confirm) {
                Outcome::Never => {}
                found @ Outcome::Found(_) => return found,
                other => worst = other,
            }
        }
        worst
    }

    /// Takes away parts without which the rest is still never true, and says on what the rule
    /// would fire without the last one.
    fn reduce(self, parts: &mut Vec<Part<'p>>, tank: &Tank) -> Option<(Part<'p>, Box<Record>)> {
        let all = parts.clone();
        for part in all.iter().rev() {
            let others = without(parts, part);
            if self.all(&others, tank) == Outcome::Never {
                *parts = others;
            }
        }
        let last = *parts.last()?;
        match self.all(&without(&all, &last), tank) {
            Outcome::Found(record) => Some((last, record)),
            _ => None,
        }
    }
}

fn without<'p>(parts: &[Part<'p>], one: &Part<'p>) -> Vec<Part<'p>> {
    parts.iter().filter(|part| !std::ptr::eq(part.condition, one.condition)).copied().collect()
}
