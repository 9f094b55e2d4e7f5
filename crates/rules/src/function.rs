//! The functions of the language and what they take.

use serde::{Deserialize, Serialize};

use crate::value_type::ValueType;

/// A function. Without a sound argument its value is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Function {
    /// `len(x)`: characters of a string, bytes of a binary value, members of a list, map or set.
    Len,
    /// `lower(s)`
    Lower,
    /// `upper(s)`
    Upper,
    /// `number(s)`: the number that a text spells.
    Number,
    /// `string(x)`: a number with its own digits, `true` or `false`.
    String,
    /// `abs(n)`
    Abs,
    /// `cidr(ip, "10.0.0.0/8")`: whether an address is in a network.
    Cidr,
    /// `sha256(s)`: of the text's bytes or the binary value, in hexadecimal.
    Sha256,
    /// `hmac(s, param)`: HMAC-SHA256 with the parameter as the key, in hexadecimal.
    Hmac,
    /// `join(list, ",")`: the members of a list or set as one text.
    Join,
}

/// What stands in one place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// A value of one of these types.
    One(&'static [ValueType]),
    /// A text that is the same for every record.
    Text,
    /// A network that is the same for every record.
    Network,
    /// A parameter, so that it is no part of the rules' text.
    Secret,
}

impl Function {
    /// Every function with its name.
    pub const ALL: [(&'static str, Function); 10] = [
        ("len", Function::Len),
        ("lower", Function::Lower),
        ("upper", Function::Upper),
        ("number", Function::Number),
        ("string", Function::String),
        ("abs", Function::Abs),
        ("cidr", Function::Cidr),
        ("sha256", Function::Sha256),
        ("hmac", Function::Hmac),
        ("join", Function::Join),
    ];

    /// The function of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, function)| function)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// The type of its value.
    #[must_use]
    pub fn returns(self) -> ValueType {
        match self {
            Function::Len | Function::Number | Function::Abs => ValueType::Number,
            Function::Cidr => ValueType::Bool,
            Function::Lower
            | Function::Upper
            | Function::String
            | Function::Sha256
            | Function::Hmac
            | Function::Join => ValueType::String,
        }
    }

    /// What it takes, and how that is written.
    pub(crate) fn signature(self) -> (&'static [Argument], &'static str) {
        use Argument::{Network, One, Secret, Text};
        use ValueType::{Binary, Bool, List, Map, Number, Set, String};
        match self {
            Function::Len => (&[One(&[String, Binary, List, Map, Set])], "len(item.lines)"),
            Function::Lower => (&[One(&[String])], "lower(item.name)"),
            Function::Upper => (&[One(&[String])], "upper(item.name)"),
            Function::Number => (&[One(&[String, Number])], "number(item.total)"),
            Function::String => (&[One(&[String, Number, Bool])], "string(item.total)"),
            Function::Abs => (&[One(&[Number])], "abs(new.total - old.total)"),
            Function::Cidr => (&[One(&[String]), Network], "cidr(item.ip, \"10.0.0.0/8\")"),
            Function::Sha256 => (&[One(&[String, Binary])], "sha256(item.email)"),
            Function::Hmac => (&[One(&[String, Binary]), Secret], "hmac(item.email, secret)"),
            Function::Join => (&[One(&[List, Set]), Text], "join(item.tags, \",\")"),
        }
    }
}
