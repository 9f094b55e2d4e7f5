//! What the rules mean: names, types, the checked [`Program`], and the reference evaluator.
//!
//! [`check`] turns texts into a program and findings. [`Program::settle_params`] and
//! [`Program::resolve`] fill in what a stage decides. [`evaluate::fires`] and [`payload::message`]
//! say, slowly and surely, what a record leads to; every faster way must agree with them.
//! [`test::run`] runs the tests that the rules declare.
//!
//! Nothing here does I/O, reads a clock or keeps state.

mod body;
mod check;
mod condition;
mod declared;
pub mod evaluate;
mod fixed;
mod function;
mod given;
mod hash;
mod json;
mod lint;
mod lower;
mod names;
mod params;
mod pattern;
pub mod payload;
mod place;
mod program;
mod reads;
mod resolve;
mod route;
mod rule;
mod schema;
mod settings;
mod source;
mod term;
pub mod test;
mod truth;
mod value_type;

pub use check::{Checked, check};
pub use condition::{Condition, Order, Origin, Search};
pub use function::Function;
pub use given::{Given, ParamValue, variable};
pub use pattern::{Pattern, Regex};
pub use program::{Ignore, Mode, Output, Param, ParamType, Program, Rule};
pub use resolve::{Resolved, Scope};
pub use route::{Format, Lot, Route, RouteKind};
pub use schema::{Field, Place, Schema, Type, TypeKind};
pub use source::{Guard, Source, Unmatched};
pub use term::{Content, EventField, Member, Operator, Part, Path, Term};
pub use truth::Truth;
pub use value_type::ValueType;
