//! Sequence numbers: text of up to 40 digits, ordered by value.

use std::cmp::Ordering;

/// Where a change stands within its shard.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SequenceNumber(String);

impl SequenceNumber {
    /// Takes the text as it stands in a record.
    ///
    /// # Errors
    /// Gives the text back when it is empty or has anything but digits.
    pub fn new(text: String) -> Result<Self, String> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if digits { Ok(SequenceNumber(text)) } else { Err(text) }
    }

    /// The text, untouched.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn magnitude(&self) -> (usize, &str) {
        let digits = self.0.trim_start_matches('0');
        (digits.len(), digits)
    }
}

impl Ord for SequenceNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.magnitude().cmp(&other.magnitude()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SequenceNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
