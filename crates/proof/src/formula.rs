//! Conditions with their questions numbered.

use crate::mask::Mask;

/// How questions are joined.
#[derive(Debug, Clone)]
pub(crate) enum Formula {
    /// The question with this number in the model.
    Question(usize),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// A condition, and the truths that are looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal<'f> {
    pub(crate) formula: &'f Formula,
    pub(crate) wanted: Mask,
}

/// What each question can still answer.
pub(crate) trait Answers {
    fn answers(&self, question: usize) -> Mask;

    /// Whether there is anything left to choose that could decide it.
    fn is_open(&self, question: usize) -> bool;
}

impl Formula {
    /// All that it can still be. It may be less if questions depend on each other.
    pub(crate) fn can_be(&self, answers: &impl Answers) -> Mask {
        match self {
            Formula::Question(question) => answers.answers(*question),
            Formula::Not(inner) => !inner.can_be(answers),
            Formula::All(parts) => {
                parts.iter().fold(Mask::TRUE, |mask, part| mask.and(part.can_be(answers)))
            }
            Formula::Any(parts) => {
                parts.iter().fold(Mask::FALSE, |mask, part| mask.or(part.can_be(answers)))
            }
        }
    }

    /// Whether there is but one question in it, so that all that it can be really can be.
    pub(crate) fn is_single(&self) -> bool {
        match self {
            Formula::Question(_) => true,
            Formula::Not(inner) => inner.is_single(),
            Formula::All(_) | Formula::Any(_) => false,
        }
    }

    /// How much there is to look at.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Formula::Question(_) => 1,
            Formula::Not(inner) => 1 + inner.size(),
            Formula::All(parts) | Formula::Any(parts) => {
                1 + parts.iter().map(Formula::size).sum::<u64>()
            }
        }
    }

    /// Tells which questions must have which answers for it to be as wanted.
    pub(crate) fn demands(&self, wanted: Mask, demand: &mut dyn FnMut(usize, Mask)) {
        match self {
            Formula::Question(question) => demand(*question, wanted),
            Formula::Not(inner) => inner.demands(!wanted, demand),
            Formula::All(parts) => {
                if let Some(wanted) = at_least(wanted) {
                    parts.iter().for_each(|part| part.demands(wanted, demand));
                }
            }
            Formula::Any(parts) => {
                if let Some(wanted) = at_least(!wanted) {
                    parts.iter().for_each(|part| part.demands(!wanted, demand));
                }
            }
        }
    }

    /// A question that is open and whose answer helps, and the answers that do.
    pub(crate) fn choice(&self, wanted: Mask, answers: &impl Answers) -> Option<(usize, Mask)> {
        match self {
            Formula::Question(question) => {
                let decided = answers.answers(*question).within(wanted);
                (!decided && answers.is_open(*question)).then_some((*question, wanted))
            }
            Formula::Not(inner) => inner.choice(!wanted, answers),
            Formula::All(parts) => choice_of_all(parts, wanted, answers, false),
            Formula::Any(parts) => choice_of_all(parts, !wanted, answers, true),
        }
    }
}

/// What every part of an `and` has to be for the whole to be as wanted.
fn at_least(wanted: Mask) -> Option<Mask> {
    if !wanted.meets(Mask::NOT_TRUE) {
        Some(Mask::TRUE)
    } else if !wanted.meets(Mask::FALSE) {
        Some(Mask::NOT_FALSE)
    } else {
        None
    }
}

/// Of an `and`, or of an `or` seen from the other side.
fn choice_of_all(
    parts: &[Formula],
    wanted: Mask,
    answers: &impl Answers,
    turned: bool,
) -> Option<(usize, Mask)> {
    let turn = |mask: Mask| if turned { !mask } else { mask };
    let all = at_least(wanted);
    let part_wanted = turn(all.unwrap_or(wanted));
    parts.iter().find_map(|part| {
        let can_be = part.can_be(answers);
        if can_be.within(part_wanted) || !can_be.meets(part_wanted) {
            return None;
        }
        part.choice(part_wanted, answers)
    })
}
