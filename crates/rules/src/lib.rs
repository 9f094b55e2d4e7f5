//! What the rules mean: names, types, the checked [`Program`], and the reference evaluator.
//!
//! [`check`] turns texts into a program and findings. [`Program::settle_params`] and
//! [`Program::resolve`] fill in what a stage decides. [`evaluate::fires`] and [`payload::message`]
//! say, slowly and surely, what a record leads to; every faster way must agree with them.
//! [`test::run`] runs the tests that the rules declare.
//!
//! Nothing here does I/O, reads a clock or keeps state.
//!
//! ```
//! use distributary_change::RawRecord;
//! use distributary_rules::{Given, Truth, check, evaluate, payload};
//! use distributary_syntax::{Sources, render};
//!
//! let mut sources = Sources::new();
//! sources.add(
//!     "shop.rules",
//!     r#"
//!     route out = console {}
//!     rule dear { on INSERT when item.price > 99.5 to out with { sku: keys.pk, ...item.{price} } }
//!     "#,
//! );
//! let checked = check(&sources, &Given::default());
//! for finding in &checked.diagnostics {
//!     eprintln!("{}", render::full(finding, &sources, false));
//! }
//! assert!(!checked.has_errors());
//!
//! let record = RawRecord {
//!     bytes: br#"{
//!         "eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb",
//!         "awsRegion": "eu-central-1",
//!         "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/1",
//!         "dynamodb": {
//!             "ApproximateCreationDateTime": 1793871000, "SequenceNumber": "1",
//!             "StreamViewType": "NEW_AND_OLD_IMAGES",
//!             "Keys": { "pk": { "S": "P#1" } },
//!             "NewImage": { "pk": { "S": "P#1" }, "price": { "N": "100.0" } }
//!         }
//!     }"#
//!     .as_slice()
//!     .into(),
//! }
//! .decode()
//! .unwrap();
//! let program = &checked.program;
//! assert_eq!(evaluate::fires(program, 0, &record, None), Truth::True);
//! let message = payload::message(program, 0, 0, &record, None);
//! assert_eq!(message.body, br#"{"sku":"P#1","price":100.0}"#.as_slice());
//! ```

mod address;
mod body;
mod check;
mod condition;
mod declared;
mod elsewhere;
pub mod evaluate;
mod fixed;
mod function;
mod give;
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
mod serving;
mod settings;
mod sound;
mod source;
mod term;
pub mod test;
mod truth;
mod value_type;

pub use address::{Address, AddressKind};
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
