//! Captured events, in every form that people have at hand: a Lambda event, what GetRecords
//! answers, one record, an array of them, or any number of these after each other, such as JSON
//! lines.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::batch::{Batch, RawRecord, place};
use crate::fields::Fields;
use crate::layer::{self, Layer};

/// What some editors and shells put in front of UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Why captured events could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct CapturedError {
    /// The line, from 1, where the value that is wrong starts.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub message: String,
}

/// Finds the records, in the order of the text. They are slices of it, and not decoded yet.
///
/// # Errors
/// For what is not JSON, a value that is neither an event nor a record, an event of another
/// service, and a text without any value. (An event without records is fine.)
pub fn read(captured: &Bytes) -> Result<Vec<RawRecord>, CapturedError> {
    let text = layer::text(captured).map_err(|fault| CapturedError {
        line: 1 + captured.utf8_chunks().next().map_or(0, |chunk| newlines(chunk.valid())),
        message: fault.sentence("the input"),
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let captured = captured.slice(captured.len() - text.len()..);
    let mut reader = Reader { captured, text, records: Vec::new() };

    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut end = 0;
    while let Some(value) = values.next() {
        let value = value.map_err(|error| {
            let rest = text.get(end..).unwrap_or_default().trim_ascii_start();
            let line = reader.line(text.len() - rest.len());
            CapturedError { line, message: format!("the event {}", layer::not_json(&error, line)) }
        })?;
        end = values.byte_offset();
        reader.value(value.get())?;
    }
    if end == 0 {
        return Err(CapturedError { line: 1, message: "there is no event here".to_owned() });
    }
    Ok(reader.records)
}

struct Reader<'a> {
    captured: Bytes,
    text: &'a str,
    records: Vec<RawRecord>,
}

impl<'a> Reader<'a> {
    fn value(&mut self, value: &'a str) -> Result<(), CapturedError> {
        let Ok(Layer::Array(elements)) = Layer::open(value) else {
            return self.event(value, "the value");
        };
        for (index, element) in elements.into_iter().enumerate() {
            self.event(element, &format!("element {} of the array", index + 1))?;
        }
        Ok(())
    }

    /// Takes the records of an event, or a record. Only its form is looked at: what is wrong with
    /// a record shows when it is decoded.
    fn event(&mut self, value: &'a str, noun: &str) -> Result<(), CapturedError> {
        let place = place(value, self.text);
        let wrong = |message| CapturedError { line: self.line(place.start), message };
        let fields = Fields::lenient(value).map_err(|fault| wrong(fault.sentence(noun)))?;
        let bytes = self.captured.slice(place.clone());
        if fields.has("Records") {
            let records = Batch::split(&bytes).map_err(|error| wrong(error.to_string()))?;
            self.records.extend(records);
        } else if ["dynamodb", "eventID", "eventName"].iter().any(|name| fields.has(name)) {
            self.records.push(RawRecord { bytes });
        } else {
            return Err(wrong(format!(
                "{noun} is neither an event (it has no `Records`) nor a change record (it has no \
                 `dynamodb`)"
            )));
        }
        Ok(())
    }

    /// The line, from 1, of a place in the text.
    fn line(&self, place: usize) -> usize {
        1 + newlines(self.text.get(..place).unwrap_or_default())
    }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}
