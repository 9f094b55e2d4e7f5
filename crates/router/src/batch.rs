//! Filling requests: by count, by bytes, and with one entry per message group.

use std::collections::{BTreeMap, VecDeque};

use distributary_delivery::Delivery;
use tokio::time::Instant;

use crate::settle::Ticket;
use crate::target::Limits;

/// A delivery on its way.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) ticket: Ticket,
    pub(crate) delivery: Delivery,
    /// What it adds to a request, or why no request can hold it.
    pub(crate) size: Result<usize, String>,
    /// How often it was sent in vain.
    pub(crate) attempts: u32,
    /// How often of these it was not only throttled: what the route's `retry` counts.
    pub(crate) failures: u32,
    /// It has a request to itself, so that no neighbour decides for it.
    pub(crate) alone: bool,
}

/// What is left to send on a route, lowest place first.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    ready: BTreeMap<usize, Entry>,
    waiting: BTreeMap<(Instant, usize), Entry>,
    /// On an ordered route: the groups that have an entry under way, and the entries that follow.
    behind: BTreeMap<String, VecDeque<Entry>>,
}

/// What a queue gives out.
pub(crate) enum Next {
    /// One request.
    Request(Vec<Entry>),
    /// An entry that fits into none, and why.
    Refused(Box<Entry>, String),
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        Queue { limits, ready: BTreeMap::new(), waiting: BTreeMap::new(), behind: BTreeMap::new() }
    }

    /// Takes as many entries as fit into one request, `most` at most.
    pub(crate) fn next(&mut self, most: usize) -> Option<Next> {
        let (_, first) = self.ready.pop_first()?;
        let mut bytes = match first.size.clone() {
            Ok(size) => size,
            Err(reason) => return Some(Next::Refused(Box::new(first), reason)),
        };
        let most = if first.alone { 1 } else { self.limits.entries.min(most) };
        let mut request = vec![first];
        while request.len() < most
            && let Some(next) = self.ready.first_entry()
            && let Entry { alone: false, size: Ok(size), .. } = next.get()
            && bytes + size <= self.limits.bytes
        {
            bytes += size;
            request.push(next.remove());
        }
        Some(Next::Request(request))
    }

    /// Adds an entry that was not sent yet, after all that were added before.
    pub(crate) fn add(&mut self, entry: Entry) {
        if let Some(group) = self.group(&entry) {
            if let Some(followers) = self.behind.get_mut(group) {
                followers.push_back(entry);
                return;
            }
            self.behind.insert(group.to_owned(), VecDeque::new());
        }
        self.again(entry);
    }

    /// Puts an entry back whose group it still leads.
    pub(crate) fn again(&mut self, entry: Entry) {
        self.ready.insert(entry.ticket.place(), entry);
    }

    /// Puts an entry back once `until` has come.
    pub(crate) fn later(&mut self, entry: Entry, until: Instant) {
        self.waiting.insert((until, entry.ticket.place()), entry);
    }

    /// When the next waiting entry is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.waiting.first_key_value().map(|((due, _), _)| *due)
    }

    /// Makes ready what is due.
    pub(crate) fn wake(&mut self, now: Instant) {
        while let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            let entry = first.remove();
            self.again(entry);
        }
    }

    /// Lets the entry's group go on: it is out of its followers' way.
    pub(crate) fn release(&mut self, entry: &Entry) {
        let Some(group) = self.group(entry) else { return };
        match self.behind.get_mut(group).and_then(VecDeque::pop_front) {
            Some(next) => self.again(next),
            None => drop(self.behind.remove(group)),
        }
    }

    /// Takes out what follows the entry in its group.
    pub(crate) fn followers(&mut self, entry: &Entry) -> VecDeque<Entry> {
        let group = self.group(entry);
        group.and_then(|group| self.behind.remove(group)).unwrap_or_default()
    }

    /// Takes out what was to have a request to itself.
    pub(crate) fn take_alone(&mut self) -> Vec<Entry> {
        self.ready.extract_if(.., |_, entry| entry.alone).map(|(_, entry)| entry).collect()
    }

    /// Takes out everything, lowest place first, but what follows an entry that is under way.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Entry> + use<> {
        let leaders = std::mem::take(&mut self.ready).into_values();
        let leaders: Vec<Entry> =
            leaders.chain(std::mem::take(&mut self.waiting).into_values()).collect();
        let mut all = BTreeMap::new();
        for leader in leaders {
            let followers = self.followers(&leader);
            all.extend(
                followers.into_iter().chain([leader]).map(|entry| (entry.ticket.place(), entry)),
            );
        }
        all.into_values()
    }

    /// Whether everything is out or under way, or follows what is.
    pub(crate) fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.waiting.is_empty()
    }

    /// Whether anything could be sent at once.
    pub(crate) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The message group that the entry has to keep its place in.
    pub(crate) fn group<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        entry.delivery.message.group.as_deref().filter(|_| self.limits.one_per_group)
    }
}
