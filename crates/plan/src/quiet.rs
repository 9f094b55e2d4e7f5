//! Records that no rule fires on, which are most of them: told from a scan, without decoding.

use distributary_change::RawRecord;
use distributary_matcher::Unclaimed;
use distributary_rules::Unmatched;
use distributary_scan::{Head, Presence, Range};

use crate::plan::{Seen, Verdict};
use crate::planner::Planner;

impl Planner {
    /// What is seen of a record on which no rule fires; `None` where decoding has to tell.
    pub(crate) fn quiet(&self, raw: &RawRecord, head: &Head, unclaimed: Unclaimed) -> Option<Seen> {
        let text = |range: Range| str::from_utf8(range.of(&raw.bytes)).ok();
        let table = text(head.table)?;
        let source = self.program.source_of(table);
        let declared = source.and_then(|at| self.program.sources().get(at));
        let (old, new) = (head.old == Presence::Omitted, head.new == Presence::Omitted);
        let verdict = if self.is_foreign(table) {
            Verdict::ForeignTable(table.to_owned())
        } else if self.poorer_than_view(source, old, new) {
            Verdict::PoorerThanView(0)
        } else {
            match unclaimed {
                Unclaimed::Skipped => Verdict::Skipped,
                Unclaimed::Ignored => Verdict::Ignored,
                Unclaimed::Unmatched => {
                    Verdict::Unmatched(declared.map_or_else(Unmatched::default, |s| s.unmatched))
                }
            }
        };
        Some(Seen {
            event: Some(text(head.id)?.into()),
            sequence: Some(text(head.sequence)?.into()),
            verdict,
        })
    }
}
