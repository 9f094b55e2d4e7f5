//! The reference evaluator: the simplest code that is right.

use distributary_change::Record;

use crate::program::Program;
use crate::truth::Truth;

/// Whether a rule fires on a record that comes from this source: only on [`Truth::True`].
#[must_use]
pub fn fires(program: &Program, rule: usize, record: &Record, source: Option<usize>) -> Truth {
    let _ = (program, rule, record, source);
    Truth::Unknown
}
