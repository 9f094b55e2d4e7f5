//! What a setting can be set to.

use std::ops::RangeInclusive;
use std::time::Duration;

use distributary_change::Value;
use distributary_syntax::ast::{Expr, ExprKind, Setting};
use distributary_syntax::{closest, codes};

use super::Settings;
use crate::fixed::Fixed;
use crate::lower::{Kind, Lowering};
use crate::names::listed;
use crate::term::{Part, Term};

impl Lowering<'_> {
    /// The value of a setting that has one.
    pub(super) fn one<'s>(&mut self, setting: &'s Setting) -> Option<&'s Expr> {
        if let [_, second, ..] = setting.values.as_slice() {
            let message = format!("`{}` takes one value", setting.name.node);
            self.refuse(codes::SETTING_VALUE, second.span, message, "leave out the others");
        }
        setting.values.first()
    }

    /// A required text that parameters alone decide.
    pub(super) fn fixed(&mut self, name: &str, settings: &Settings<'_>) -> Fixed {
        let unknown = Fixed { term: Term::Unknown, span: settings.name.span };
        let Some(setting) = settings.required(name, self) else { return unknown };
        let Some(expr) = self.one(setting) else { return unknown };
        let term = self.setting(expr);
        let fixed = |term| Fixed { term, span: expr.span };
        if term.reads_record() {
            self.refuse_event_data(setting, expr, "only parameters may stand in it: `\"${name}\"`");
        } else if term == Term::Unknown || self.is_plain_text(&term) {
            return fixed(term);
        } else {
            self.refuse_value(setting, expr, "a text, in which parameters may stand");
        }
        fixed(Term::Unknown)
    }

    /// Whether a term is a text of characters and parameters, so that it can be written out as
    /// soon as the parameters are known.
    fn is_plain_text(&self, term: &Term) -> bool {
        let plain = |part: &Part| match part {
            Part::Literal(_) | Part::Term(Term::Unknown | Term::Param(_)) => true,
            Part::Term(Term::Literal(value)) => *value != Value::Null,
            Part::Term(_) => false,
        };
        match term {
            Term::Literal(Value::String(_)) => true,
            Term::Param(_) => self.kind(term) == Kind::Text,
            Term::Text(parts) => parts.iter().all(plain),
            _ => false,
        }
    }

    /// A length of time; `limits` says in words which ones are sound.
    pub(super) fn duration(
        &mut self,
        name: &str,
        settings: &Settings<'_>,
        sound: impl Fn(&Duration) -> bool,
        limits: &str,
    ) -> Option<Duration> {
        let setting = settings.get(name)?;
        let expr = self.one(setting)?;
        match expr.kind {
            ExprKind::Duration(duration) if sound(&duration) => return Some(duration),
            ExprKind::Duration(_) => self.refuse_limit(setting, expr, limits),
            _ => self.refuse_fixed(setting, expr, limits),
        }
        None
    }

    /// A whole number within its limits.
    pub(super) fn whole(
        &mut self,
        name: &str,
        settings: &Settings<'_>,
        limits: RangeInclusive<u32>,
    ) -> Option<u32> {
        let setting = settings.get(name)?;
        let expr = self.one(setting)?;
        let words = format!("a whole number from {} to {}", limits.start(), limits.end());
        let ExprKind::Number(digits) = &expr.kind else {
            self.refuse_fixed(setting, expr, &words);
            return None;
        };
        let number = digits.parse().ok().filter(|number| limits.contains(number));
        if number.is_none() {
            self.refuse_limit(setting, expr, &words);
        }
        number
    }

    /// One of several words.
    pub(super) fn choice_of<'w>(
        &mut self,
        name: &str,
        settings: &Settings<'_>,
        words: &[&'w str],
    ) -> Option<&'w str> {
        let setting = settings.get(name)?;
        let expr = self.one(setting)?;
        let written = match &expr.kind {
            ExprKind::Name(word) => word,
            // `keys` is a word here, too.
            ExprKind::Path(_) => self.sources.text(expr.span),
            _ => "",
        };
        let known = words.iter().find(|word| **word == written).copied();
        if known.is_none() {
            let choices = listed(words.iter().copied());
            let help = match closest(written, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if words.len() == 1 => format!("it can only be {choices}"),
                None => format!("it is one of {choices}"),
            };
            let message = format!("`{name}` is never {}", self.quote(expr));
            self.refuse(codes::SETTING_VALUE, expr.span, message, help);
        }
        known
    }

    /// The lot that a setting names.
    pub(super) fn lot(&mut self, name: &str, settings: &Settings<'_>) -> Option<usize> {
        let setting = settings.get(name)?;
        let expr = self.one(setting)?;
        if let ExprKind::Name(name) = &expr.kind {
            return self.names.lots.find(name, expr.span, &mut self.findings);
        }
        self.refuse_value(setting, expr, "the name of a lot");
        None
    }

    pub(super) fn refuse_value(&mut self, setting: &Setting, expr: &Expr, takes: &str) {
        let message = format!("`{}` cannot be {}", setting.name.node, self.quote(expr));
        self.refuse(codes::SETTING_VALUE, expr.span, message, format!("it takes {takes}"));
    }

    /// Refuses the value of a setting that is written out, not reckoned.
    fn refuse_fixed(&mut self, setting: &Setting, expr: &Expr, takes: &str) {
        if matches!(expr.kind, ExprKind::Path(_)) {
            self.refuse_event_data(setting, expr, &format!("it takes {takes}"));
        } else {
            self.refuse_value(setting, expr, takes);
        }
    }

    fn refuse_event_data(&mut self, setting: &Setting, expr: &Expr, help: &str) {
        let name = &setting.name.node;
        let message = format!("`{name}` is the same for every record and cannot use event data");
        self.refuse(codes::FIXED_SETTING, expr.span, message, help);
    }

    fn refuse_limit(&mut self, setting: &Setting, expr: &Expr, limits: &str) {
        let message = format!("`{}` cannot be {}", setting.name.node, self.quote(expr));
        self.refuse(codes::LIMIT, expr.span, message, format!("it can be {limits}"));
    }
}
