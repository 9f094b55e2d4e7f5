//! A record, shown in a sentence.

use std::fmt;

use distributary_change::json::plain;
use distributary_change::{EventKind, Image, Item, Record};

/// Reads on after “on”: `` MODIFY from `{…}` to `{…}` ``.
pub(crate) struct Shown<'r>(pub(crate) &'r Record);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let record = self.0;
        f.write_str(record.kind.as_str())?;
        match record.kind {
            EventKind::Modify => {
                image(" from", &record.old, f)?;
                image(" to", &record.new, f)?;
            }
            EventKind::Insert => image(" of", &record.new, f)?,
            EventKind::Remove => image(" of", &record.old, f)?,
        }
        if [&record.old, &record.new].into_iter().all(|image| !matches!(image, Image::Present(_))) {
            write!(f, " of the key `{}`", json(&record.keys))?;
        }
        if record.expired_by_ttl() {
            f.write_str(" by time to live")?;
        }
        // Where a question decides it, the stream's ARN is not asked.
        let usual: Vec<&str> = record.stream_arn.split([':', '/']).collect();
        let from =
            [("table", &record.table), ("region", &record.region), ("account", &record.account)];
        let mut unusual = from.into_iter().filter(|(_, value)| !usual.contains(&value.as_str()));
        unusual.try_for_each(|(name, value)| write!(f, " from the {name} `{value}`"))
    }
}

fn image(word: &str, image: &Image, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match image {
        Image::Present(item) => write!(f, "{word} `{}`", json(item)),
        Image::Absent | Image::Omitted => Ok(()),
    }
}

fn json(item: &Item) -> String {
    let mut out = Vec::new();
    plain::write_item(item, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
