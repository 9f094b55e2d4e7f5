//! Sources: the tables that rules look at.

use std::sync::Arc;

use distributary_change::StreamView;
use distributary_syntax::Span;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::fixed::Fixed;

/// `source name { … }`: a table and its stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// The table's name; `None` while a parameter in it has no value.
    #[serde(skip)]
    pub table: Option<String>,
    /// The names of its key attributes; empty where the rules do not say.
    pub key: Vec<String>,
    /// What its stream carries; `None` where the rules do not say.
    pub view: Option<StreamView>,
    /// The lot of its routes and of its records that cannot be decoded.
    pub park: Option<usize>,
    /// The attribute that holds the second at which an item expires.
    pub ttl: Option<String>,
    /// What is made of a record that no rule claims.
    pub unmatched: Unmatched,
    /// What keeps records from every rule, in the order in which it is asked.
    pub guards: Vec<Guard>,
    pub(crate) table_setting: Fixed,
    pub(crate) view_span: Option<Span>,
}

/// `only when condition`, `skip when condition`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guard {
    /// Whether `skip` was written: true stops. Otherwise everything but true stops.
    pub skip: bool,
    /// The condition.
    pub when: Condition,
    /// All of it.
    pub span: Span,
}

/// What is made of a record that no rule claims.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Unmatched {
    /// Nothing: most tables hold more than the rules are about.
    #[default]
    Ignore,
    /// It is counted.
    Count,
    /// It is counted and warned of.
    Warn,
}
