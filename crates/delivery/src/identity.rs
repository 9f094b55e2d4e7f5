//! The name that makes a repeated delivery recognisable.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// `base64url(sha256(event id, rule, route))`: 43 characters that every service accepts as a
/// deduplication id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(String);

impl Identity {
    /// The identity of what `rule` sends to `route` because of `event`.
    #[must_use]
    pub fn new(event: &str, rule: &str, route: &str) -> Self {
        Identity(hash(&[event, rule, route]))
    }

    /// Takes an identity as an envelope has it; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == Sha256::output_size()).then(|| Identity(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hashes texts to the alphabet and length that FIFO queues and topics accept. Each part goes in
/// with its length, so that no text can be shifted from one part into the next.
#[must_use]
pub fn hash(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(digest.finalize())
}
