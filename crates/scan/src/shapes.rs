//! The names that objects had, in their order. A table's items are much alike: where an object goes
//! the way of an earlier one, its names and types are compared with that and need not be read.
//!
//! A [`Place`] stands for the names before it, which differ from each other. So a member that was
//! sound and new behind them once is sound and new behind them again.

use crate::Range;
use crate::field::Field;
use crate::found::Kind;
use crate::stride::Opening;

/// When so many places are known, they are forgotten before the next record.
const MOST_PLACES: usize = 4096;

/// Behind so many members nothing is learned: to see that a name is new takes a look at each.
const MOST_MEMBERS: usize = 256;

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

/// What a member's name and type say of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Title {
    /// Of the name.
    pub(crate) hash: u64,
    /// Of an attribute, its type.
    pub(crate) kind: Option<Kind>,
    /// Whether an attribute of this name may be wanted.
    pub(crate) wanted: bool,
    /// Which one it is where it stands around the items.
    pub(crate) field: Field,
}

/// A member that was seen at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// From the brace or comma before its name to the colon before its value; of an attribute to
    /// the colon behind its type.
    opening: Opening,
    /// Its name, counted from the start of the opening.
    pub(crate) name: Range,
    pub(crate) title: Title,
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

/// What is known of a place. Another step from a place has a place of its own.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    step: Option<Step>,
    /// Of a place behind a member, where that started and the hash of its name.
    before: Option<(Place, u64)>,
}

/// The step from each place, where one is known.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    places: Vec<Known>,
}

impl Default for Shapes {
    fn default() -> Self {
        Shapes { places: vec![Known::default(); 2] }
    }
}

impl Shapes {
    /// Gets ready for the next record: no place of an earlier one is held any more.
    pub(crate) fn make_room(&mut self) {
        if self.places.len() >= MOST_PLACES {
            *self = Shapes::default();
        }
    }

    /// The step that goes on from a place.
    #[inline]
    pub(crate) fn step(&self, from: Place, rest: &[u8]) -> Option<&Step> {
        let mut step = self.at(from)?;
        while !step.opening.opens(rest) {
            step = self.at(step.other?)?;
        }
        Some(step)
    }

    /// The hashes of the names before a place, the last one first.
    pub(crate) fn before(&self, place: Place) -> impl Iterator<Item = u64> {
        let before = |place: Place| self.places.get(place.0 as usize)?.before;
        std::iter::successors(before(place), move |(place, _)| before(*place)).map(|(_, hash)| hash)
    }

    /// Learns a member whose name does not stand before the place; `None` where there is no room.
    pub(crate) fn learn(
        &mut self,
        from: Place,
        opening: &[u8],
        name: Range,
        title: Title,
    ) -> Option<&Step> {
        let opening = Opening::new(opening)?;
        if self.places.len() >= MOST_PLACES || self.before(from).nth(MOST_MEMBERS).is_some() {
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
        let (then, inside) = (self.place(Some((from, title.hash))), self.place(None));
        let new = Step { opening, name, title, then, inside, other: None };
        let at = if choices == 0 { from } else { self.place(None) };
        if let Some(Known { step: Some(last), .. }) = self.places.get_mut(last.0 as usize) {
            last.other = Some(at);
        }
        Some(self.places.get_mut(at.0 as usize)?.step.insert(new))
    }

    fn at(&self, place: Place) -> Option<&Step> {
        self.places.get(place.0 as usize)?.step.as_ref()
    }

    fn place(&mut self, before: Option<(Place, u64)>) -> Place {
        self.places.push(Known { step: None, before });
        Place(self.places.len() as u32 - 1)
    }
}
