//! Records as far as somebody wants them, made of what a scan found.

use distributary_change::json::dynamodb;
use distributary_change::{EventTime, Image, Item, Number, Record, SequenceNumber, UserIdentity};

use crate::{Presence, Range, Scan, Side};

impl Scan {
    /// The record that was read, from its bytes, with its keys, and of its images only these wanted
    /// attributes: side, name and number. Everything in it is what the decoder makes of it; `None`
    /// where that has to be asked.
    #[must_use]
    pub fn record<'a>(
        &self,
        bytes: &[u8],
        attributes: impl Iterator<Item = (Side, &'a str, u32)>,
    ) -> Option<Record> {
        let head = self.head();
        let text = |range: Range| std::str::from_utf8(range.of(bytes)).ok();
        let own = |range: Range| text(range).map(str::to_owned);
        let (mut old, mut new) = (Item::new(), Item::new());
        for (side, name, slot) in attributes {
            let image = match side {
                Side::Old => &mut old,
                Side::New => &mut new,
                Side::Keys => continue,
            };
            let found = self.found(slot);
            image.extend(found.value(bytes).map(|value| (name.to_owned(), value)));
        }
        let image = |presence, item| match presence {
            Presence::Absent => Image::Absent,
            Presence::Omitted => Image::Omitted,
            Presence::Present => Image::Present(item),
        };
        let time = text(head.time)?;
        let identity = match head.identity {
            Some((kind, principal)) => {
                Some(UserIdentity { kind: own(kind)?, principal: own(principal)? })
            }
            None => None,
        };
        let size = match head.size {
            Some(size) => Some(text(size)?.parse().ok()?),
            None => None,
        };
        Some(Record {
            id: own(head.id)?,
            kind: head.kind,
            table: own(head.table)?,
            region: own(head.region)?,
            account: own(head.account)?,
            stream_arn: own(head.stream)?,
            sequence: SequenceNumber::new(own(head.sequence)?).ok()?,
            time: match time.strip_prefix('"').and_then(|time| time.strip_suffix('"')) {
                Some(date) => EventTime::from_rfc3339(date).ok()?,
                None => EventTime::from_seconds(Number::parse(time).ok()?).ok()?,
            },
            identity,
            keys: dynamodb::read_item(head.keys.of(bytes)).ok()?,
            old: image(head.old, old),
            new: image(head.new, new),
            size,
            view: head.view,
        })
    }
}
