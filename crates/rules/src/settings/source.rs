//! `source name { table key view ttl park unmatched }`

use distributary_change::StreamView;
use distributary_syntax::ast::{self, Declaration, Expr, ExprKind, Setting, TextPart};
use distributary_syntax::{Diagnostic, codes};

use super::Settings;
use crate::lower::Lowering;
use crate::reads::Read;
use crate::source::{Guard, Source, Unmatched};
use crate::term::EventField;

const VIEWS: [StreamView; 4] =
    [StreamView::NewAndOldImages, StreamView::NewImage, StreamView::OldImage, StreamView::KeysOnly];

const UNMATCHED: [(&str, Unmatched); 3] =
    [("ignore", Unmatched::Ignore), ("count", Unmatched::Count), ("warn", Unmatched::Warn)];

impl Lowering<'_> {
    pub(crate) fn source(&mut self, declaration: &Declaration, written: &ast::Source) -> Source {
        let known = ["table", "key", "view", "ttl", "park", "unmatched"];
        let settings =
            Settings::read(self, "a source", &declaration.name, &written.settings, &known);
        let table = self.fixed("table", &settings);
        let view = self.choice_of("view", &settings, &VIEWS.map(StreamView::as_str));
        Source {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            table: None,
            key: settings.get("key").map(|key| self.key(key)).unwrap_or_default(),
            view: view.and_then(StreamView::parse),
            park: self.lot("park", &settings),
            ttl: settings.get("ttl").and_then(|ttl| self.ttl(ttl)),
            unmatched: self.unmatched(&settings),
            guards: written.guards.iter().map(|guard| self.guard(guard)).collect(),
            table_setting: table,
            view_span: settings.get("view").map(|view| view.name.span),
        }
    }

    fn guard(&mut self, written: &ast::Guard) -> Guard {
        let when = self.when(&written.when);
        when.reads(&mut |read| {
            if matches!(read, Read::Event(EventField::Rule)) {
                let message = "a guard is asked before any rule, so there is no `event.rule` in it";
                let help = "ask about the record, or put this into the rules themselves";
                let finding = Diagnostic::error(codes::UNKNOWN_FIELD, message, written.when.span);
                self.findings.push(finding.help(help));
            }
        });
        Guard { skip: written.skip, when, span: written.span }
    }

    fn unmatched(&mut self, settings: &Settings<'_>) -> Unmatched {
        let word = self.choice_of("unmatched", settings, &UNMATCHED.map(|(name, _)| name));
        let known = UNMATCHED.into_iter().find(|(name, _)| Some(*name) == word);
        known.map_or(Unmatched::Ignore, |(_, unmatched)| unmatched)
    }

    /// `ttl: expiresAt`
    fn ttl(&mut self, setting: &Setting) -> Option<String> {
        let expr = self.one(setting)?;
        let name = attribute(expr);
        if name.is_none() {
            self.refuse_value(setting, expr, "the name of an attribute, such as `expiresAt`");
        }
        name
    }

    /// `key: pk, sk`
    fn key(&mut self, setting: &Setting) -> Vec<String> {
        let mut names = Vec::new();
        for expr in &setting.values {
            match attribute(expr) {
                Some(name) => names.push(name),
                None => self.refuse_value(setting, expr, "names of attributes, such as `pk, sk`"),
            }
        }
        if let [_, _, third, ..] = setting.values.as_slice() {
            self.refuse_value(
                setting,
                third,
                "the partition key and, if there is one, the sort key",
            );
        }
        names
    }
}

/// The name of an attribute, in quotes where it is no identifier.
fn attribute(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Text(parts) => match parts.as_slice() {
            [TextPart::Literal(name)] => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}
