//! From conditions to questions that a scan answers. What has none is left to the reference
//! evaluator, that part alone.

use distributary_change::{EventKind, Value};
use distributary_rules::{
    Condition, EventField, Order, Path, Pattern, Program, Search, Term, Truth,
};
use distributary_scan::{Side, Step as Wish, Wanted};
use distributary_syntax::ast::{Root, Step};
use hashbrown::DefaultHashBuilder;
use indexmap::IndexSet;

use crate::question::{Bound, Question, Slot};
use crate::seen::Seen;

/// A condition for one kind of change.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Known(Truth),
    /// The question with this number.
    Ask(u32),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    /// For the reference evaluator.
    Reference(Box<Reference>),
}

/// A condition for the reference evaluator.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) condition: Condition,
    /// Whether it may read a whole image, and not only attributes of the excerpt.
    pub(crate) whole: bool,
}

/// An attribute of an image that the reference evaluator reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    pub(crate) side: Side,
    pub(crate) name: Box<str>,
    /// Its number in the scan.
    pub(crate) slot: u32,
}

impl Node {
    /// Whether the record may have to be decoded in full.
    pub(crate) fn decodes(&self) -> bool {
        self.cost() == Cost::Record
    }

    /// The most that an answer may take.
    fn cost(&self) -> Cost {
        match self {
            Node::Known(_) | Node::Ask(_) => Cost::Scan,
            Node::Reference(part) if part.whole => Cost::Record,
            Node::Reference(_) => Cost::Excerpt,
            Node::Not(inner) => inner.cost(),
            Node::All(parts) | Node::Any(parts) => {
                parts.iter().map(Node::cost).max().unwrap_or(Cost::Scan)
            }
        }
    }
}

/// What is needed to answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    Scan,
    /// Attributes, decoded.
    Excerpt,
    /// All of the record, decoded.
    Record,
}

/// What all rules ask, each question once.
#[derive(Debug)]
pub(crate) struct Compiler<'p> {
    program: &'p Program,
    pub(crate) wanted: Wanted,
    pub(crate) questions: Questions,
    /// What the reference evaluator reads.
    pub(crate) excerpt: IndexSet<Attribute, DefaultHashBuilder>,
    /// What was compiled last is the same for these kinds of change.
    same: Same,
}

/// Each question at its number.
pub(crate) type Questions = IndexSet<Question, DefaultHashBuilder>;

/// For which kinds of change a condition is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Same {
    ForAll,
    /// What is the item of a removal is the old image.
    ButForRemovals,
    ForNone,
}

impl<'p> Compiler<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        let (wanted, questions, excerpt) = Default::default();
        Compiler { program, wanted, questions, excerpt, same: Same::ForAll }
    }

    /// A condition for these kinds of change: for several at once where it is the same.
    pub(crate) fn nodes(
        &mut self,
        condition: Option<&Condition>,
        kinds: &[EventKind],
    ) -> Vec<(Vec<EventKind>, Node)> {
        let (mut left, mut nodes) = (kinds.to_vec(), Vec::new());
        while let Some(first) = left.first().copied() {
            self.same = Same::ForAll;
            let node = condition.map_or(Node::Known(Truth::True), |when| self.node(when, first));
            let removal = |kind| kind == EventKind::Remove;
            let (alike, others) = left.into_iter().partition(|kind| match self.same {
                Same::ForAll => true,
                Same::ButForRemovals => removal(*kind) == removal(first),
                Same::ForNone => *kind == first,
            });
            nodes.push((alike, node));
            left = others;
        }
        nodes
    }

    fn node(&mut self, condition: &Condition, kind: EventKind) -> Node {
        match condition {
            Condition::At(_, inner) => match self.node(inner, kind) {
                // Where it was written goes with it, for findings.
                Node::Reference(part) if part.condition == **inner => {
                    let (condition, whole) = (condition.clone(), part.whole);
                    Node::Reference(Box::new(Reference { condition, whole }))
                }
                node => node,
            },
            Condition::Not(inner) => Node::Not(Box::new(self.node(inner, kind))),
            Condition::All(parts) => Node::All(self.parts(parts, kind)),
            Condition::Any(parts) => Node::Any(self.parts(parts, kind)),
            Condition::Unknown => Node::Known(Truth::Unknown),
            other => self.question(other, kind).unwrap_or_else(|| self.reference(other)),
        }
    }

    fn reference(&mut self, condition: &Condition) -> Node {
        let names = condition.attributes(self.program);
        let whole = names.is_none();
        for name in names.into_iter().flatten() {
            for side in [Side::Old, Side::New] {
                let slot = self.wanted.add(side, [Wish::Key(name)]);
                self.excerpt.insert(Attribute { side, name: name.into(), slot });
            }
        }
        Node::Reference(Box::new(Reference { condition: condition.clone(), whole }))
    }

    /// Parts that need more than the scan come last: others may spare them.
    fn parts(&mut self, parts: &[Condition], kind: EventKind) -> Vec<Node> {
        let mut nodes: Vec<Node> = parts.iter().map(|part| self.node(part, kind)).collect();
        nodes.sort_by_key(Node::cost);
        nodes
    }

    fn question(&mut self, condition: &Condition, kind: EventKind) -> Option<Node> {
        Some(match condition {
            Condition::Equal(Term::Event(EventField::Type), Term::Literal(Value::String(name))) => {
                self.same = Same::ForNone;
                Node::Known(Truth::from(name == kind.as_str()))
            }
            Condition::Equal(Term::Path(a), Term::Path(b)) => {
                let (a, b) = (self.slot(a, a.root, kind)?, self.slot(b, b.root, kind)?);
                self.ask(Question::Same(a, b))
            }
            Condition::Equal(Term::Path(path), other)
            | Condition::Equal(other, Term::Path(path)) => {
                let member = Seen::constant(self.constant(other)?)?;
                let slot = self.slot(path, path.root, kind)?;
                self.ask(Question::In(slot, vec![member]))
            }
            Condition::In(Term::Path(path), members) => {
                self.within(path, path.root, members, kind)?
            }
            Condition::Order(order, Term::Path(path), other) => {
                self.order(*order, path, other, kind)?
            }
            Condition::Order(order, other, Term::Path(path)) => {
                let turned = match order {
                    Order::Less => Order::Greater,
                    Order::LessEqual => Order::GreaterEqual,
                    Order::Greater => Order::Less,
                    Order::GreaterEqual => Order::LessEqual,
                };
                self.order(turned, path, other, kind)?
            }
            Condition::Text(search, Term::Path(path), other) => {
                let part = self.text(other)?;
                let pieces = match search {
                    Search::Contains => vec![Box::default(), part, Box::default()],
                    Search::StartsWith => vec![part, Box::default()],
                    Search::EndsWith => vec![Box::default(), part],
                };
                let slot = self.slot(path, path.root, kind)?;
                self.ask(Question::Glob(slot, pieces))
            }
            Condition::Matches(Term::Path(path), Pattern::Glob(pieces)) => {
                let pieces = pieces.iter().map(|piece| self.text(piece)).collect::<Option<_>>()?;
                let slot = self.slot(path, path.root, kind)?;
                self.ask(Question::Glob(slot, pieces))
            }
            Condition::Exists(Term::Path(path)) => {
                let slot = self.slot(path, path.root, kind)?;
                self.ask(Question::Exists(slot))
            }
            Condition::Is(Term::Path(path), ty) => {
                let slot = self.slot(path, path.root, kind)?;
                self.ask(Question::Is(slot, *ty))
            }
            Condition::Changed { path, to, from } => {
                let old = self.slot(path, Root::Old, kind)?;
                let new = self.slot(path, Root::New, kind)?;
                let mut parts = vec![Node::Not(Box::new(self.ask(Question::Same(old, new))))];
                for (root, members) in [(Root::New, to), (Root::Old, from)] {
                    if let Some(members) = members {
                        parts.push(self.within(path, root, members, kind)?);
                    }
                }
                Node::All(parts)
            }
            Condition::Holds(Term::Event(EventField::Expired)) => {
                self.same = self.same.max(Same::ButForRemovals);
                let mut sources = self.program.sources().iter();
                match kind {
                    // Without an identity, an attribute may decide.
                    EventKind::Remove if sources.any(|source| source.ttl.is_some()) => return None,
                    EventKind::Remove => self.ask(Question::Expired),
                    EventKind::Insert | EventKind::Modify => Node::Known(Truth::False),
                }
            }
            _ => return None,
        })
    }

    fn ask(&mut self, question: Question) -> Node {
        Node::Ask(self.questions.insert_full(question).0 as u32)
    }

    fn order(&mut self, order: Order, path: &Path, other: &Term, kind: EventKind) -> Option<Node> {
        let (side, or_equal) = match order {
            Order::Less => (Bound::Below, false),
            Order::LessEqual => (Bound::Below, true),
            Order::Greater => (Bound::Above, false),
            Order::GreaterEqual => (Bound::Above, true),
        };
        let slot = self.slot(path, path.root, kind)?;
        if let Term::Path(other) = other {
            let than = self.slot(other, other.root, kind)?;
            return Some(self.ask(Question::Beside { slot, side, or_equal, than }));
        }
        let than = Seen::constant(self.constant(other)?)?;
        if !matches!(than, Seen::Number(_) | Seen::Text(_)) {
            return None;
        }
        Some(self.ask(Question::Order { slot, side, or_equal, than }))
    }

    /// Whether an attribute is one of a list's members. Of an empty list the reference decides.
    fn within(&mut self, path: &Path, root: Root, list: &[Term], kind: EventKind) -> Option<Node> {
        let mut members = Vec::with_capacity(list.len());
        for term in list {
            match self.constant(term)? {
                Value::List(list) if matches!(term, Term::Param(_)) => {
                    let inner: Option<Vec<_>> = list.iter().map(Seen::constant).collect();
                    members.extend(inner?);
                }
                value => members.push(Seen::constant(value)?),
            }
        }
        if members.is_empty() {
            return None;
        }
        members.sort_unstable();
        members.dedup();
        let slot = self.slot(path, root, kind)?;
        Some(self.ask(Question::In(slot, members)))
    }

    fn constant<'t>(&self, term: &'t Term) -> Option<&'t Value>
    where
        'p: 't,
    {
        match term {
            Term::Literal(value) => Some(value),
            Term::Param(param) => self.program.params().get(*param)?.value.as_ref(),
            _ => None,
        }
    }

    fn text(&self, term: &Term) -> Option<Box<[u8]>> {
        match self.constant(term)? {
            Value::String(text) => Some(text.as_bytes().into()),
            _ => None,
        }
    }

    fn slot(&mut self, path: &Path, root: Root, kind: EventKind) -> Option<Slot> {
        if root == Root::Item {
            self.same = self.same.max(Same::ButForRemovals);
        }
        let side = match (root, kind) {
            (Root::Old, _) | (Root::Item, EventKind::Remove) => Side::Old,
            (Root::New | Root::Item, _) => Side::New,
            (Root::Keys, _) => Side::Keys,
            (Root::Event | Root::Change, _) => return None,
        };
        let Some(Step::Key(_)) = path.steps.first() else { return None };
        let steps = path.steps.iter().map(|step| match step {
            Step::Key(name) => Wish::Key(name),
            Step::Index(index) => Wish::Index(*index),
        });
        Some(Slot { number: self.wanted.add(side, steps), side })
    }
}
