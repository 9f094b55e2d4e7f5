//! What `matches` holds a text against.

use serde::{Deserialize, Serialize};

use crate::term::Term;

/// A glob or a regular expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// The texts between the stars, in order: one more than there are stars. The whole text is
    /// matched.
    Glob(Vec<Term>),
    /// Found anywhere in the text.
    Regex(Regex),
}

/// A regular expression, compiled. Two are equal that are written alike.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Regex(regex_lite::Regex);

impl Regex {
    /// Compiles an expression; searching takes time linear in the text. `None` where it cannot be
    /// understood or grows too large.
    pub(crate) fn new(written: &str) -> Option<Self> {
        regex_lite::Regex::new(written).ok().map(Regex)
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl TryFrom<String> for Regex {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        Regex::new(&written).ok_or("it holds a regular expression that cannot be")
    }
}

impl From<Regex> for String {
    fn from(regex: Regex) -> Self {
        regex.as_str().to_owned()
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// Whether a text is these pieces in this order with anything between them.
///
/// Each piece is taken as early as it can be, which leaves the most to the rest.
pub(crate) fn glob(pieces: &[String], text: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let Some((last, middle)) = rest.split_last() else { return text == first };
    let Some(text) = text.strip_prefix(first.as_str()) else { return false };
    let Some(mut text) = text.strip_suffix(last.as_str()) else { return false };
    for piece in middle {
        let Some((_, after)) = text.split_once(piece.as_str()) else { return false };
        text = after;
    }
    true
}
