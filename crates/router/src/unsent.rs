//! What becomes of entries that are not sent, and of what follows them in their groups.

use distributary_delivery::{OnFailure, Oversize};

use crate::batch::Entry;
use crate::hold::{BEHIND, BLOCKED, Hold};
use crate::send::Sender;
use crate::settle::Outcome;

impl Sender {
    /// An entry is not sent for its size.
    pub(crate) fn too_large(&mut self, entry: Entry, reason: &str) {
        match self.settings.oversize {
            Some(Oversize::Park(_)) => {
                let group = self.queue.group(&entry).map(str::to_owned);
                let followers = self.queue.followers(&entry);
                let hold = self.policy.park(entry, reason, Outcome::Parked);
                self.hold(group, hold);
                followers.into_iter().for_each(|entry| self.turn_away(entry, reason));
            }
            Some(Oversize::Drop) => {
                self.queue.release(&entry);
                self.policy.drop(entry, reason);
            }
            Some(Oversize::Keys) | None => self.give_up(entry, reason),
        }
    }

    /// An entry has failed for good. What follows it in its group must not pass it, unless the
    /// route's policy is to forget it.
    pub(crate) fn give_up(&mut self, entry: Entry, reason: &str) {
        if self.policy.on_failure == OnFailure::Drop {
            self.queue.release(&entry);
            return self.turn_away(entry, reason);
        }
        let followers = self.queue.followers(&entry);
        self.turn_away(entry, reason);
        followers.into_iter().for_each(|entry| self.turn_away(entry, reason));
    }

    /// There is no time for an entry, so there is none for what follows it.
    pub(crate) fn leave_group(&mut self, entry: Entry, reason: &str) {
        let group = self.queue.group(&entry).map(str::to_owned);
        let followers = self.queue.followers(&entry);
        let hold = self.policy.leave(entry, reason);
        self.hold(group, hold);
        followers.into_iter().for_each(|entry| self.turn_away(entry, reason));
    }

    /// Gives everything up once failures have used up the route's budget.
    pub(crate) fn give_up_all_if_spent(&mut self) {
        if !self.spent && !self.budget.is_spent() {
            return;
        }
        let (limit, last) = (self.budget.limit(), self.last_failure.clone());
        if !std::mem::replace(&mut self.spent, true) && (self.probing || !self.is_hasty()) {
            self.health().breaker().trip(&last);
            self.probing = false;
        }
        self.turn_all_away(&format!(
            "failures used up the {limit:?} that the route may lose in one invocation; the last: {last}"
        ));
    }

    pub(crate) fn turn_all_away(&mut self, reason: &str) {
        for entry in self.queue.drain() {
            self.turn_away(entry, reason);
        }
    }

    /// Disposes of an entry that is not sent, and of its group's order.
    pub(crate) fn turn_away(&mut self, entry: Entry, reason: &str) {
        let group = self.queue.group(&entry).map(str::to_owned);
        let hold = match self.hold_of(&entry) {
            Some(Hold::InLot) => self.policy.park(entry, BEHIND, Outcome::Held),
            Some(Hold::Unsettled) => self.policy.leave(entry, BLOCKED),
            None if self.settings.paused && self.policy.on_failure == OnFailure::Drop => {
                match self.policy.has_lot {
                    true => self.policy.park(entry, reason, Outcome::Parked),
                    false => self.policy.leave(entry, reason),
                }
            }
            None => self.policy.give_up(entry, reason),
        };
        self.hold(group, hold);
    }

    /// Where an earlier one of its group is.
    pub(crate) fn hold_of(&self, entry: &Entry) -> Option<Hold> {
        self.queue.group(entry).and_then(|group| self.holds.of(group))
    }

    fn hold(&mut self, group: Option<String>, hold: Option<Hold>) {
        if let (Some(group), Some(hold)) = (group, hold) {
            self.holds.hold(group, hold);
        }
    }
}
