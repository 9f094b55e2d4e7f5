//! What Distributary takes AWS's word for, and a test of each such assumption in an account.
//!
//! [`SCENES`] is the one list: documentation is held against it. A [`Scene`] is a CloudFormation stack
//! and the assumptions that are tested on what it makes; [`run`] makes the stacks, tests, and removes
//! everything whatever happens.

mod account;
mod assumption;
mod choice;
mod clean;
mod cost;
mod ground;
mod mapped;
mod package;
mod patience;
mod price;
mod queue;
mod remove;
mod run;
mod scene;
mod scenes;
mod stack;

pub use account::Account;
pub use assumption::{Assumption, Local, Seen, Test, Tried, Try, Verdict};
pub use choice::{Choice, Planned, choose};
pub use clean::{Left, clean};
pub use cost::{Estimate, estimate};
pub use ground::Ground;
pub use package::Package;
pub use price::{Price, Use};
pub use run::{Finding, Outcome, run};
pub use scene::Scene;
pub use scenes::{OPEN, SCENES, Untested};
