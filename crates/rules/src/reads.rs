//! What a checked expression reads.

use std::collections::BTreeSet;

use distributary_syntax::ast::{Root, Step};

use crate::condition::Condition;
use crate::pattern::Pattern;
use crate::program::Program;
use crate::route::PerMessage;
use crate::term::{Content, EventField, Member, Part, Path, Term};

/// One thing that is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Read<'p> {
    /// A path. Its absence is provided for where the rule asks for it, or names what to take then.
    Path { path: &'p Path, provided: bool },
    /// A path in both images; its absence is an answer.
    Both(&'p Path),
    /// Both images as they are.
    Change,
    /// A field of `event`.
    Event(EventField),
    /// A parameter.
    Param(usize),
}

pub(crate) type Reader<'f, 'p> = &'f mut dyn FnMut(Read<'p>);

/// The attributes of images that are read.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'p> {
    names: BTreeSet<&'p str>,
    /// Whether a whole image may be.
    whole: bool,
}

impl<'p> Attributes<'p> {
    /// Notes what is read. An expiry may depend on the attributes with the time to live.
    pub(crate) fn note(&mut self, what: Read<'p>, ttl: impl IntoIterator<Item = &'p str>) {
        match what {
            Read::Path { path, .. } | Read::Both(path) => match (path.root, path.steps.first()) {
                (Root::Keys, _) => {}
                (_, Some(Step::Key(name))) => {
                    self.names.insert(name);
                }
                _ => self.whole = true,
            },
            Read::Change => self.whole = true,
            Read::Event(EventField::Expired) => self.names.extend(ttl),
            Read::Event(_) | Read::Param(_) => {}
        }
    }

    /// Their names, unless they are all of them.
    pub(crate) fn names(self) -> Option<BTreeSet<&'p str>> {
        (!self.whole).then_some(self.names)
    }
}

impl Condition {
    /// Whether its answer may depend on this field of the event.
    #[must_use]
    pub fn reads_event(&self, field: EventField) -> bool {
        let mut read = false;
        self.reads(&mut |what| read |= matches!(what, Read::Event(event) if event == field));
        read
    }

    /// The attributes of the images that its answer depends on, for a record of any source; `None`
    /// where a whole image may be read. The keys, and what a record says about itself, are not
    /// among them.
    #[must_use]
    pub fn attributes<'p>(&'p self, program: &'p Program) -> Option<BTreeSet<&'p str>> {
        let mut attributes = Attributes::default();
        let ttl = || program.sources().iter().filter_map(|source| source.ttl.as_deref());
        self.reads(&mut |what| attributes.note(what, ttl()));
        attributes.names()
    }

    /// The parameters that its answer depends on, by index; one may be there several times.
    #[must_use]
    pub fn params(&self) -> Vec<usize> {
        let mut params = Vec::new();
        self.reads(&mut |what| {
            if let Read::Param(param) = what {
                params.push(param);
            }
        });
        params
    }

    pub(crate) fn reads<'p>(&'p self, read: Reader<'_, 'p>) {
        match self {
            Condition::At(_, inner) | Condition::Not(inner) => inner.reads(read),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.reads(read));
            }
            Condition::Holds(term) => term.reads(false, read),
            Condition::Exists(term) | Condition::Is(term, _) => term.reads(true, read),
            Condition::Matches(term, pattern) => {
                term.reads(false, read);
                if let Pattern::Glob(pieces) = pattern {
                    pieces.iter().for_each(|piece| piece.reads(false, read));
                }
            }
            Condition::Quantified { list, body, .. } => {
                list.reads(false, read);
                body.reads(read);
            }
            Condition::Equal(a, b) | Condition::Order(_, a, b) | Condition::Text(_, a, b) => {
                a.reads(false, read);
                b.reads(false, read);
            }
            Condition::In(term, members)
            | Condition::HasAny(term, members)
            | Condition::HasAll(term, members) => {
                term.reads(false, read);
                members.iter().for_each(|member| member.reads(false, read));
            }
            Condition::Changed { path, to, from } => {
                read(Read::Both(path));
                let members = [to, from].into_iter().flatten().flatten();
                members.for_each(|member| member.reads(false, read));
            }
            Condition::Unknown => {}
        }
    }
}

impl Term {
    pub(crate) fn reads<'p>(&'p self, provided: bool, read: Reader<'_, 'p>) {
        match self {
            Term::Param(param) => read(Read::Param(*param)),
            Term::Event(field) => read(Read::Event(*field)),
            Term::Path(path) => read(Read::Path { path, provided }),
            Term::Text(parts) => {
                for part in parts {
                    if let Part::Term(term) = part {
                        term.reads(provided, read);
                    }
                }
            }
            Term::Arithmetic(_, a, b) => {
                a.reads(provided, read);
                b.reads(provided, read);
            }
            Term::Coalesce(a, b) => {
                a.reads(true, read);
                b.reads(provided, read);
            }
            Term::Call(_, arguments) => {
                arguments.iter().for_each(|argument| argument.reads(provided, read));
            }
            Term::Literal(_) | Term::Element { .. } | Term::Unknown => {}
        }
    }
}

impl Content {
    pub(crate) fn reads<'p>(&'p self, read: Reader<'_, 'p>) {
        match self {
            Content::Term(term) => term.reads(false, read),
            Content::Condition(condition) => condition.reads(read),
            Content::List(members) => members.iter().for_each(|member| member.reads(read)),
            Content::Object(members) => members.iter().for_each(|member| match member {
                Member::Entry(_, content) | Member::Spread(content) => content.reads(read),
            }),
            Content::Change => read(Read::Change),
        }
    }
}

impl PerMessage {
    pub(crate) fn reads<'p>(&'p self, read: Reader<'_, 'p>) {
        self.terms().for_each(|term| term.reads(false, read));
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        let PerMessage { group, dedup, subject, detail_type, resources, attributes } = self;
        let single = [group, dedup, subject, detail_type].into_iter().flatten();
        single.chain(resources).chain(attributes.iter().map(|(_, term)| term))
    }
}
