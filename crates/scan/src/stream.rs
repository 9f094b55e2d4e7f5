//! The stream that records come from, which is one for many of them.

use crate::cursor::Cursor;
use crate::{Doubt, Range};

/// The ARN of the record before, `arn:aws:dynamodb:region:account:table/name/stream/label`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream {
    /// With its quotes.
    arn: Vec<u8>,
    /// Places count from the first quote.
    place: Origin,
}

/// Where the text stands that says whence a record comes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin {
    pub(crate) stream: Range,
    pub(crate) account: Range,
    pub(crate) table: Range,
}

impl Stream {
    /// Reads a record's ARN.
    pub(crate) fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<Origin, Doubt> {
        cursor.peek();
        let start = cursor.at();
        if self.arn.is_empty() || !cursor.took_all(&self.arn) {
            let text = cursor.string()?;
            self.arn.clear();
            self.place = origin(text.bytes).filter(|_| !text.escaped).ok_or(Doubt)?;
            self.arn.extend_from_slice(cursor.bytes(cursor.since(start)));
        }
        let here = |place: Range| Range { start: place.start + start, end: place.end + start };
        let Origin { stream, account, table } = self.place;
        Ok(Origin { stream: here(stream), account: here(account), table: here(table) })
    }
}

fn origin(arn: &[u8]) -> Option<Origin> {
    let mut parts = arn.splitn(6, |byte| *byte == b':');
    let (service, account, resource) = (parts.nth(2)?, parts.nth(1)?, parts.next()?);
    let rest = resource.strip_prefix(b"table/")?;
    let name = rest.windows(8).position(|window| window == b"/stream/")?;
    // Behind the quote.
    let before = |rest: &[u8]| 1 + (arn.len() - rest.len()) as u32;
    let place = |start: u32, length: usize| Range { start, end: start + length as u32 };
    let sound = service == b"dynamodb" && name > 0;
    sound.then(|| Origin {
        stream: place(1, arn.len()),
        account: place(before(resource) - 1 - account.len() as u32, account.len()),
        table: place(before(rest), name),
    })
}
