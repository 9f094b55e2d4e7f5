//! Leases on groups, known to this process alone.

use std::collections::{HashMap, HashSet};

use distributary_router::LEASE;
use tokio::time::Instant;

/// The groups that are on lease, each by its route and key.
#[derive(Default)]
pub(super) struct Leases(HashMap<(String, String), Lease>);

struct Lease {
    since: Instant,
    /// What was taken of the group: with the last of it the lease ends.
    keys: HashSet<String>,
}

impl Leases {
    /// Ends those that have run out.
    pub(super) fn expire(&mut self) {
        self.0.retain(|_, lease| lease.since.elapsed() < LEASE);
    }

    pub(super) fn have(&self, route: &str, group: &str) -> bool {
        self.0.contains_key(&(route.to_owned(), group.to_owned()))
    }

    pub(super) fn add(&mut self, route: &str, group: &str, key: &str) {
        let lease = self.0.entry((route.to_owned(), group.to_owned()));
        let new = || Lease { since: Instant::now(), keys: HashSet::new() };
        lease.or_insert_with(new).keys.insert(key.to_owned());
    }

    pub(super) fn end(&mut self, route: &str, group: &str, key: &str) {
        let group = (route.to_owned(), group.to_owned());
        if let Some(lease) = self.0.get_mut(&group) {
            lease.keys.remove(key);
            if lease.keys.is_empty() {
                self.0.remove(&group);
            }
        }
    }
}
