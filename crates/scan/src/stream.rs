//! The stream that records come from, which is one for many of them.

use crate::cursor::Text;
use crate::{Doubt, Range};

/// Account and table in `arn:aws:dynamodb:region:account:table/name/stream/label`, as of the record
/// before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream {
    arn: Vec<u8>,
    /// Counted from the start of the ARN.
    account: Range,
    table: Range,
}

impl Stream {
    /// Where account and table stand in a record's ARN.
    pub(crate) fn owner(&mut self, arn: &Text<'_>) -> Result<(Range, Range), Doubt> {
        if self.arn.is_empty() || self.arn != arn.bytes {
            (self.account, self.table) = owner(arn.bytes).ok_or(Doubt)?;
            self.arn = arn.bytes.to_vec();
        }
        let from = arn.range.start;
        let here = |place: Range| Range { start: place.start + from, end: place.end + from };
        Ok((here(self.account), here(self.table)))
    }
}

fn owner(arn: &[u8]) -> Option<(Range, Range)> {
    let mut parts = arn.splitn(6, |byte| *byte == b':');
    let (service, account, resource) = (parts.nth(2)?, parts.nth(1)?, parts.next()?);
    let rest = resource.strip_prefix(b"table/")?;
    let name = rest.windows(8).position(|window| window == b"/stream/")?;
    let before = |rest: &[u8]| (arn.len() - rest.len()) as u32;
    let (end, start) = (before(resource) - 1, before(rest));
    let account = Range { start: end - account.len() as u32, end };
    let sound = service == b"dynamodb" && name > 0;
    sound.then_some((account, Range { start, end: start + name as u32 }))
}
