//! A file as a lot: one envelope a line. For development: leases hold within one process.

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use async_trait::async_trait;
use distributary_delivery::{Content, Envelope};
use distributary_router::{Failure, LEASE, Lot, Taken, group_key};
use tokio::sync::Mutex;

use crate::file::append;

pub(crate) struct FileLot {
    path: PathBuf,
    /// Since when the groups of a route are on lease.
    leases: Mutex<HashMap<(String, String), Instant>>,
}

impl FileLot {
    pub(crate) fn new(path: &Path) -> Self {
        FileLot { path: path.to_owned(), leases: Mutex::default() }
    }

    /// The envelopes of a route, each with its identity and group, in the order of their sequence
    /// numbers; and the first line that is no envelope.
    fn waiting(&self, route: &str) -> Result<(Vec<Waiting>, Option<Failure>), Failure> {
        let text = match std::fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok((Vec::new(), None)),
            read => read.map_err(|error| self.failure("read", &error))?,
        };
        let (mut waiting, mut foreign, mut seen) = (Vec::new(), None, HashSet::new());
        for (line, text) in text.split(|byte| *byte == b'\n').enumerate() {
            if text.is_empty() {
                continue;
            }
            match Envelope::parse(text) {
                Ok(envelope) => {
                    // A delivery that was parked twice waits once.
                    let of_route = Waiting::of(envelope, route);
                    waiting.extend(of_route.filter(|it| seen.insert(it.identity.clone())));
                }
                Err(error) => {
                    let path = self.path.display();
                    let reason = format!("line {} of `{path}` cannot be read: {error}", line + 1);
                    foreign.get_or_insert_with(|| Failure::permanent(reason));
                }
            }
        }
        waiting.sort_by_cached_key(Waiting::sequence);
        Ok((waiting, foreign))
    }

    /// Leaves out the lines of what has arrived. Written in place, since who appends holds the lock
    /// of this file and no other.
    fn cut(&self, arrived: &HashSet<&str>) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let _ = file.lock();
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let stays = |line: &&[u8]| identity(line).is_none_or(|it| !arrived.contains(it.as_str()));
        let rest = text.split_inclusive(|byte| *byte == b'\n').filter(stays).collect::<Vec<_>>();
        let rest = rest.concat();
        file.rewind()?;
        file.write_all(&rest)?;
        file.set_len(rest.len() as u64)
    }

    fn failure(&self, verb: &str, error: &io::Error) -> Failure {
        Failure::permanent(format!("cannot {verb} `{}`: {}", self.path.display(), error.kind()))
    }
}

/// An envelope that is a delivery of the route that was asked for.
struct Waiting {
    envelope: Envelope,
    identity: String,
    group: String,
}

impl Waiting {
    fn of(envelope: Envelope, name: &str) -> Option<Self> {
        let Content::Delivery { route, identity, message, .. } = &envelope.content else {
            return None;
        };
        if &**route != name {
            return None;
        }
        let identity = identity.as_str().to_owned();
        // What has no group has no order: each is a group of its own.
        let group = group_key(message.group.as_deref().unwrap_or(&identity));
        Some(Waiting { envelope, identity, group })
    }

    /// Sequence numbers of different lengths in their order.
    fn sequence(&self) -> String {
        format!("{:0>40}", self.envelope.sequence.as_deref().unwrap_or_default())
    }
}

fn identity(line: &[u8]) -> Option<String> {
    match Envelope::parse(line).ok()?.content {
        Content::Delivery { identity, .. } => Some(identity.as_str().to_owned()),
        Content::Quarantine => None,
    }
}

#[async_trait]
impl Lot for FileLot {
    async fn park(&self, parked: &[Envelope]) -> Vec<Result<(), Failure>> {
        let mut lost: Option<Failure> = None;
        let park = |envelope: &Envelope| {
            let mut line =
                envelope.to_line().map_err(|error| Failure::permanent(error.to_string()))?;
            line.push(b'\n');
            // A file that failed once is full, gone or not ours: later lines may not pass earlier.
            if let Some(failure) = &lost {
                return Err(failure.clone());
            }
            append(&self.path, &line).inspect_err(|failure| lost = Some(failure.clone()))
        };
        parked.iter().map(park).collect()
    }

    fn is_ordered(&self) -> bool {
        true
    }

    async fn held(&self, route: &str) -> Result<HashSet<String>, Failure> {
        let (waiting, _) = self.waiting(route)?;
        Ok(waiting.into_iter().map(|waiting| waiting.group).collect())
    }

    async fn take(&self, route: &str, most: usize) -> Result<Vec<Taken>, Failure> {
        let mut leases = self.leases.lock().await;
        leases.retain(|_, since| since.elapsed() < LEASE);
        let (waiting, foreign) = self.waiting(route)?;
        let free = |it: &Waiting| !leases.contains_key(&(route.to_owned(), it.group.clone()));
        let taken: Vec<_> = waiting.into_iter().filter(free).take(most).collect();
        for it in &taken {
            leases.insert((route.to_owned(), it.group.clone()), Instant::now());
        }
        match foreign {
            Some(failure) if taken.is_empty() => Err(failure),
            _ => Ok(taken
                .into_iter()
                .map(|it| Taken { envelope: it.envelope, receipt: it.identity })
                .collect()),
        }
    }

    async fn remove(&self, arrived: &[Taken]) -> Vec<Result<(), Failure>> {
        let identities = arrived.iter().map(|taken| taken.receipt.as_str()).collect();
        let outcome = self.cut(&identities).map_err(|error| self.failure("write to", &error));
        self.give_back(arrived).await;
        vec![outcome; arrived.len()]
    }

    async fn give_back(&self, left: &[Taken]) {
        let mut leases = self.leases.lock().await;
        for taken in left {
            let Content::Delivery { route, .. } = &taken.envelope.content else { continue };
            if let Some(waiting) = Waiting::of(taken.envelope.clone(), route) {
                leases.remove(&(route.to_string(), waiting.group));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::sample;

    /// A lot in a folder that is there for as long as this.
    fn lot() -> (TempDir, FileLot) {
        let folder = tempfile::tempdir().unwrap();
        let lot = FileLot::new(&folder.path().join("deep/lot.jsonl"));
        (folder, lot)
    }

    fn envelope(event: &str, group: &str, sequence: &str) -> Envelope {
        let mut delivery = sample::delivery(event, "{}");
        delivery.message.group = Some(group.to_owned());
        delivery.origin.sequence = sequence.into();
        Envelope::delivery(delivery, "bus".into(), "h".into(), 4, "AccessDenied".into(), 0)
    }

    fn events(taken: &[Taken]) -> Vec<&str> {
        taken.iter().map(|taken| taken.envelope.event.as_deref().unwrap()).collect()
    }

    #[tokio::test]
    async fn one_envelope_is_one_line_also_of_a_record_on_several_lines() {
        let (_folder, lot) = lot();
        let mut parked = [envelope("e-1", "a", "1"), envelope("e-2", "a", "2")];
        parked[0].record = bytes::Bytes::from_static(b"{\n  \"eventID\": \"e-1\"\n}");
        parked[1].record = bytes::Bytes::from_static(b"{");
        let outcomes = lot.park(&parked).await;
        assert_eq!(outcomes[0], Ok(()));
        assert!(!outcomes[1].as_ref().unwrap_err().retryable());
        let text = std::fs::read_to_string(&lot.path).unwrap();
        assert_eq!(text.lines().count(), 1);
        assert!(text.contains(r#""record":{   "eventID": "e-1" }"#), "{text}");
    }

    #[tokio::test]
    async fn groups_come_back_in_order_and_on_lease_to_one() {
        let (_folder, lot) = lot();
        assert_eq!(lot.take("bus", 10).await, Ok(Vec::new()));
        let parked =
            [envelope("e-2", "a", "20"), envelope("e-1", "a", "3"), envelope("e-3", "b", "21")];
        lot.park(&parked).await;
        lot.park(&parked[..1]).await;
        assert_eq!(lot.held("bus").await.unwrap(), HashSet::from([group_key("a"), group_key("b")]));
        assert_eq!(lot.held("other").await, Ok(HashSet::new()));

        let taken = lot.take("bus", 2).await.unwrap();
        assert_eq!(events(&taken), ["e-1", "e-2"]);
        let other = lot.take("bus", 10).await.unwrap();
        assert_eq!(events(&other), ["e-3"]);
        assert_eq!(lot.remove(&taken[..1]).await, [Ok(())]);
        lot.give_back(&other).await;
        assert_eq!(events(&lot.take("bus", 10).await.unwrap()), ["e-2", "e-3"]);
    }

    #[tokio::test]
    async fn what_is_no_envelope_stays_and_is_named_alone() {
        let (_folder, lot) = lot();
        append(&lot.path, b"{\"secret\":1}\n").unwrap();
        let failure = lot.take("bus", 10).await.unwrap_err();
        assert!(failure.reason.starts_with("line 1 of"), "{failure:?}");
        assert!(!failure.reason.contains("secret"), "{failure:?}");
        lot.park(&[envelope("e-1", "a", "1")]).await;
        let taken = lot.take("bus", 10).await.unwrap();
        assert_eq!(lot.remove(&taken).await, [Ok(())]);
        assert_eq!(std::fs::read_to_string(&lot.path).unwrap(), "{\"secret\":1}\n");
    }
}
