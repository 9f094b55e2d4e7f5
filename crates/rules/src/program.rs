//! The checked program: a rule set whose names are resolved and whose types make sense.

use std::sync::Arc;

use distributary_change::{EventKind, Value};
use distributary_syntax::Span;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::reads::Read;
use crate::route::{Lot, Route};
use crate::schema::Schema;
use crate::source::Source;
use crate::term::{Content, EventField};
use crate::test::Test;

/// A checked rule set. Indices in it are places in its own lists, which are in the order of the
/// sources.
///
/// What was built while the check found errors is complete in number and never fires where an
/// error was: it is for tools, not for delivering.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    pub(crate) params: Vec<Param>,
    pub(crate) sources: Vec<Source>,
    pub(crate) schemas: Vec<Schema>,
    pub(crate) lots: Vec<Lot>,
    pub(crate) routes: Vec<Route>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) ignores: Vec<Ignore>,
    /// They are for authors, who have the text.
    #[serde(skip)]
    pub(crate) tests: Vec<Test>,
    /// The parameters that have to be networks, by index, each with its place.
    pub(crate) networks: Vec<(usize, Span)>,
    #[serde(skip)]
    pub(crate) hash: String,
}

impl Program {
    /// The declared rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The declared routes.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The declared sources.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The declared schemas.
    #[must_use]
    pub fn schemas(&self) -> &[Schema] {
        &self.schemas
    }

    /// The declared lots.
    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The declared `ignore`s.
    #[must_use]
    pub fn ignores(&self) -> &[Ignore] {
        &self.ignores
    }

    /// The declared tests; [`crate::test::run`] runs one.
    #[must_use]
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The declared parameters.
    #[must_use]
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Whether what an output sends tells which rule sent it.
    #[must_use]
    pub fn names_its_rule(&self, output: &Output) -> bool {
        let mut named = false;
        let mut read = |read: Read<'_>| named |= matches!(read, Read::Event(EventField::Rule));
        if let Some(with) = &output.with {
            with.reads(&mut read);
        }
        if let Some(route) = self.routes.get(output.route) {
            route.per_message.reads(&mut read);
        }
        named
    }

    /// SHA-256 in hexadecimal over the rules' text and the parameters' values: equal for equal
    /// behaviour on every machine, whatever the files are called.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The source whose table this is. `None` where no source declares it, and always where no
    /// source is declared at all.
    #[must_use]
    pub fn source_of(&self, table: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.table.as_deref() == Some(table))
    }
}

/// `param name: type`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// What it holds.
    pub ty: ParamType,
    /// The variable that `env "X"` names.
    pub env: Option<String>,
    /// Its value; `None` where nothing sets it. A list is a list of strings.
    #[serde(skip)]
    pub value: Option<Value>,
    /// Whether nothing but the place where the rules run says its value; see
    /// [`Program::leave_to_lambda`].
    #[serde(skip)]
    pub open: bool,
    /// What it is where nothing outside the rules sets it.
    pub(crate) default: Option<Value>,
    pub(crate) ty_span: Span,
}

/// What a parameter can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParamType {
    /// `string`
    String,
    /// `arn`: a text that is an Amazon resource name.
    Arn,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list<string>`
    List,
}

/// `rule name { … }`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// The changes that it looks at, each once, INSERT before MODIFY before REMOVE.
    pub events: Vec<EventKind>,
    /// The source whose records it looks at; `None` where no source is declared.
    pub source: Option<usize>,
    /// The schema of the items that it is about.
    pub schema: Option<usize>,
    /// What must hold, that of its schema first; nothing where there is no `when`.
    pub when: Option<Condition>,
    /// Where it sends what, at least one.
    pub outputs: Vec<Output>,
    /// Whether it is in force.
    pub mode: Mode,
    /// The name that it had, which its deliveries are still known by.
    pub formerly: Option<Arc<str>>,
}

impl Rule {
    /// The name that goes into the identity of its deliveries.
    #[must_use]
    pub fn known_as(&self) -> &Arc<str> {
        self.formerly.as_ref().unwrap_or(&self.name)
    }
}

/// Whether a rule is in force.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Mode {
    /// It fires and sends.
    #[default]
    Live,
    /// It fires, which is counted, and sends nothing.
    Shadow,
    /// It never fires.
    Off,
}

/// `ignore name { … }`: records that nobody claims, on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ignore {
    /// Its name.
    pub name: Arc<str>,
    /// Its documentation, one entry a line.
    pub docs: Vec<String>,
    /// Where its name is declared.
    pub span: Span,
    /// The changes that it is about, as in a [`Rule`].
    pub events: Vec<EventKind>,
    /// The source whose records it is about; `None` where no source is declared.
    pub source: Option<usize>,
    /// What must hold; nothing where there is no `when`.
    pub when: Option<Condition>,
}

/// `to route with payload`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// The route.
    pub route: usize,
    /// What is sent; the default payload where nothing is written.
    pub with: Option<Content>,
    /// Where the payload is written, or else the route's name.
    pub span: Span,
}

impl ParamType {
    /// Every type with its name.
    pub const ALL: [(&'static str, ParamType); 5] = [
        ("string", ParamType::String),
        ("arn", ParamType::Arn),
        ("number", ParamType::Number),
        ("bool", ParamType::Bool),
        ("list<string>", ParamType::List),
    ];

    pub(crate) fn noun(self) -> &'static str {
        match self {
            ParamType::String => "a text",
            ParamType::Arn => "an Amazon resource name",
            ParamType::Number => "a number",
            ParamType::Bool => "`true` or `false`",
            ParamType::List => "a list of texts",
        }
    }

    pub(crate) fn example(self) -> &'static str {
        match self {
            ParamType::String => "a text such as `\"dev\"`",
            ParamType::Arn => "an ARN such as `\"arn:aws:sqs:eu-central-1:123456789012:orders\"`",
            ParamType::Number => "a number such as `10000`",
            ParamType::Bool => "`true` or `false`",
            ParamType::List => "a list such as `[\"a\", \"b\"]`",
        }
    }
}
