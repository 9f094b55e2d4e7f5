//! The settings of a route that each record decides.

use distributary_change::Value;
use distributary_syntax::ast::{Expr, Setting};
use distributary_syntax::codes;

use super::Settings;
use crate::lower::Lowering;
use crate::route::{PerMessage, RouteKind};
use crate::term::{Content, Member, Term};

/// What an SQS message carries at most, also when it comes from a topic.
const MOST_ATTRIBUTES: usize = 10;

impl Lowering<'_> {
    pub(super) fn per_message(&mut self, kind: RouteKind, settings: &Settings<'_>) -> PerMessage {
        PerMessage {
            group: self.rendered("group", settings),
            dedup: self.rendered("dedup", settings),
            subject: self.rendered("subject", settings),
            detail_type: self.rendered("detail_type", settings),
            resources: settings.get("resources").map_or_else(Vec::new, |s| self.resources(s)),
            attributes: settings
                .get("attributes")
                .map_or_else(Vec::new, |setting| self.attributes(kind, setting)),
        }
    }

    fn rendered(&mut self, name: &str, settings: &Settings<'_>) -> Option<Term> {
        let expr = self.one(settings.get(name)?)?;
        let term = self.setting(expr);
        Some(self.not_empty(term, name, expr))
    }

    /// Refuses a text that is written empty: whatever reads it takes it for not set. A parameter may
    /// be empty in one stage.
    fn not_empty(&mut self, term: Term, name: &str, expr: &Expr) -> Term {
        let empty = match &term {
            Term::Literal(Value::String(text)) => text.is_empty(),
            Term::Literal(value) => *value == Value::Null,
            _ => false,
        };
        if !empty {
            return term;
        }
        let message = format!("`{name}` is empty for every record");
        self.refuse(codes::SETTING_VALUE, expr.span, message, "leave it out, or write a text");
        Term::Unknown
    }

    fn resources(&mut self, setting: &Setting) -> Vec<Term> {
        let Some(expr) = self.one(setting) else { return Vec::new() };
        match self.with(expr) {
            Content::Term(term) => vec![self.not_empty(term, "resources", expr)],
            Content::List(members) => {
                let sound = |content| match content {
                    Content::Term(term) => Some(term),
                    _ => None,
                };
                let terms: Option<Vec<Term>> = members.into_iter().map(sound).collect();
                terms.unwrap_or_else(|| {
                    self.refuse_value(setting, expr, "a list of texts");
                    Vec::new()
                })
            }
            _ => {
                self.refuse_value(setting, expr, "a list of texts");
                Vec::new()
            }
        }
    }

    fn attributes(&mut self, kind: RouteKind, setting: &Setting) -> Vec<(String, Term)> {
        let Some(expr) = self.one(setting) else { return Vec::new() };
        let object = match self.with(expr) {
            Content::Object(object) => object,
            Content::Term(Term::Unknown) => return Vec::new(),
            _ => {
                self.refuse_value(setting, expr, "an object such as `{ kind: item.kind }`");
                return Vec::new();
            }
        };
        if object.len() > MOST_ATTRIBUTES {
            let message =
                format!("`{}` carries at most {MOST_ATTRIBUTES} attributes", kind.as_str());
            self.refuse(codes::LIMIT, expr.span, message, "move some of them into the payload");
        }
        let mut attributes = Vec::with_capacity(object.len());
        for member in object {
            match member {
                Member::Entry(name, Content::Term(term)) => {
                    self.check_attribute(&name, expr);
                    let term = self.not_empty(term, &name, expr);
                    attributes.push((name, term));
                }
                _ => self.refuse_value(setting, expr, "an object of single values"),
            }
        }
        attributes
    }

    /// The names that SQS and SNS accept.
    fn check_attribute(&mut self, name: &str, expr: &Expr) {
        let lower = name.to_lowercase();
        let sound = (1..=256).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..")
            && !lower.starts_with("aws.")
            && !lower.starts_with("amazon.");
        if !sound {
            let message = format!("no message attribute can be called `{name}`");
            let help = "names have up to 256 letters, digits, `_`, `-` and single `.` inside, and \
                        do not start with `AWS.` or `Amazon.`";
            self.refuse(codes::LIMIT, expr.span, message, help);
        }
    }
}
