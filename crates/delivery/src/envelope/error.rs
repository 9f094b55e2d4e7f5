//! What can be wrong with an envelope.

use thiserror::Error;

use super::{COMPRESSED, VERSION};

/// Why an envelope could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// The text is not one JSON object.
    #[error("the envelope is not a JSON object; it may have been cut off or edited")]
    NotAnObject,
    /// It was written by another version of the program.
    #[error(
        "the envelope has version {found} and this program reads versions {VERSION} and {COMPRESSED}; use the program that wrote it, or a newer one"
    )]
    Version {
        /// The version, as it stands there.
        found: u64,
    },
    /// A field that every envelope of its kind has is not there.
    #[error("the envelope has no `{field}`; it may not be an envelope of this program")]
    Missing {
        /// The field's path.
        field: &'static str,
    },
    /// A field is there and holds something else.
    #[error("`{field}` of the envelope is not {expected}")]
    Wrong {
        /// The field's path.
        field: &'static str,
        /// What stands there in a sound envelope.
        expected: &'static str,
    },
}
