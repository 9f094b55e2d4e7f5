//! Reading keys and values, and refusing those that mean nothing.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use distributary_syntax::{Code, Diagnostic, FileId, Span, Spanned as Placed, closest, codes};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::syntax;

pub(super) type Key<'i> = Spanned<DeString<'i>>;
pub(super) type Value<'i> = Spanned<DeValue<'i>>;
pub(super) type Entry<'i> = (&'i Key<'i>, &'i Value<'i>);

/// What a key takes, in words, and such a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Takes(pub(super) &'static str, pub(super) &'static str);

/// Reads one manifest and keeps what is wrong with it.
#[derive(Debug)]
pub(super) struct Reader {
    file: FileId,
    pub(super) findings: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(file: FileId) -> Self {
        Reader { file, findings: Vec::new() }
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// A section; `below` says in words what stands in it.
    pub(super) fn table<'v, 'i>(
        &mut self,
        key: &Key<'_>,
        value: &'v Value<'i>,
        below: &str,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let name = key.get_ref();
            let message = format!("`{name}` is not a section");
            self.refuse_value(key.span(), message, &format!("write `[{name}]` {below}"));
        }
        table
    }

    pub(super) fn texts(
        &mut self,
        (key, value): Entry<'_>,
        takes: Takes,
    ) -> Option<Vec<Placed<String>>> {
        let text = |value: &Value<'_>| {
            let text = value.get_ref().as_str()?.to_owned();
            Some(Placed::new(text, self.span(value.span())))
        };
        let texts = value.get_ref().as_array().and_then(|list| list.iter().map(text).collect());
        if texts.is_none() {
            self.refuse_kind(key, takes);
        }
        texts
    }

    /// A whole number within its limits.
    pub(super) fn whole(
        &mut self,
        (key, value): Entry<'_>,
        limits: RangeInclusive<u32>,
    ) -> Option<u32> {
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = number.and_then(|number| number.as_str().replace('_', "").parse().ok());
        let number = number.filter(|number| limits.contains(number));
        if number.is_none() {
            let message = format!("`{}` cannot be this", key.get_ref());
            let help = format!("it is a whole number from {} to {}", limits.start(), limits.end());
            self.refuse_value(value.span(), message, &help);
        }
        number
    }

    /// Whole seconds within their limits, written as a duration.
    pub(super) fn seconds(
        &mut self,
        (key, value): Entry<'_>,
        limits: RangeInclusive<u64>,
    ) -> Option<Duration> {
        let written = value.get_ref().as_str().and_then(distributary_syntax::duration);
        let sound = |d: &Duration| d.subsec_nanos() == 0 && limits.contains(&d.as_secs());
        let duration = written.filter(sound);
        if duration.is_none() {
            let message = format!("`{}` cannot be this", key.get_ref());
            let (least, most) = (limits.start(), limits.end());
            let help =
                format!("it is whole seconds from `\"{least}s\"` to `\"{most}s\"`, in quotes");
            self.refuse_value(value.span(), message, &help);
        }
        duration
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        (key, value): Entry<'_>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let written = value.get_ref().as_str().unwrap_or_default();
        let chosen = words.iter().find(|(word, _)| *word == written);
        if chosen.is_none() {
            let help = match closest(written, words.iter().map(|(word, _)| *word)) {
                Some(near) => format!("did you mean `\"{near}\"`?"),
                None => {
                    let words: Vec<String> =
                        words.iter().map(|(word, _)| format!("`\"{word}\"`")).collect();
                    format!("it is one of {}", words.join(", "))
                }
            };
            let message = format!("`{}` cannot be this", key.get_ref());
            self.refuse_value(value.span(), message, &help);
        }
        chosen.map(|(_, chosen)| *chosen)
    }

    /// Refuses a key that the owner does not have; `else_help` is said where none is near.
    pub(super) fn refuse_key<'w>(
        &mut self,
        key: &Key<'_>,
        owner: &str,
        known: impl IntoIterator<Item = &'w str>,
        else_help: &str,
    ) {
        let name = key.get_ref();
        let help = match closest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => else_help.to_owned(),
        };
        let message = format!("{owner} has no key `{name}`");
        self.refuse(codes::MANIFEST_KEY, key.span(), message, &help);
    }

    pub(super) fn refuse_value(&mut self, at: Range<usize>, message: String, help: &str) {
        self.refuse(codes::MANIFEST_VALUE, at, message, help);
    }

    fn refuse_kind(&mut self, key: &Key<'_>, Takes(what, example): Takes) {
        let name = key.get_ref();
        let help = format!("write them as in `{name} = {example}`");
        self.refuse_value(key.span(), format!("`{name}` is not {what}"), &help);
    }

    pub(super) fn refuse(&mut self, code: Code, at: Range<usize>, message: String, help: &str) {
        let finding = Diagnostic::error(code, message, self.span(at));
        self.findings.push(finding.help(help));
    }

    pub(super) fn refuse_syntax(&mut self, text: &str, error: &toml::de::Error) {
        let at = error.span().unwrap_or(text.len()..text.len());
        let wrong = text.get(at.clone()).unwrap_or_default();
        let message = "`rules.toml` is not valid TOML".to_owned();
        let finding = Diagnostic::error(codes::MANIFEST_SYNTAX, message, self.span(at));
        self.findings.push(finding.note(syntax::reason(error, wrong)));
    }
}
