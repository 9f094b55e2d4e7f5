//! What DynamoDB stores in `N`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::spelling::{NumberError, Spelling};

/// A DynamoDB number with its own digits: up to 38 significant ones, 1E-130 to 9.99…E+125.
///
/// Equality, order and hash are by value (`1`, `1.0` and `1E0` are equal); the text is what is
/// written back.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number {
    text: String,
    /// The text as JSON spells it, where that differs.
    json: Option<String>,
    value: Decimal,
}

impl Number {
    /// Reads `[+-]digits[.digits][E[+-]digits]`, with a digit on at least one side of the point.
    ///
    /// # Errors
    /// For a text that is no number, and for one that DynamoDB refuses.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let spelling = Spelling::read(text)?;
        let value = Decimal::of(spelling.digits()?)?;
        let json = Some(spelling.json()).filter(|json| !json.eq_ignore_ascii_case(text));
        Ok(Number { text: text.to_owned(), json, value })
    }

    /// The text, with its own digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value, for arithmetic.
    #[must_use]
    pub fn decimal(&self) -> &Decimal {
        &self.value
    }

    /// Its own digits as a JSON number: `+5` becomes `5`, `.5` becomes `0.5`, and what JSON can
    /// spell stays as it is.
    #[must_use]
    pub fn to_json_text(&self) -> &str {
        self.json.as_deref().unwrap_or(&self.text)
    }
}

impl TryFrom<String> for Number {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        Number::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.text
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Number { text: whole.to_string(), json: None, value: whole.into() }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
