//! What a DynamoDB change record is.
//!
//! A payload is split into raw records ([`Batch::split`], or [`captured::read`] for events that
//! somebody kept), and each is decoded on its own ([`RawRecord::decode`]), so that a bad one is one
//! [`RecordError`] and its neighbours are untouched. Numbers are exact: they are never in a float.

mod batch;
pub mod captured;
mod decimal;
mod decode;
mod fault;
mod fields;
pub mod json;
mod layer;
mod number;
mod record;
mod sequence;
mod spelling;
mod time;
pub mod typed;
mod value;

pub use batch::{Batch, BatchError, RawRecord, RecordError};
pub use decimal::Decimal;
pub use fault::Fault;
pub use number::Number;
pub use record::{EventKind, Image, Record, StreamView, UserIdentity};
pub use sequence::SequenceNumber;
pub use spelling::NumberError;
pub use time::{EventTime, TimeError};
pub use value::{Item, Value};
