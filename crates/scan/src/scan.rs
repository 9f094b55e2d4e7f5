//! One pass over one record.

use std::sync::Arc;

use crate::found::Found;
use crate::head::Head;
use crate::names::Names;
use crate::shapes::Shapes;
use crate::stream::Stream;
use crate::twin::Twin;
use crate::wanted::Wanted;
use crate::{Doubt, envelope};

/// What a pass found. Meant to be used again for the next record: its memory is kept.
#[derive(Debug, Clone)]
pub struct Scan {
    wanted: Arc<Wanted>,
    memory: Memory,
    head: Head,
}

/// What a walk writes down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    found: Vec<Found>,
    /// The numbers of the wanted attributes that are there.
    present: Vec<u32>,
    pub(crate) shapes: Shapes,
    pub(crate) names: Names,
    pub(crate) twin: Twin,
    pub(crate) stream: Stream,
}

impl Scan {
    /// Looks for these attributes.
    #[must_use]
    pub fn new(wanted: Arc<Wanted>) -> Self {
        let found = vec![Found::default(); wanted.len()];
        let memory = Memory { found, ..Memory::default() };
        Scan { wanted, memory, head: Head::default() }
    }

    /// Goes over a record.
    ///
    /// # Errors
    /// Where only the decoder can tell what the record is; nothing of this scan counts then.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), Doubt> {
        self.memory.forget();
        let text = bytes.is_ascii() || std::str::from_utf8(bytes).is_ok();
        if u32::try_from(bytes.len()).is_err() || !text {
            return Err(Doubt);
        }
        self.head.forget();
        envelope::read(bytes, &self.wanted, &mut self.memory, &mut self.head)
    }

    /// What the record says about itself.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What was found at the wanted path with this number.
    #[must_use]
    pub fn found(&self, slot: u32) -> Found {
        self.memory.found.get(slot as usize).copied().unwrap_or_default()
    }

    /// The numbers of the wanted paths at which there is something, in the order of the record.
    #[must_use]
    pub fn present(&self) -> &[u32] {
        &self.memory.present
    }
}

impl Memory {
    /// Forgets one record, but not what records have in common.
    fn forget(&mut self) {
        for slot in self.present.drain(..) {
            if let Some(found) = self.found.get_mut(slot as usize) {
                *found = Found::default();
            }
        }
        self.shapes.make_room();
        self.names.clear();
        self.twin.clear();
    }

    pub(crate) fn put(&mut self, slot: u32, found: Found) {
        if let Some(place) = self.found.get_mut(slot as usize) {
            *place = found;
            self.present.push(slot);
        }
    }
}
