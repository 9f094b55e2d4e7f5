//! The file and its lines.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use distributary_delivery::{Content, Envelope, EnvelopeError, hash};
use distributary_router::{Failure, Taken, group_key};

use crate::browse::Waiting;

/// A file of envelopes, one a line.
pub(super) struct Lines {
    pub(super) path: PathBuf,
}

impl Lines {
    /// What waits, in the order of the sequence numbers; and which lines are no envelopes.
    pub(super) fn read(&self, what: Waiting<'_>) -> Result<(Vec<Line>, Vec<String>), Failure> {
        let text = match std::fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(<_>::default()),
            read => read.map_err(|error| self.failure("read", &error))?,
        };
        let (mut lines, mut unreadable, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (number, text) in text.split(|byte| *byte == b'\n').enumerate() {
            if text.is_empty() {
                continue;
            }
            match Envelope::parse(text) {
                Ok(envelope) if what.covers(&envelope) => {
                    let line = Line::new(envelope);
                    // What was parked twice waits once.
                    if seen.insert(line.key.clone()) {
                        lines.push(line);
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let path = self.path.display();
                    unreadable
                        .push(format!("line {} of `{path}` cannot be read: {error}", number + 1));
                }
            }
        }
        lines.sort_by_cached_key(Line::sequence);
        Ok((lines, unreadable))
    }

    /// Puts in the place of each envelope's line what is given for it. Written in place, since who
    /// appends holds the lock of this file and no other.
    pub(super) fn rewrite(&self, change: impl Fn(&Envelope) -> Change) -> Result<(), Failure> {
        self.rewrite_file(change).map_err(|error| self.failure("write to", &error))
    }

    fn rewrite_file(&self, change: impl Fn(&Envelope) -> Change) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let _ = file.lock();
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let mut rest = Vec::with_capacity(text.len());
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            match Envelope::parse(line).map_or(Change::Stays, |envelope| change(&envelope)) {
                Change::Stays => rest.extend_from_slice(line),
                Change::Goes => {}
                Change::Becomes(line) => rest.extend(line),
            }
        }
        file.rewind()?;
        file.write_all(&rest)?;
        file.set_len(rest.len() as u64)
    }

    fn failure(&self, verb: &str, error: &io::Error) -> Failure {
        Failure::permanent(format!("cannot {verb} `{}`: {}", self.path.display(), error.kind()))
    }
}

/// What becomes of a line.
pub(super) enum Change {
    Stays,
    Goes,
    Becomes(Vec<u8>),
}

/// As it stands in the file.
pub(super) fn line(envelope: &Envelope) -> Result<Vec<u8>, EnvelopeError> {
    let mut line = envelope.to_line()?;
    line.push(b'\n');
    Ok(line)
}

/// An envelope in its place.
pub(super) struct Line {
    pub(super) envelope: Envelope,
    pub(super) key: String,
    pub(super) group: String,
}

impl Line {
    pub(super) fn new(envelope: Envelope) -> Self {
        let key = key(&envelope);
        // What has no order is a group of its own.
        let group = group_key(envelope.group().unwrap_or(&key));
        Line { group, key, envelope }
    }

    /// Sequence numbers of different lengths in their order.
    fn sequence(&self) -> String {
        format!("{:0>40}", self.envelope.sequence.as_deref().unwrap_or_default())
    }

    pub(super) fn taken(self) -> Taken {
        Taken { envelope: self.envelope, receipt: self.key }
    }
}

/// Equal for what was parked twice.
pub(super) fn key(envelope: &Envelope) -> String {
    match &envelope.content {
        Content::Delivery { identity, .. } => identity.as_str().to_owned(),
        Content::Quarantine => hash(&[&String::from_utf8_lossy(&envelope.record)]),
    }
}
