//! What a DynamoDB change record is.

mod number;
mod record;
mod sequence;
mod time;
mod value;

pub use number::{Decimal, Number};
pub use record::{EventKind, Image, Record, StreamView, UserIdentity};
pub use sequence::SequenceNumber;
pub use time::EventTime;
pub use value::{Item, Value};
