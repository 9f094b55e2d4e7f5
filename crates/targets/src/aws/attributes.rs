//! Message attributes, which SQS and SNS spell alike.

use distributary_delivery::{Attribute, Message};

use super::text;

/// An attribute as it is sent.
pub(crate) struct Sent<'a> {
    pub(crate) name: &'a str,
    pub(crate) data_type: &'static str,
    pub(crate) value: &'a str,
}

/// What is sent of a message's attributes. The services refuse an empty value, so it is left out
/// like an absent one.
pub(crate) fn sent(message: &Message) -> impl Iterator<Item = Sent<'_>> {
    message.attributes.iter().filter_map(|(name, attribute)| {
        let (data_type, value) = match attribute {
            Attribute::String(text) => ("String", text),
            Attribute::Number(digits) => ("Number", digits),
        };
        (!value.is_empty()).then_some(Sent { name, data_type, value })
    })
}

/// How many bytes the services count for the attributes: names, types and values.
///
/// # Errors
/// A value with characters that the services refuse.
pub(crate) fn size(message: &Message) -> Result<usize, String> {
    sent(message)
        .map(|Sent { name, data_type, value }| {
            if text::is_plain(value) {
                Ok(name.len() + data_type.len() + value.len())
            } else {
                Err(format!("attribute `{name}` has a character that queues and topics refuse"))
            }
        })
        .sum()
}
