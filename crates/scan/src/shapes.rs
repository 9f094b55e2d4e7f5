//! The names that objects had, in their order. A table's items are much alike: where an object goes
//! the way of an earlier one, its names and types are compared with that and need not be read.
//!
//! A [`Place`] stands for the names before it, which differ from each other. So a member that was
//! sound and new behind them once is sound and new behind them again.

use crate::Range;
use crate::found::Kind;
use crate::stride::Opening;

/// When so many steps are known, they are forgotten before the next record.
const MOST_STEPS: usize = 4096;

/// Where more members than this were seen to follow, names are data.
const MOST_CHOICES: usize = 8;

/// Behind some members of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

impl Place {
    /// Before the first member of a record.
    pub(crate) const RECORD: Place = Place(0);
    /// Before the first attribute of an image. Both are of one item.
    pub(crate) const IMAGE: Place = Place(1);
}

/// A member that was seen at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// From the brace or comma before its name to the colon before its value; of an attribute to
    /// the colon behind its type.
    opening: Opening,
    /// Its name, counted from the start of the opening.
    pub(crate) name: Range,
    /// Of the name.
    pub(crate) hash: u64,
    /// Of an attribute.
    pub(crate) kind: Option<Kind>,
    /// Whether an attribute of this name may be wanted.
    pub(crate) wanted: bool,
    /// The place behind it.
    pub(crate) then: Place,
    /// Before the first member of the objects that it holds.
    pub(crate) inside: Place,
    /// Another step from the same place.
    other: Option<Place>,
}

impl Step {
    /// How many bytes it goes over.
    pub(crate) fn length(&self) -> usize {
        self.opening.length()
    }
}

/// The step from each place, where one is known. Another step from a place has a place of its own.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    steps: Vec<Option<Step>>,
}

impl Default for Shapes {
    fn default() -> Self {
        Shapes { steps: vec![None; 2] }
    }
}

impl Shapes {
    /// Gets ready for the next record: no place of an earlier one is held any more.
    pub(crate) fn make_room(&mut self) {
        if self.steps.len() >= MOST_STEPS {
            *self = Shapes::default();
        }
    }

    /// The step that goes on from a place.
    pub(crate) fn step(&self, from: Place, rest: &[u8]) -> Option<&Step> {
        let mut step = self.at(from)?;
        while !step.opening.opens(rest) {
            step = self.at(step.other?)?;
        }
        Some(step)
    }

    /// Learns a member whose name does not stand before the place; `None` where there is no room.
    pub(crate) fn learn(
        &mut self,
        from: Place,
        opening: &[u8],
        name: Range,
        hash: u64,
        kind: Option<Kind>,
        wanted: bool,
    ) -> Option<&Step> {
        let opening = Opening::new(opening)?;
        if self.steps.len() >= MOST_STEPS {
            return None;
        }
        let (mut last, mut choices) = (from, 0);
        while let Some(step) = self.at(last) {
            choices += 1;
            let Some(other) = step.other else { break };
            last = other;
        }
        if choices == MOST_CHOICES {
            return None;
        }
        let (then, inside) = (self.place(), self.place());
        let new = Step { opening, name, hash, kind, wanted, then, inside, other: None };
        let at = if choices == 0 { from } else { self.place() };
        if let Some(Some(last)) = self.steps.get_mut(last.0 as usize) {
            last.other = Some(at);
        }
        Some(self.steps.get_mut(at.0 as usize)?.insert(new))
    }

    fn at(&self, place: Place) -> Option<&Step> {
        self.steps.get(place.0 as usize)?.as_ref()
    }

    fn place(&mut self) -> Place {
        self.steps.push(None);
        Place(self.steps.len() as u32 - 1)
    }
}
