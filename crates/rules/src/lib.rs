//! What the rules mean: names, types, the checked [`Program`], and the reference evaluator.
//!
//! [`check`] turns texts into a program and findings. [`Program::settle_params`] and
//! [`Program::resolve`] fill in what a stage decides. [`evaluate::fires`] and [`payload::message`]
//! say, slowly and surely, what a record leads to; every faster way must agree with them.
//!
//! Nothing here does I/O, reads a clock or keeps state.

mod body;
mod check;
mod condition;
mod declared;
pub mod evaluate;
mod fixed;
mod given;
mod hash;
mod lint;
mod lower;
mod names;
mod params;
pub mod payload;
mod place;
mod program;
mod reads;
mod resolve;
mod route;
mod rule;
mod settings;
mod term;
mod truth;

pub use check::{Checked, check};
pub use condition::{Condition, Order, Origin, Search};
pub use given::{Given, ParamValue, variable};
pub use program::{Output, Param, ParamType, Program, Rule, Source};
pub use resolve::{Resolved, Scope};
pub use route::{Lot, Route, RouteKind};
pub use term::{Content, EventField, Operator, Part, Path, Term};
pub use truth::Truth;
