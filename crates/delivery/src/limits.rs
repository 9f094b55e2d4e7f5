//! What the services take, from their API references of November 2026.

/// `PutEvents`: entries in one request.
pub const EVENTBRIDGE_ENTRIES: usize = 10;
/// `PutEvents`: bytes of all entries. The reference says "less than 1 MB" (256 KB until
/// January 2026).
pub const EVENTBRIDGE_BYTES: usize = 1024 * 1024 - 1;
/// `PutEvents`: what the `Time` of an entry counts, where it has one.
pub const EVENTBRIDGE_TIME_BYTES: usize = 14;

/// `SendMessageBatch`: entries in one request.
pub const SQS_ENTRIES: usize = 10;
/// `SendMessage` and `SendMessageBatch`: bytes of all bodies and attributes.
pub const SQS_BYTES: usize = 1024 * 1024;
/// Attributes of one SQS message.
pub const SQS_ATTRIBUTES: usize = 10;

/// `PublishBatch`: entries in one request.
pub const SNS_ENTRIES: usize = 10;
/// `PublishBatch`: bytes of all messages and attributes, unless the topic's `MaximumMessageSize`
/// allows more.
pub const SNS_BYTES: usize = 256 * 1024;

/// No service refuses a body for its size that has no more bytes than this: a fallback is rendered
/// for larger ones alone. SNS takes the least of them, 256 KB, and ten attributes fit beside it.
pub const FALLBACK_BYTES: usize = 64 * 1024;
