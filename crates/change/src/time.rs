//! When a change happened, as the stream tells it.

use crate::number::Number;

/// Seconds since 1970-01-01T00:00:00Z, with the digits that the record has: streams give whole
/// seconds, other captures fractions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTime(pub Number);
