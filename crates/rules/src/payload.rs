//! What one output of a rule sends.

use std::collections::BTreeSet;

use distributary_change::{Item, Record, Value, json};
use distributary_delivery::{Attribute, Message, Oversize, limits};

use crate::evaluate::{Scene, Seen};
use crate::program::Program;
use crate::reads::{Attributes, Read};
use crate::route::{Route, RouteKind};
use crate::term::Term;

/// Renders what `program.rules()[rule].outputs[output]` sends because of a record.
///
/// A FIFO route's group is the whole item key unless the rules set another that has a value.
/// Whether the rule fires is another question ([`crate::evaluate::fires`]). For an output that does
/// not exist the message is empty.
#[must_use]
pub fn message(
    program: &Program,
    rule: usize,
    output: usize,
    record: &Record,
    source: Option<usize>,
) -> Message {
    let Some(rule) = program.rules().get(rule) else { return Message::default() };
    let Some(output) = rule.outputs.get(output) else { return Message::default() };
    let Some(route) = program.routes().get(output.route) else { return Message::default() };
    let scene = Scene::new(program, record, source).of(rule);
    Message { body: scene.body(output.with.as_ref(), route).into(), ..scene.fields(route) }
}

/// What is sent in the place of a message that does not fit, for a route with `oversize: keys`: the
/// payload of an output without `with`, in the route's format. `None` where the route says nothing
/// of the kind, where the body is what the fallback would be, or where it has no more than
/// [`limits::FALLBACK_BYTES`], which every service takes.
#[must_use]
pub fn fallback(
    program: &Program,
    rule: usize,
    output: usize,
    record: &Record,
    source: Option<usize>,
    body: &[u8],
) -> Option<Vec<u8>> {
    let rule = program.rules().get(rule)?;
    let output = rule.outputs.get(output)?;
    let route = program.routes().get(output.route)?;
    let asked = route.oversize == Some(Oversize::Keys) && output.with.is_some();
    (asked && body.len() > limits::FALLBACK_BYTES)
        .then(|| Scene::new(program, record, source).of(rule).body(None, route))
}

/// The attributes of the images that the outputs of `program.rules()[rule]` read; `None` where a
/// whole image may be read. The keys, and what a record says about itself, are not among them.
#[must_use]
pub fn reads<'p>(program: &'p Program, rule: usize) -> Option<BTreeSet<&'p str>> {
    let rule = program.rules().get(rule)?;
    let mut attributes = Attributes::default();
    let source = rule.source.and_then(|source| program.sources().get(source));
    let mut read =
        |what: Read<'p>| attributes.note(what, source.and_then(|source| source.ttl.as_deref()));
    for output in &rule.outputs {
        if let Some(content) = &output.with {
            content.reads(&mut read);
        }
        if let Some(route) = program.routes().get(output.route) {
            route.per_message.reads(&mut read);
        }
    }
    attributes.names()
}

impl<'a> Scene<'a> {
    /// Everything but the body.
    fn fields(&self, route: &'a Route) -> Message {
        let settings = &route.per_message;
        let text = |term: &'a Option<Term>| self.setting(term.as_ref()?);
        let group = text(&settings.group);
        let detail_type = text(&settings.detail_type);
        Message {
            group: if route.kind.is_fifo() {
                Some(group.unwrap_or_else(|| key_text(&self.record.keys)))
            } else {
                group
            },
            dedup: text(&settings.dedup),
            subject: text(&settings.subject),
            detail_type: (route.kind == RouteKind::EventBridge)
                .then(|| detail_type.or_else(|| Some(self.rule?.name.to_string())))
                .flatten(),
            resources: settings.resources.iter().flat_map(|term| self.texts(term)).collect(),
            attributes: settings
                .attributes
                .iter()
                .filter_map(|(name, term)| Some((name.clone(), self.attribute(term)?)))
                .collect(),
            ..Message::default()
        }
    }

    /// The text of a setting; an absent, unknown, `NULL` or empty one is as good as not set.
    fn setting(&self, term: &'a Term) -> Option<String> {
        written(&self.value(term))
    }

    /// The texts of a setting that may be a list.
    fn texts(&self, term: &'a Term) -> Vec<String> {
        let seen = self.value(term);
        match seen.value() {
            Some(Value::List(members)) => {
                members.iter().filter_map(|member| written(&Seen::borrowed(member))).collect()
            }
            Some(Value::StringSet(members)) => members.iter().cloned().collect(),
            _ => written(&seen).into_iter().collect(),
        }
    }

    fn attribute(&self, term: &'a Term) -> Option<Attribute> {
        let seen = self.value(term);
        let text = written(&seen)?;
        Some(match seen.decimal() {
            Some(_) => Attribute::Number(text),
            None => Attribute::String(text),
        })
    }
}

fn written(seen: &Seen<'_>) -> Option<String> {
    let null = matches!(seen.value(), Some(Value::Null));
    seen.written().filter(|text| !null && !text.is_empty())
}

/// The whole item key as text: the same for every change of an item, another for every other
/// item of its table.
pub(crate) fn key_text(keys: &Item) -> String {
    let mut sorted = keys.clone();
    sorted.sort_unstable_keys();
    let mut text = Vec::new();
    json::plain::write_item(&sorted, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
