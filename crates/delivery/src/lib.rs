//! What travels from the plan to the targets and the lots. Knows neither rules nor clients.

mod arn;
mod delivery;
mod envelope;
mod identity;
pub mod limits;
mod quarantine;
mod route;

pub use arn::Arn;
pub use delivery::{Attribute, Delivery, Message, Origin};
pub use envelope::{BY_HAND, Content, Envelope, EnvelopeError, on_one_line};
pub use identity::{Identity, hash};
pub use quarantine::Quarantine;
pub use route::{Destination, Lot, LotPlace, OnFailure, Oversize, Route};
