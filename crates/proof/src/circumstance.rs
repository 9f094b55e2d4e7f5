//! Under which circumstances a rule is asked: the kind of change, and which images can be read.

use distributary_change::{
    EventKind, EventTime, Image, Item, Number, Record, SequenceNumber, StreamView, Value,
};
use distributary_rules::{Guard, Path, Program, Rule, Source};
use distributary_syntax::ast::{Root, Step};

use crate::slot::{Key, Side};

/// The value of a key attribute that no rule asks about.
const SOME_KEY: &str = "k";

/// A kind of change from a source, and which of its images the record carries.
#[derive(Debug, Clone)]
pub(crate) struct Circumstance<'p> {
    pub(crate) source: Option<usize>,
    pub(crate) kind: EventKind,
    view: StreamView,
    declared: Option<&'p Source>,
}

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// To something that can differ from record to record.
    Slot(Key),
    /// Always to the same: what is not there, or cannot be read.
    Nowhere,
    /// To a whole image, or to all keys.
    Whole,
}

impl<'p> Circumstance<'p> {
    /// All circumstances in which a rule is asked; those that show most come first.
    ///
    /// What a source's declared view leaves out is left out of every record. Without one, any
    /// image may be missing.
    pub(crate) fn of(program: &'p Program, rule: &Rule) -> Vec<Self> {
        let declared = rule.source.and_then(|source| program.sources().get(source));
        let of = |kind, view| Circumstance { source: rule.source, kind, view, declared };
        let views = match declared.and_then(|source| source.view) {
            Some(view) => vec![view],
            None => vec![
                StreamView::NewAndOldImages,
                StreamView::NewImage,
                StreamView::OldImage,
                StreamView::KeysOnly,
            ],
        };
        views
            .into_iter()
            .flat_map(|view| rule.events.iter().map(move |kind| of(*kind, view)))
            .collect()
    }

    /// The declared names of the key attributes; empty where the rules do not say.
    pub(crate) fn key(&self) -> &'p [String] {
        self.declared.map_or(&[], |source| &source.key)
    }

    /// The table, where the rules and their parameters say which.
    pub(crate) fn table(&self) -> Option<&'p str> {
        self.declared?.table.as_deref()
    }

    /// Whether the source says which attribute is the time to live.
    pub(crate) fn names_ttl(&self) -> bool {
        self.declared.is_some_and(|source| source.ttl.is_some())
    }

    /// What keeps records of the source from every rule.
    pub(crate) fn guards(&self) -> &'p [Guard] {
        self.declared.map_or(&[], |source| &source.guards)
    }

    /// The name of the source.
    pub(crate) fn source_name(&self) -> Option<&'p str> {
        self.declared.map(|source| &*source.name)
    }

    /// Where a path leads, were it to start at this root.
    pub(crate) fn follow(&self, path: &Path, root: Root) -> Destination {
        let side = match root {
            Root::Old => Side::Old,
            Root::New => Side::New,
            Root::Item => self.item(),
            Root::Keys => Side::Keys,
            Root::Event | Root::Change => return Destination::Whole,
        };
        let Some(first) = path.steps.first() else { return Destination::Whole };
        let Step::Key(name) = first else { return Destination::Nowhere };
        let is_key = self.key().contains(name);
        match side {
            Side::Old | Side::New if !self.carries(side) => Destination::Nowhere,
            Side::Old | Side::New if !is_key => {
                Destination::Slot(Key::Attribute(side, path.steps.clone()))
            }
            Side::Keys if !is_key && !self.key().is_empty() => Destination::Nowhere,
            // A key attribute is a scalar, and the same in both images.
            _ if path.steps.len() > 1 => Destination::Nowhere,
            _ => Destination::Slot(Key::Attribute(Side::Keys, path.steps.clone())),
        }
    }

    /// The image that is meant by the item.
    pub(crate) fn item(&self) -> Side {
        if self.kind == EventKind::Remove { Side::Old } else { Side::New }
    }

    /// Whether a record has this image and carries it.
    pub(crate) fn carries(&self, side: Side) -> bool {
        match side {
            Side::Old => self.kind != EventKind::Insert && self.view.carries_old(),
            Side::New => self.kind != EventKind::Remove && self.view.carries_new(),
            Side::Keys => true,
        }
    }

    /// A record with no attributes but these keys. `None` cannot happen: what is written here is
    /// valid.
    pub(crate) fn record(&self, undeclared: &str) -> Option<Record> {
        let undeclared = [undeclared.to_owned()];
        let names = if self.key().is_empty() { &undeclared[..] } else { self.key() };
        let some = |name: &String| (name.clone(), Value::String(SOME_KEY.to_owned()));
        let keys: Item = names.iter().map(some).collect();
        let image = |side, exists: bool| match (exists, self.carries(side)) {
            (false, _) => Image::Absent,
            (true, false) => Image::Omitted,
            (true, true) => Image::Present(keys.clone()),
        };
        let table = self.table().unwrap_or("table").to_owned();
        Some(Record {
            id: "1".to_owned(),
            kind: self.kind,
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            stream_arn: format!(
                "arn:aws:dynamodb:eu-central-1:123456789012:table/{table}/stream/2026-01-01T00:00:00.000"
            ),
            table,
            sequence: SequenceNumber::new("1".to_owned()).ok()?,
            time: EventTime::from_seconds(Number::from(1_767_225_600)).ok()?,
            identity: None,
            old: image(Side::Old, self.kind != EventKind::Insert),
            new: image(Side::New, self.kind != EventKind::Remove),
            keys,
            size: None,
            view: self.view,
        })
    }
}
