//! The names of a rule set. They are global: any file may use what any other declares.

use distributary_syntax::ast::Name;
use distributary_syntax::{Code, Diagnostic, Span, closest, codes};
use indexmap::IndexMap;

/// What a bare word in an expression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Param(usize),
    Let(usize),
}

/// The tables of names. Parameters and lets share one, as both are bare words in an expression;
/// for every other name its place says what is meant, so a route may be called like its rule.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    pub(crate) words: Table<'a, Word>,
    pub(crate) sources: Table<'a, usize>,
    pub(crate) schemas: Table<'a, usize>,
    pub(crate) lots: Table<'a, usize>,
    pub(crate) routes: Table<'a, usize>,
    pub(crate) rules: Table<'a, usize>,
    pub(crate) ignores: Table<'a, usize>,
}

/// The names of one kind.
#[derive(Debug)]
pub(crate) struct Table<'a, T> {
    what: &'static str,
    /// What it is to mention one that nothing declares.
    unknown: Code,
    /// In the order of the sources, so that suggestions do not differ from run to run.
    declared: IndexMap<&'a str, Declared<T>>,
}

#[derive(Debug)]
struct Declared<T> {
    /// `None` where the declaration could not be read: something by this name is meant, and the
    /// error has been reported.
    meaning: Option<T>,
    span: Span,
    used: bool,
}

impl<'a> Names<'a> {
    /// Knows the names of declarations that could not be read.
    pub(crate) fn new(unread: impl Iterator<Item = &'a Name> + Clone) -> Self {
        Names {
            words: Table::new("param or let", unread.clone()),
            sources: Table::new("source", unread.clone()),
            schemas: Table::new("schema", unread.clone()),
            lots: Table::new("lot", unread.clone()),
            routes: Table::new("route", unread.clone()),
            ignores: Table::new("ignore", unread.clone()),
            rules: Table { unknown: codes::TEST_RULE, ..Table::new("rule", unread) },
        }
    }
}

impl<'a, T: Copy> Table<'a, T> {
    fn new(what: &'static str, unread: impl Iterator<Item = &'a Name>) -> Self {
        let unknown = |span| Declared { meaning: None, span, used: true };
        let declared = unread.map(|name| (name.node.as_str(), unknown(name.span))).collect();
        Table { what, unknown: codes::UNKNOWN_NAME, declared }
    }

    /// Adds a declaration; without a meaning if it has an error. Of two with one name the first
    /// is meant.
    pub(crate) fn declare(
        &mut self,
        name: &'a Name,
        meaning: Option<T>,
        findings: &mut Vec<Diagnostic>,
    ) {
        let Name { node, span } = name;
        match self.declared.get(node.as_str()) {
            Some(Declared { meaning: Some(_), span: first, .. }) => findings.push(
                Diagnostic::error(
                    codes::DECLARED_TWICE,
                    format!("`{node}` is declared twice"),
                    *span,
                )
                .note("declared again")
                .label(*first, "first declared here")
                .help("names are global in a rule set: rename one of them"),
            ),
            Some(_) => {}
            None => {
                self.declared.insert(node, Declared { meaning, span: *span, used: false });
            }
        }
    }

    /// What a name stands for; one that nothing declares is a finding.
    pub(crate) fn find(
        &mut self,
        name: &str,
        span: Span,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<T> {
        if let Some(declared) = self.declared.get_mut(name) {
            declared.used = true;
            return declared.meaning;
        }
        let what = self.what;
        let help = match closest(name, self.all()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("declare it in any file of the rule set, or take a {what} that is there")
            }
        };
        let message = format!("there is no {what} `{name}`");
        findings.push(Diagnostic::error(self.unknown, message, span).help(help));
        None
    }

    /// All names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a str> {
        self.declared.keys().copied()
    }

    /// Whether something is called so, readable or not.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.declared.contains_key(name)
    }

    /// The names that nothing uses, and where they are declared.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (&'a str, Option<T>, Span)> {
        self.declared.iter().filter(|(_, d)| !d.used).map(|(name, d)| (*name, d.meaning, d.span))
    }
}

/// A list of names for people: `a`, `b` and `c`.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
