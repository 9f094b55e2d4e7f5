//! Values as the checked program writes them: names are indices, texts are in parts.

use distributary_change::Value;
use distributary_syntax::Span;
use distributary_syntax::ast::{Root, Step};
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::function::Function;

/// Something that has a value for a record, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Term {
    /// A value that was written down.
    Literal(Value),
    /// The parameter with this index.
    Param(usize),
    /// An attribute, a part of one, or a whole image.
    Path(Path),
    /// What is known about the change itself.
    Event(EventField),
    /// The element that a quantifier looks at, or a part of it.
    Element {
        /// How many quantifiers outward from the innermost.
        outward: usize,
        /// None for all of it.
        steps: Vec<Step>,
    },
    /// `"text ${…}"`
    Text(Vec<Part>),
    /// `a + b`, `a - b`, `a * b`
    Arithmetic(Operator, Box<Term>, Box<Term>),
    /// `a ?? b`
    Coalesce(Box<Term>, Box<Term>),
    /// `lower(a)`, with as many arguments as the function takes.
    Call(Function, Vec<Term>),
    /// What stands where the checker found an error. Every question about it is unknown.
    Unknown,
}

impl Term {
    /// Whether its value can differ from record to record.
    #[must_use]
    pub fn reads_record(&self) -> bool {
        match self {
            Term::Path(_) | Term::Event(_) | Term::Element { .. } => true,
            Term::Call(_, arguments) => arguments.iter().any(Term::reads_record),
            Term::Text(parts) => {
                parts.iter().any(|part| matches!(part, Part::Term(term) if term.reads_record()))
            }
            Term::Arithmetic(_, a, b) | Term::Coalesce(a, b) => {
                a.reads_record() || b.reads_record()
            }
            Term::Literal(_) | Term::Param(_) | Term::Unknown => false,
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// Characters.
    Literal(String),
    /// `${…}`
    Term(Term),
}

/// Exact arithmetic; there is no division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

/// The way to an attribute. Two are equal that lead to the same place, wherever they were written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Path {
    /// `Old`, `New`, `Item` or `Keys`.
    pub root: Root,
    /// None for the whole image.
    pub steps: Vec<Step>,
    /// Where it was written, for findings that depend on the rule.
    pub span: Span,
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.root {
            Root::Old => "old",
            Root::New => "new",
            Root::Item => "item",
            Root::Keys => "keys",
            Root::Event => "event",
            Root::Change => "change",
        })?;
        for step in &self.steps {
            match step {
                Step::Key(name) if is_identifier(name) => write!(f, ".{name}")?,
                Step::Key(name) => write!(f, "[{name:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root && self.steps == other.steps
    }
}

impl Eq for Path {}

/// The fields of `event`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventField {
    /// `eventID`
    Id,
    /// `INSERT`, `MODIFY` or `REMOVE`
    Type,
    /// The sequence number: text without an order.
    Seq,
    /// The time as RFC 3339 text.
    At,
    /// The time in exact seconds since the epoch.
    Time,
    /// The table's name.
    Table,
    /// The region.
    Region,
    /// The account.
    Account,
    /// The source's name; absent where no source is declared.
    Source,
    /// The rule's name.
    Rule,
    /// Whether DynamoDB's time to live removed the item.
    Expired,
    /// Who made the change; absent unless a service did.
    Principal,
    /// Bytes; absent where the record does not say.
    Size,
}

/// What leaves: the most general thing that an expression can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// One value.
    Term(Term),
    /// True or false; left out when unknown.
    Condition(Condition),
    /// A list; absent and unknown members are left out.
    List(Vec<Content>),
    /// Names and what stands under them; absent and unknown ones are left out.
    Object(Vec<Member>),
    /// `change`: the default payload and both images.
    Change,
}

/// A part of an object. Of two with one name the later one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Member {
    /// `name: value`
    Entry(String, Content),
    /// `...value`: the entries of a map or an object; nothing of anything else.
    Spread(Content),
}

impl EventField {
    /// Every field with its name, in the order in which the reference lists them.
    pub const ALL: [(&'static str, EventField); 13] = [
        ("id", EventField::Id),
        ("type", EventField::Type),
        ("seq", EventField::Seq),
        ("at", EventField::At),
        ("time", EventField::Time),
        ("table", EventField::Table),
        ("region", EventField::Region),
        ("account", EventField::Account),
        ("source", EventField::Source),
        ("rule", EventField::Rule),
        ("expired", EventField::Expired),
        ("principal", EventField::Principal),
        ("size", EventField::Size),
    ];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }

    /// The field of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, field)| field)
    }
}
