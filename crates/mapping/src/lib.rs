//! A model of Lambda's event source mapping for DynamoDB streams: which records go into which
//! invocation, and what its answer leads to.
//!
//! [`Mapping`] is a state machine without a clock: whoever drives it reads the stream
//! ([`Mapping::offer`]), runs the function on what [`Mapping::next`] gives out, and says how that
//! ended ([`Mapping::answer`]). Times are durations since an epoch that the driver chooses. It
//! follows these pages of the AWS Lambda developer guide: "Using AWS Lambda with Amazon DynamoDB",
//! "Lambda parameters for Amazon DynamoDB event source mappings", "Configuring partial batch response
//! with DynamoDB and Lambda" and "Retain discarded records for a DynamoDB data source in Lambda".
//! Where they are silent, [`Choices`] decides.
//!
//! ```
//! use std::time::Duration;
//! use distributary_mapping::{Answer, Likeliest, Mapping, Settings, StreamRecord};
//!
//! #[derive(Clone)]
//! struct Change(&'static str);
//!
//! impl StreamRecord for Change {
//!     fn sequence(&self) -> &str { self.0 }
//!     fn key_hash(&self) -> u64 { 0 }
//!     fn size(&self) -> usize { 100 }
//!     fn arrived(&self) -> Duration { Duration::ZERO }
//! }
//!
//! let settings = Settings { report_batch_item_failures: true, ..Settings::default() };
//! let mut mapping = Mapping::new(settings.validate()?);
//! let now = Duration::from_secs(1);
//! mapping.offer("shard", [Change("100"), Change("101"), Change("102")], now);
//!
//! let invocation = mapping.next(now, &mut Likeliest).expect("a batch is due");
//! assert_eq!(invocation.records.len(), 3);
//! mapping.answer(&invocation, &Answer::Partial(vec!["101".to_owned()]), now, &mut Likeliest);
//! assert_eq!(mapping.checkpoint(&invocation.lane), Some("100"));
//!
//! let retry = mapping.next(now, &mut Likeliest).expect("the rest is due");
//! assert_eq!(retry.records.len(), 2);
//! # Ok::<(), distributary_mapping::SettingsError>(())
//! ```

mod choices;
mod discarded;
mod invocation;
mod lane;
mod mapping;
mod record;
mod settings;

pub use choices::{Choices, Likeliest, Seeded};
pub use discarded::{Condition, Discarded};
pub use invocation::{Answer, Invocation, LaneId};
pub use mapping::Mapping;
pub use record::{POLL_INTERVAL, RETENTION, StreamRecord};
pub use settings::{PAYLOAD_BYTES, Settings, SettingsError};
