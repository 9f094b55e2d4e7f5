//! The time that this thread was on a core, which other work on the machine disturbs least.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

pub struct Stopwatch(Duration);

impl Stopwatch {
    pub fn start() -> Self {
        Stopwatch(spent())
    }

    pub fn elapsed(&self) -> Duration {
        spent() - self.0
    }
}

fn spent() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), spent.tv_nsec.unsigned_abs() as u32)
}
