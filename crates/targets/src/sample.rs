//! Deliveries for this crate's tests.

use bytes::Bytes;
use distributary_delivery::{Delivery, Identity, Message, Origin};

/// What rule `paid` sends because of `event`.
pub(crate) fn delivery(event: &str, body: &str) -> Delivery {
    Delivery {
        position: 0,
        route: 0,
        rule: "paid".into(),
        identity: Identity::new(event, "paid", "route"),
        message: Message { body: Bytes::copy_from_slice(body.as_bytes()), ..Message::default() },
        fallback: None,
        origin: Origin {
            record: Bytes::from_static(b"{}"),
            event: event.into(),
            sequence: "100".into(),
            table: "shop".into(),
            time: 1_700_000_000,
        },
    }
}
