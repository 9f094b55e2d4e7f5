//! What one output of a rule sends.

use distributary_change::Record;
use distributary_delivery::Message;

use crate::program::Program;

/// Renders what `program.rules()[rule].outputs[output]` sends because of a record.
#[must_use]
pub fn message(
    program: &Program,
    rule: usize,
    output: usize,
    record: &Record,
    source: Option<usize>,
) -> Message {
    let _ = (program, rule, output, record, source);
    Message::default()
}
