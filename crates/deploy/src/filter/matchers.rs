//! What a filter says about one field.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The contents of one field that pass: none at all, and those that are there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Matchers {
    /// Whether a record passes that does not have the field.
    pub(crate) absent: bool,
    pub(crate) present: Present,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Present {
    Any,
    OneOf(BTreeSet<Matcher>),
    Except(BTreeSet<String>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Matcher {
    Is(String),
    Flag(bool),
    Prefix(String),
    Suffix(String),
}

impl Matchers {
    pub(crate) const ANY: Matchers = Matchers { absent: false, present: Present::Any };

    pub(crate) fn one(matcher: Matcher) -> Self {
        Matchers { absent: false, present: Present::OneOf(BTreeSet::from([matcher])) }
    }

    pub(crate) fn absent() -> Self {
        Matchers { absent: true, present: Present::OneOf(BTreeSet::new()) }
    }

    pub(crate) fn or_absent(self) -> Self {
        Matchers { absent: true, ..self }
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.absent && self.present == Present::Any
    }

    pub(crate) fn is_nothing(&self) -> bool {
        !self.absent && matches!(&self.present, Present::OneOf(some) if some.is_empty())
    }

    /// Whether everything passes that the other lets pass, as far as their words show it.
    pub(crate) fn covers(&self, other: &Matchers) -> bool {
        use Present::{Any, Except, OneOf};
        let present = match (&self.present, &other.present) {
            (Any, _) => true,
            (OneOf(_) | Except(_), Any) | (OneOf(_), Except(_)) => false,
            (OneOf(wide), OneOf(narrow)) => narrow.is_subset(wide),
            (Except(wide), Except(narrow)) => wide.is_subset(narrow),
            (Except(not), OneOf(some)) => {
                !not.iter().any(|text| some.iter().any(|matcher| matcher.takes_text(text)))
            }
        };
        present && (self.absent || !other.absent)
    }

    pub(crate) fn union(self, other: Matchers) -> Matchers {
        use Present::{Any, Except, OneOf};
        let present = match (self.present, other.present) {
            (Any, _) | (_, Any) => Any,
            (OneOf(a), OneOf(b)) => {
                // One constant more must not cost as much as all that are there.
                let (mut most, fewer) = if a.len() < b.len() { (b, a) } else { (a, b) };
                most.extend(fewer);
                OneOf(most)
            }
            (Except(a), Except(b)) => except(a.intersection(&b).cloned().collect()),
            (Except(mut not), OneOf(some)) | (OneOf(some), Except(mut not)) => {
                not.retain(|text| !some.iter().any(|m| m.takes_text(text)));
                except(not)
            }
        };
        Matchers { absent: self.absent || other.absent, present }
    }

    /// What passes both; more where a filter cannot say it, such as a beginning and an end.
    pub(crate) fn intersection(&self, other: &Matchers) -> Matchers {
        use Present::{Any, Except, OneOf};
        let present = match (&self.present, &other.present) {
            (Any, some) | (some, Any) => some.clone(),
            (Except(a), Except(b)) => Except(a.union(b).cloned().collect()),
            (Except(not), OneOf(some)) | (OneOf(some), Except(not)) => {
                let kept = |m: &&Matcher| !matches!(m, Matcher::Is(text) if not.contains(text));
                OneOf(some.iter().filter(kept).cloned().collect())
            }
            (OneOf(a), OneOf(b)) => {
                OneOf(a.iter().flat_map(|a| b.iter().filter_map(|b| a.and(b))).collect())
            }
        };
        Matchers { absent: self.absent && other.absent, present }
    }

    /// Less to write that passes at least as much; `None` where only leaving it out does.
    pub(crate) fn shorter(&self) -> Option<Matchers> {
        let Present::OneOf(some) = &self.present else { return None };
        let texts: Option<Vec<&str>> = some.iter().map(Matcher::beginning).collect();
        let prefix = texts.as_deref().map(common).unwrap_or_default();
        let present = match prefix {
            "" => Present::Any,
            prefix => Present::OneOf(BTreeSet::from([Matcher::Prefix(prefix.to_owned())])),
        };
        Some(Matchers { absent: self.absent, present }).filter(|shorter| shorter != self)
    }

    /// Two halves that together are all of it.
    pub(crate) fn halves(&self) -> Option<[Matchers; 2]> {
        let Present::OneOf(some) = &self.present else { return None };
        if some.len() < 2 {
            return None;
        }
        let half = |some: BTreeSet<Matcher>| Matchers {
            absent: self.absent,
            present: Present::OneOf(some),
        };
        let (first, second) = (some.iter().take(some.len() / 2), some.iter().skip(some.len() / 2));
        Some([half(first.cloned().collect()), half(second.cloned().collect())])
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut all = match &self.present {
            Present::Any => vec![json!({ "exists": true })],
            Present::OneOf(some) => some.iter().map(Matcher::to_json).collect(),
            Present::Except(not) => vec![json!({ "anything-but": not })],
        };
        if self.absent {
            all.push(json!({ "exists": false }));
        }
        Value::Array(all)
    }
}

/// All but these, in the one way to write it.
fn except(not: BTreeSet<String>) -> Present {
    if not.is_empty() { Present::Any } else { Present::Except(not) }
}

fn common<'t>(texts: &[&'t str]) -> &'t str {
    let Some((first, rest)) = texts.split_first() else { return "" };
    rest.iter().fold(*first, |prefix, text| {
        let same = prefix.char_indices().zip(text.chars()).take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((start, c), _)| start + c.len_utf8());
        prefix.get(..end).unwrap_or_default()
    })
}

impl Matcher {
    fn takes_text(&self, text: &str) -> bool {
        match self {
            Matcher::Is(is) => is == text,
            Matcher::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Matcher::Suffix(suffix) => text.ends_with(suffix.as_str()),
            Matcher::Flag(_) => false,
        }
    }

    /// A matcher that takes all that both do.
    fn and(&self, other: &Matcher) -> Option<Matcher> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (Matcher::Is(text), b) => b.takes_text(text).then(|| self.clone()),
            (a, Matcher::Is(text)) => a.takes_text(text).then(|| other.clone()),
            (Matcher::Flag(_), _) | (_, Matcher::Flag(_)) => None,
            (Matcher::Prefix(a), Matcher::Prefix(b)) => {
                let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
                long.starts_with(short.as_str()).then(|| Matcher::Prefix(long.clone()))
            }
            (Matcher::Prefix(_), Matcher::Suffix(_)) => Some(self.clone()),
            (Matcher::Suffix(_), Matcher::Prefix(_)) => Some(other.clone()),
            (Matcher::Suffix(a), Matcher::Suffix(b)) => {
                let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
                long.ends_with(short.as_str()).then(|| Matcher::Suffix(long.clone()))
            }
        }
    }

    fn beginning(&self) -> Option<&str> {
        match self {
            Matcher::Is(text) | Matcher::Prefix(text) => Some(text),
            Matcher::Flag(_) | Matcher::Suffix(_) => None,
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Matcher::Is(text) => json!(text),
            Matcher::Flag(flag) => json!(flag),
            Matcher::Prefix(prefix) => json!({ "prefix": prefix }),
            Matcher::Suffix(suffix) => json!({ "suffix": suffix }),
        }
    }
}
