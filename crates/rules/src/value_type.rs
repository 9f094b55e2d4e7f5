//! The types that `is` asks about and schemas declare.

use distributary_change::Value;
use serde::{Deserialize, Serialize};

/// DynamoDB's ten types; the three kinds of set are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ValueType {
    /// `S`
    String,
    /// `N`
    Number,
    /// `BOOL`
    Bool,
    /// `NULL`
    Null,
    /// `B`
    Binary,
    /// `L`
    List,
    /// `M`
    Map,
    /// `SS`, `NS` and `BS`
    Set,
}

impl ValueType {
    /// Every type with its name in the rules.
    pub const ALL: [(&'static str, ValueType); 8] = [
        ("string", ValueType::String),
        ("number", ValueType::Number),
        ("bool", ValueType::Bool),
        ("null", ValueType::Null),
        ("binary", ValueType::Binary),
        ("list", ValueType::List),
        ("map", ValueType::Map),
        ("set", ValueType::Set),
    ];

    /// The type of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, ty)| ty)
    }

    /// The type of a value.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::String(_) => ValueType::String,
            Value::Number(_) => ValueType::Number,
            Value::Bool(_) => ValueType::Bool,
            Value::Null => ValueType::Null,
            Value::Binary(_) => ValueType::Binary,
            Value::List(_) => ValueType::List,
            Value::Map(_) => ValueType::Map,
            Value::StringSet(_) | Value::NumberSet(_) | Value::BinarySet(_) => ValueType::Set,
        }
    }

    /// Its name in the rules.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, ty)| *ty == self).map_or("", |(name, _)| name)
    }
}
