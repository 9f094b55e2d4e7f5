//! Which attributes are looked for.

use crate::names::hash;

/// Which item of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// `OldImage`
    Old,
    /// `NewImage`
    New,
    /// `Keys`
    Keys,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into a map, or into the item itself.
    Key(&'a str),
    /// Into a list.
    Index(u32),
}

/// The wanted attributes of all sides, each with a number of its own from 0.
#[derive(Debug, Clone)]
pub struct Wanted {
    nodes: Vec<Node>,
    slots: u32,
    /// The names in all paths.
    names: Table,
}

/// A place in the tree of wanted paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The number of the path that ends here.
    pub(crate) slot: Option<u32>,
    names: Table,
    indices: Vec<(u32, usize)>,
}

/// Names by hash, with as many empty places as taken ones at least.
#[derive(Debug, Clone, Default)]
struct Table {
    places: Vec<Option<(Box<[u8]>, usize)>>,
    taken: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted { nodes: vec![Node::default(); 3], slots: 0, names: Table::default() }
    }
}

impl Wanted {
    /// The number of a path, which is wanted from here on. Equal paths have one number.
    pub fn add<'a>(&mut self, side: Side, steps: impl IntoIterator<Item = Step<'a>>) -> u32 {
        let mut at = side as usize;
        for step in steps {
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else { break };
            at = match step {
                Step::Key(name) => {
                    self.names.enter(name.as_bytes(), 0);
                    node.names.enter(name.as_bytes(), next)
                }
                Step::Index(index) => {
                    let known = node.indices.iter().find(|(known, _)| *known == index);
                    let found = known.map_or(next, |(_, node)| *node);
                    if found == next {
                        node.indices.push((index, next));
                    }
                    found
                }
            };
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        let slots = &mut self.slots;
        let new = || {
            *slots += 1;
            *slots - 1
        };
        self.nodes.get_mut(at).map_or(0, |node| *node.slot.get_or_insert_with(new))
    }

    /// How many paths are wanted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots as usize
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots == 0
    }

    pub(crate) fn root(&self, side: Side) -> Option<&Node> {
        self.nodes.get(side as usize).filter(|node| node.names.taken > 0)
    }

    /// Whether any path goes through an attribute of this name.
    pub(crate) fn names(&self, name: &[u8], hash: u64) -> bool {
        self.names.find(name, hash).is_some()
    }

    pub(crate) fn under(&self, node: Option<&Node>, name: &[u8], hash: u64) -> Option<&Node> {
        self.nodes.get(node?.names.find(name, hash)?)
    }

    pub(crate) fn at(&self, node: Option<&Node>, index: u32) -> Option<&Node> {
        let (_, found) = node?.indices.iter().find(|(known, _)| *known == index)?;
        self.nodes.get(*found)
    }
}

impl Table {
    fn find(&self, name: &[u8], hash: u64) -> Option<usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        loop {
            match self.places.get(place)? {
                Some((known, node)) if **known == *name => return Some(*node),
                Some(_) => place = (place + 1) & mask,
                None => return None,
            }
        }
    }

    /// Where a name leads to: to `next` where it is new.
    fn enter(&mut self, name: &[u8], next: usize) -> usize {
        if let Some(node) = self.find(name, hash(name)) {
            return node;
        }
        if self.places.len() < 2 * (self.taken + 1) {
            let before = std::mem::take(&mut self.places);
            self.places = vec![None; (before.len() * 2).max(8)];
            before.into_iter().flatten().for_each(|(name, node)| self.put(name, node));
        }
        self.put(name.into(), next);
        self.taken += 1;
        next
    }

    fn put(&mut self, name: Box<[u8]>, node: usize) {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = hash(&name) as usize & mask;
        while let Some(Some(_)) = self.places.get(place) {
            place = (place + 1) & mask;
        }
        if let Some(free) = self.places.get_mut(place) {
            *free = Some((name, node));
        }
    }
}
