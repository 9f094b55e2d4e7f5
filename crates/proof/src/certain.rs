//! R304: a part of a condition that is always or never true.

use distributary_change::Record;
use distributary_rules::{Program, evaluate};
use distributary_syntax::{Diagnostic, codes};

use crate::circumstance::Circumstance;
use crate::formula::{Formula, Goal};
use crate::fuel::Tank;
use crate::mask::Mask;
use crate::model::{Choices, Model};
use crate::parts::Part;
use crate::search::{Outcome, find};

/// The name of a key that the rules do not name.
const KEY: &str = "pk";

/// A part, and what it can be as far as that is known.
struct Seen<'p> {
    part: Part<'p>,
    can_be: Mask,
    inner: Vec<Seen<'p>>,
}

/// Reports the smallest parts of a rule's condition whose answer does not depend on the record.
///
/// Most parts are seen to depend on it by two records: one on which the rule fires, and one without
/// attributes. Only for the others a search is worth its time.
pub(crate) fn look(
    program: &Program,
    rule: usize,
    fires_on: Option<&Record>,
    tank: &Tank,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(declared) = program.rules().get(rule) else { return };
    let schema = declared.schema.and_then(|schema| program.schemas().get(schema));
    let Some(when) = Part::own(declared, schema) else { return };
    let mut seen = Seen::of(when);
    if let Some(record) = fires_on {
        seen.try_on(program, rule, record);
    }
    for circumstance in Circumstance::of(program, declared) {
        if let Some(record) = circumstance.record(KEY) {
            seen.try_on(program, rule, &record);
        }
        if !seen.is_any_certain() {
            return;
        }
        let mut model = Model::new(program, circumstance);
        let formulas = seen.formulas(rule, &mut model);
        model.settle();
        seen.ask(&formulas, &model, tank);
    }
    seen.report(&declared.name, findings);
}

/// The formulas of a part and of what it is made of.
struct Formulas {
    formula: Formula,
    inner: Vec<Formulas>,
}

impl<'p> Seen<'p> {
    fn of(part: Part<'p>) -> Self {
        let inner = part.parts().into_iter().map(Seen::of).collect();
        Seen { part, can_be: Mask::NONE, inner }
    }

    fn is_certain(&self) -> bool {
        self.can_be.within(Mask::TRUE) || self.can_be.within(Mask::NOT_TRUE)
    }

    fn is_any_certain(&self) -> bool {
        self.is_certain() || self.inner.iter().any(Seen::is_any_certain)
    }

    fn try_on(&mut self, program: &Program, rule: usize, record: &Record) {
        let source = program.rules().get(rule).and_then(|rule| rule.source);
        let truth = evaluate::truth(program, rule, self.part.condition, record, source);
        self.can_be = self.can_be | truth.into();
        self.inner.iter_mut().for_each(|inner| inner.try_on(program, rule, record));
    }

    fn formulas(&self, rule: usize, model: &mut Model<'p>) -> Formulas {
        let formula = model.formula(rule, self.part.condition);
        let inner = self.inner.iter().map(|inner| inner.formulas(rule, model)).collect();
        Formulas { formula, inner }
    }

    fn ask(&mut self, formulas: &Formulas, model: &Model<'_>, tank: &Tank) {
        for (inner, formulas) in self.inner.iter_mut().zip(&formulas.inner) {
            inner.ask(formulas, model, tank);
        }
        let choices = Choices { model, domains: &model.domains };
        let can_be = formulas.formula.can_be(&choices);
        if formulas.formula.is_single() {
            self.can_be = self.can_be | can_be;
            return;
        }
        for truth in [Mask::TRUE, Mask::UNKNOWN, Mask::FALSE] {
            if !self.is_certain() || self.can_be.meets(truth) || !can_be.meets(truth) {
                continue;
            }
            let goal = Goal { formula: &formulas.formula, wanted: truth };
            let mut fuel = tank.question();
            if find(model, &[goal], &mut fuel, &|_| true) != Outcome::Never {
                self.can_be = self.can_be | truth;
            }
        }
    }

    /// Says whether there was something to report.
    fn report(&self, rule: &str, findings: &mut Vec<Diagnostic>) -> bool {
        let inner = self.inner.iter().filter(|inner| inner.report(rule, findings)).count();
        if inner > 0 || !self.is_certain() {
            return inner > 0;
        }
        let (what, help) = if self.can_be == Mask::TRUE {
            ("always true", "leave the question out, or ask what was meant instead")
        } else if self.can_be == Mask::FALSE {
            ("always false", "leave the question out, or ask for something that can be")
        } else {
            ("never true", "leave the question out, or ask for something that can be")
        };
        let message = format!("a part of the condition of `{rule}` is {what}");
        let finding = Diagnostic::warning(codes::CERTAIN_PART, message, self.part.span);
        findings.push(finding.note(what).help(help));
        true
    }
}
