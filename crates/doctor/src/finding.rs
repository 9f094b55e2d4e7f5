//! What is wrong, where, and what mends it.

use std::fmt;

use distributary_syntax::Severity;
use serde::{Serialize, Serializer};

use crate::code::Code;

/// One difference between a deployment and what its rules need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of difference it is.
    pub code: Code,
    /// How bad it is.
    #[serde(serialize_with = "shown")]
    pub severity: Severity,
    /// One sentence without capital or full stop.
    pub message: String,
    /// The resource, and which setting of it.
    pub place: String,
    /// Commands that mend it, to be run in this order; none where somebody has to decide.
    pub mend: Vec<String>,
}

impl Finding {
    pub(crate) fn new(code: Code, place: impl Into<String>, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity: code.severity(),
            message: message.into(),
            place: place.into(),
            mend: Vec::new(),
        }
    }

    pub(crate) fn mended_by(mut self, commands: impl IntoIterator<Item = String>) -> Self {
        self.mend.extend(commands);
        self
    }
}

/// As the findings of `rulesc check`, with the commands one a line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { code, severity, message, place, mend } = self;
        write!(f, "{severity}[{}]: {message}\n  --> {place}", code.name())?;
        mend.iter().try_for_each(|command| write!(f, "\n  = mend: {command}"))
    }
}

fn shown<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(severity)
}
