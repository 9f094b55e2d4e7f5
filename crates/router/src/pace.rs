//! How a lot is emptied, and what came of it.

use std::num::NonZeroU32;

/// How fast a lot is emptied, and what ends it.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Deliveries in a second; as fast as the route takes them where there is none.
    pub rate: Option<NonZeroU32>,
    /// Deliveries that are tried at most.
    pub most: usize,
    /// Ends after so many steps in which something failed that the target may take later. What it
    /// refuses for good ends nothing.
    pub failures: u32,
}

impl Default for Pace {
    /// Until as much has failed as opens a breaker.
    fn default() -> Self {
        Pace { rate: None, most: usize::MAX, failures: 3 }
    }
}

/// What came of a redrive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedriveReport {
    /// What left the lot and arrived.
    pub delivered: usize,
    /// What was taken from the lot and stays in it.
    pub left: usize,
    /// Why it ended with something waiting; `None` where nothing waits any more that is due and was
    /// not tried.
    pub stopped: Option<String>,
}
