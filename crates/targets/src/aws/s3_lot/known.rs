//! What a process knows of a bucket's objects, so that it takes none twice and reads none that is not
//! due.

use std::collections::HashMap;

use distributary_delivery::Content;
use distributary_router::{LEASE, Taken};
use tokio::time::Instant;

/// So many objects that are not due are remembered.
const REMEMBERED: usize = 10_000;

/// By the keys of the objects.
#[derive(Default)]
pub(super) struct Known {
    taken: HashMap<String, Claim>,
    later: HashMap<String, Later>,
}

struct Claim {
    since: Instant,
    /// Of what was read; none before that.
    version: Option<String>,
}

/// An object that is not due, by the times in its envelope.
struct Later {
    not_before: i64,
    parked_at: i64,
}

impl Known {
    /// Claims those of the keys that this process has not taken and that are due, as far as that is
    /// known. `postponed` becomes when the oldest of the others was parked, where that is older.
    pub(super) fn claim(
        &mut self,
        keys: Vec<String>,
        by: i64,
        postponed: &mut Option<i64>,
    ) -> Vec<String> {
        self.taken.retain(|_, claim| claim.since.elapsed() < LEASE);
        self.later.retain(|_, later| later.not_before > by);
        let mut free = Vec::with_capacity(keys.len());
        for key in keys {
            match self.later.get(&key) {
                Some(later) => older(postponed, later.parked_at),
                None if self.taken.contains_key(&key) => {}
                None => {
                    self.taken.insert(key.clone(), Claim { since: Instant::now(), version: None });
                    free.push(key);
                }
            }
        }
        free
    }

    /// Notes in which version a claimed object was read.
    pub(super) fn read(&mut self, key: &str, version: String) {
        if let Some(claim) = self.taken.get_mut(key) {
            claim.version = Some(version);
        }
    }

    /// The version in which an object was read that is still claimed.
    pub(super) fn version(&self, key: &str) -> Option<String> {
        self.taken.get(key)?.version.clone()
    }

    /// Gives claims up.
    pub(super) fn forget<'a>(&mut self, keys: impl IntoIterator<Item = &'a str>) {
        for key in keys {
            self.taken.remove(key);
        }
    }

    /// Remembers what is not due, so that it need not be read again before it is.
    pub(super) fn put_off(&mut self, taken: &Taken, postponed: &mut Option<i64>) {
        let parked_at = taken.envelope.parked_at;
        older(postponed, parked_at);
        if let Content::Delivery { not_before: Some(not_before), .. } = taken.envelope.content {
            // Others have removed some of them, and nobody has said which.
            if self.later.len() == REMEMBERED {
                self.later.clear();
            }
            self.later.insert(taken.receipt.clone(), Later { not_before, parked_at });
        }
    }
}

fn older(oldest: &mut Option<i64>, at: i64) {
    *oldest = Some(oldest.map_or(at, |oldest| oldest.min(at)));
}

#[cfg(test)]
mod tests {
    use distributary_delivery::Envelope;

    use super::*;
    use crate::sample;

    fn later(key: usize, due: i64) -> Taken {
        let delivery = sample::delivery("e-1", "{}");
        let mut envelope =
            Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "down".into(), 7);
        if let Content::Delivery { not_before, .. } = &mut envelope.content {
            *not_before = Some(due);
        }
        Taken { envelope, receipt: key.to_string() }
    }

    /// Objects that others remove are never asked for again.
    #[test]
    fn what_was_not_due_is_forgotten_once_it_is_or_when_there_is_too_much() {
        let (mut known, mut postponed) = (Known::default(), None);
        known.put_off(&later(0, 100), &mut postponed);
        known.put_off(&later(1, 200), &mut postponed);
        assert_eq!(known.claim(vec!["0".to_owned()], 99, &mut postponed), [""; 0]);
        assert_eq!((known.later.len(), postponed), (2, Some(7)));
        assert_eq!(known.claim(Vec::new(), 100, &mut postponed), [""; 0]);
        assert_eq!(known.later.len(), 1);
        for key in 0..=REMEMBERED {
            known.put_off(&later(key, 300), &mut postponed);
        }
        assert!(known.later.len() < REMEMBERED);
        let last = REMEMBERED.to_string();
        assert_eq!(known.claim(vec![last.clone()], 299, &mut postponed), [""; 0]);
        assert_eq!(known.claim(vec![last.clone()], 300, &mut postponed), [last]);
    }
}
