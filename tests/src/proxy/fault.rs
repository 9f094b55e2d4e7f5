use std::time::Duration;

/// What a request to a sick destination meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The answer comes so much later.
    Slow(Duration),
    /// The connection is reset when so many bytes of the request are read, or all where it has
    /// fewer. The service gets nothing.
    ResetInRequest(usize),
    /// The service does what it is asked; the connection is reset after so many bytes of the answer.
    ResetInAnswer(usize),
    /// The request is read and never answered. The service gets nothing.
    Hang,
    /// The service does what it is asked; half of its answer arrives, and says that it is all.
    HalfAnswer,
    /// The service does what it is asked; the connection closes without an answer.
    LoseAnswer,
    /// The service gets nothing; the answer is this error, in the form of AWS's JSON protocols.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: &'static str,
    },
    /// Every second entry of a `SendMessageBatch` does not reach the service, and the answer says so.
    FailEntries,
}
