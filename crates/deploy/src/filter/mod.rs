//! The filter criteria of an event source mapping: a sound superset of what any rule can match.
//!
//! [`wanted`] says which records a program wants of a source, [`criteria`] writes that down within the
//! limits. A record that a rule in force or in shadow mode fires on passes. [`Pattern`] is the other
//! side: what Lambda makes of a pattern. [`room`] warns where the limits cost exactness.

mod alternatives;
mod compare;
mod condition;
mod derive;
mod dropped;
mod fit;
mod leaf;
mod matchers;
mod operand;
mod pattern;
mod place;
mod room;
mod semantics;
mod widen;

pub use compare::{Comparison, compare};
pub use derive::{Wanted, Why, wanted};
pub use dropped::{Dropped, Reason};
pub use fit::{Criteria, Limits, criteria};
pub use room::room;
pub use semantics::Pattern;
