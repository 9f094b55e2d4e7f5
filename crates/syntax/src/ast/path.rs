//! Paths into images, keys and the event.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::span::Spanned;

/// A path from a root into an image, the keys or the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Where it starts.
    pub root: Spanned<Root>,
    /// The steps, possibly none.
    pub steps: Vec<Spanned<Step>>,
    /// `.{a, b}` at its end: the attributes that are taken, at least one.
    pub pick: Option<Vec<Name>>,
}

/// Where a path can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Root {
    /// The image before the change.
    Old,
    /// The image after the change.
    New,
    /// `new`, or `old` on REMOVE.
    Item,
    /// The key attributes.
    Keys,
    /// What is known about the change itself.
    Event,
    /// The whole envelope with images.
    Change,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// `.name` or `["name"]`
    Key(String),
    /// `[0]`
    Index(u32),
}
