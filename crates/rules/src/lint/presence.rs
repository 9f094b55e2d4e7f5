//! What is asked of attributes that may be absent: R311 and R312.

use distributary_syntax::ast::Root;
use distributary_syntax::{Diagnostic, Span, codes};

use super::Linted;
use crate::condition::Condition;
use crate::reads::Read;
use crate::schema::{Place, Schema};
use crate::term::{Path, Term};

pub(super) fn lint(linted: Linted<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(when) = &linted.rule.when else { return };
    match linted.rule.schema.and_then(|schema| linted.program.schemas.get(schema)) {
        Some(schema) => {
            let mut orders = Orders { schema, asked: Vec::new(), findings };
            orders.visit(when, false);
        }
        None => flood(when, linted.rule.span, findings),
    }
}

/// R311: an order comparison under `not` that stays unknown without its attribute.
struct Orders<'p, 'f> {
    schema: &'p Schema,
    /// Paths that the rule asks for, or that have been reported.
    asked: Vec<&'p Path>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'p> Orders<'p, '_> {
    fn visit(&mut self, condition: &'p Condition, negated: bool) {
        match condition {
            Condition::At(_, inner) => self.visit(inner, negated),
            Condition::Not(inner) => self.visit(inner, !negated),
            Condition::All(parts) | Condition::Any(parts) => {
                self.asked.extend(parts.iter().filter_map(asks_for));
                parts.iter().for_each(|part| self.visit(part, negated));
            }
            Condition::Order(_, a, b) if negated => {
                for term in [a, b] {
                    if let Term::Path(path) = term {
                        self.judge(path);
                    }
                }
            }
            _ => {}
        }
    }

    fn judge(&mut self, path: &'p Path) {
        let Place::Typed { ty, optional: true } = self.schema.place(&path.steps) else { return };
        if path.root == Root::Keys || self.asked.contains(&path) {
            return;
        }
        self.asked.push(path);
        let message = format!("`{path}` may be absent, and then this is unknown, negated or not");
        let help = format!(
            "add `{path} missing or` where those items belong to it, or `{path} exists and` where not"
        );
        self.findings.push(
            Diagnostic::warning(codes::OPTIONAL_ORDER, message, path.span)
                .label(ty.span, "optional here")
                .help(help),
        );
    }
}

/// The path that a condition asks for with `exists` or `missing`.
fn asks_for(condition: &Condition) -> Option<&Path> {
    match condition {
        Condition::At(_, inner) | Condition::Not(inner) => asks_for(inner),
        Condition::Exists(Term::Path(path)) => Some(path),
        _ => None,
    }
}

/// R312: `!=` or `not in` alone, which holds for every item without the attribute.
fn flood(when: &Condition, place: Span, findings: &mut Vec<Diagnostic>) {
    if leaves_items_out(when) {
        return;
    }
    let mut parts = Vec::new();
    conjuncts(when, place, &mut parts);
    for (part, span) in parts {
        let Condition::Not(inner) = part else { continue };
        let Some(path) = excluded(inner) else { continue };
        let message = format!("this holds for every item without `{path}`, too");
        let help = format!(
            "add `{path} exists`, or say with `of` which items are meant: a table has many kinds"
        );
        findings.push(Diagnostic::warning(codes::ABSENT_HOLDS, message, span).help(help));
    }
}

fn conjuncts<'p>(condition: &'p Condition, span: Span, parts: &mut Vec<(&'p Condition, Span)>) {
    match condition {
        Condition::At(origin, inner) => conjuncts(inner, origin.0, parts),
        Condition::All(all) => all.iter().for_each(|part| conjuncts(part, span, parts)),
        part => parts.push((part, span)),
    }
}

/// The attribute that is compared with something fixed.
fn excluded(condition: &Condition) -> Option<&Path> {
    let path = match condition {
        Condition::At(_, inner) => return excluded(inner),
        Condition::Equal(Term::Path(path), other) | Condition::Equal(other, Term::Path(path))
            if !other.reads_record() =>
        {
            path
        }
        Condition::In(Term::Path(path), _) => path,
        _ => return None,
    };
    (path.root != Root::Keys && !path.steps.is_empty()).then_some(path)
}

/// Whether a condition leaves out the items that lack what it asks about.
pub(super) fn leaves_items_out(condition: &Condition) -> bool {
    match condition {
        Condition::At(_, inner) => leaves_items_out(inner),
        Condition::All(parts) => parts.iter().any(leaves_items_out),
        Condition::Any(parts) => parts.iter().all(leaves_items_out),
        Condition::Not(_) | Condition::Holds(_) | Condition::Unknown => false,
        Condition::Equal(a, b) => reads_item(condition) && a.reads_record() != b.reads_record(),
        Condition::Order(..)
        | Condition::In(..)
        | Condition::HasAny(..)
        | Condition::HasAll(..)
        | Condition::Text(..)
        | Condition::Matches(..)
        | Condition::Exists(_)
        | Condition::Is(..)
        | Condition::Quantified { .. }
        | Condition::Changed { .. } => reads_item(condition),
    }
}

fn reads_item(condition: &Condition) -> bool {
    let mut reads = false;
    condition.reads(&mut |read| reads |= matches!(read, Read::Path { .. } | Read::Both(_)));
    reads
}
