//! What is wrong, and where in a JSON text.

use std::fmt;

/// Longer names are cut where a path is displayed: an attribute name may have 64 KB.
const NAME_DISPLAYED: usize = 64;

/// One thing that is wrong with a JSON text. Displayed as one sentence, without any value of an
/// item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Innermost first.
    steps: Vec<Step>,
    /// Reads on after the place: "is not a number".
    says: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Fault {
    pub(crate) fn new(says: impl fmt::Display) -> Self {
        Fault { steps: Vec::new(), says: says.to_string() }
    }

    /// The same, seen from the object around it.
    pub(crate) fn under(mut self, name: &str) -> Self {
        self.steps.push(Step::Name(name.to_owned()));
        self
    }

    /// The same, seen from the list around it.
    pub(crate) fn at(mut self, index: usize) -> Self {
        self.steps.push(Step::Index(index));
        self
    }

    /// The way through the text, such as `dynamodb.NewImage.tags.L[2].S`; empty for all of it.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            match step {
                Step::Name(name) if is_identifier(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Name(name) => path.push_str(&bracketed(name)),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// The sentence, where `whole` names all of the text, such as "the record".
    pub(crate) fn sentence(&self, whole: &str) -> String {
        match self.path() {
            path if path.is_empty() => format!("{whole} {}", self.says),
            path => format!("`{path}` {}", self.says),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence("the value"))
    }
}

impl std::error::Error for Fault {}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.len() <= NAME_DISPLAYED
}

/// `["order-id"]`, on one line whatever the name holds.
fn bracketed(name: &str) -> String {
    let mut kept: String = name.chars().take(NAME_DISPLAYED).collect();
    if kept.len() < name.len() {
        kept.push('…');
    }
    format!("[{kept:?}]")
}
