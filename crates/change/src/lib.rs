//! What a DynamoDB change record is.
//!
//! A payload is split into raw records ([`Batch::split`], or [`captured::read`] for events that
//! somebody kept), and each is decoded on its own ([`RawRecord::decode`]), so that a bad one is one
//! [`RecordError`] and its neighbours are untouched. Numbers are exact: they are never in a float.
//!
//! ```
//! use distributary_change::{Batch, BatchError, Image, json};
//!
//! # let payload = bytes::Bytes::from(r#"{"Records": [
//! #     {"eventID": "1", "eventName": "INSERT", "awsRegion": "eu-west-1",
//! #      "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026",
//! #      "dynamodb": {"ApproximateCreationDateTime": 1479499740, "SequenceNumber": "111",
//! #                   "StreamViewType": "NEW_IMAGE", "Keys": {"pk": {"S": "O#1"}},
//! #                   "NewImage": {"pk": {"S": "O#1"}, "total": {"N": "12.50"}}}},
//! #     {"eventID": "2", "dynamodb": {"SequenceNumber": "112"}}]}"#);
//! let mut shown = Vec::new();
//! for raw in Batch::split(&payload)? {
//!     match raw.decode() {
//!         Ok(record) => {
//!             if let Image::Present(item) = record.item() {
//!                 json::plain::write_item(item, &mut shown);
//!             }
//!         }
//!         Err(error) => shown.extend(error.to_string().bytes()),
//!     }
//! }
//! assert_eq!(
//!     String::from_utf8_lossy(&shown),
//!     "{\"pk\":\"O#1\",\"total\":12.50}record with sequence number `112`: `eventName` is missing"
//! );
//! # Ok::<(), BatchError>(())
//! ```

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

pub use batch::{Batch, BatchError, RawRecord};
pub use decimal::Decimal;
pub use decode::RecordError;
pub use fault::Fault;
pub use number::Number;
pub use record::{EventKind, Image, Record, StreamView, UserIdentity};
pub use sequence::SequenceNumber;
pub use spelling::NumberError;
pub use time::{EventTime, TimeError};
pub use value::{Item, Value};
