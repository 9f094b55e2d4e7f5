//! Records on which rules fire, as far as the payloads of those rules read them.

use std::sync::Arc;

use distributary_change::{RawRecord, Record};
use distributary_rules::{Program, payload};
use distributary_scan::{Scan, Side, Step, Wanted};

/// What the payloads of each rule read.
#[derive(Debug, Clone)]
pub(crate) struct Excerpts {
    wanted: Arc<Wanted>,
    /// By rule; `None` where a whole image may be read.
    rules: Vec<Option<Vec<Attribute>>>,
}

/// An attribute of an image.
#[derive(Debug, Clone)]
struct Attribute {
    side: Side,
    name: Box<str>,
    /// Its number in a scan.
    slot: u32,
}

impl Excerpts {
    pub(crate) fn new(program: &Program) -> Self {
        let mut wanted = Wanted::default();
        let mut attribute = |side, name: &str| {
            let slot = wanted.add(side, [Step::Key(name)]);
            Attribute { side, name: name.into(), slot }
        };
        let mut of_rule = |rule| {
            let names = payload::reads(program, rule)?;
            let both = |name| [Side::Old, Side::New].map(|side| (side, name));
            let attributes = names.into_iter().flat_map(both);
            Some(attributes.map(|(side, name)| attribute(side, name)).collect())
        };
        let rules = (0..program.rules().len()).map(&mut of_rule).collect();
        Excerpts { wanted: Arc::new(wanted), rules }
    }

    /// A scan to read records with.
    pub(crate) fn scan(&self) -> Scan {
        Scan::new(Arc::clone(&self.wanted))
    }

    /// What these rules' payloads read of a record; `None` where it has to be decoded in full.
    pub(crate) fn read(
        &self,
        raw: &RawRecord,
        firing: &[usize],
        scan: &mut Scan,
    ) -> Option<Record> {
        let attributes = firing.iter().map(|rule| self.rules.get(*rule)?.as_deref());
        let attributes: Vec<&[Attribute]> = attributes.collect::<Option<_>>()?;
        scan.read(&raw.bytes).ok()?;
        let attributes = attributes.into_iter().flatten();
        scan.record(&raw.bytes, attributes.map(|a| (a.side, &*a.name, a.slot)))
    }
}
