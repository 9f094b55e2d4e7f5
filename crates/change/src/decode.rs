//! From a raw record to a decoded one.

use crate::fault::Fault;
use crate::fields::Fields;
use crate::json::dynamodb;
use crate::layer::{self, Layer};
use crate::number::Number;
use crate::record::{EventKind, Image, Record, StreamView, UserIdentity};
use crate::sequence::SequenceNumber;
use crate::time::EventTime;
use crate::value::Item;

/// The service that a change record names as its `eventSource`.
pub(crate) const EVENT_SOURCE: &str = "aws:dynamodb";

/// Why a record could not be decoded, and which one it is as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.which())]
pub struct RecordError {
    /// `SequenceNumber`.
    pub sequence: Option<String>,
    /// `eventID`.
    pub event_id: Option<String>,
    /// The table's name, from `eventSourceARN`.
    pub table: Option<String>,
    /// Where in the record, such as `dynamodb.NewImage.total.N`; empty for all of it.
    pub path: String,
    /// What is wrong there, in one sentence. It may name attributes; it never quotes their values.
    pub message: String,
}

impl RecordError {
    fn which(&self) -> String {
        match (&self.sequence, &self.event_id) {
            (Some(sequence), _) => format!("record with sequence number `{sequence}`: "),
            (None, Some(event)) => format!("record with event id `{event}`: "),
            (None, None) => String::new(),
        }
    }
}

/// Decodes one record.
pub(crate) fn record(bytes: &[u8]) -> Result<Record, RecordError> {
    layer::text(bytes).and_then(envelope).map_err(|fault| identified(bytes, &fault))
}

fn envelope(text: &str) -> Result<Record, Fault> {
    let fields = Fields::of(text)?;
    fields.optional("eventSource", dynamodb_alone)?;
    let id = fields.required("eventID", name)?;
    let kind = fields.required("eventName", |text| {
        one_of(text, EventKind::parse, "`INSERT`, `MODIFY` and `REMOVE`")
    })?;
    let region = fields.required("awsRegion", name)?;
    if !fields.has("eventSourceARN") {
        return Err(Fault::new(
            "is missing, so the table is not known; a record from GetRecords needs its stream's \
             ARN added under this name",
        )
        .under("eventSourceARN"));
    }
    let (stream_arn, account, table) = fields.required("eventSourceARN", stream)?;
    let identity = fields.optional("userIdentity", identity)?;
    let change = fields.required("dynamodb", |text| change(text, kind))?;
    let Change { sequence, time, keys, old, new, size, view } = change;
    Ok(Record {
        id,
        kind,
        table,
        region,
        account,
        stream_arn,
        sequence,
        time,
        identity,
        keys,
        old,
        new,
        size,
        view,
    })
}

/// What stands under `dynamodb`.
struct Change {
    sequence: SequenceNumber,
    time: EventTime,
    keys: Item,
    old: Image,
    new: Image,
    size: Option<u64>,
    view: StreamView,
}

fn change(text: &str, kind: EventKind) -> Result<Change, Fault> {
    let fields = Fields::of(text)?;
    let image = |name, exists| {
        let item = fields.optional(name, dynamodb::item)?;
        image(item, exists, kind).map_err(|fault| fault.under(name))
    };
    Ok(Change {
        sequence: fields.required("SequenceNumber", sequence)?,
        time: fields.required("ApproximateCreationDateTime", time)?,
        keys: fields.required("Keys", keys)?,
        old: image("OldImage", kind != EventKind::Insert)?,
        new: image("NewImage", kind != EventKind::Remove)?,
        size: fields.optional("SizeBytes", size)?,
        view: fields.required("StreamViewType", |text| {
            let views = "`KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` and `NEW_AND_OLD_IMAGES`";
            one_of(text, StreamView::parse, views)
        })?,
    })
}

/// `{}` where no item can be is what some emulators write for its absence.
fn image(carried: Option<Item>, exists: bool, kind: EventKind) -> Result<Image, Fault> {
    match carried {
        Some(item) if exists => Ok(Image::Present(item)),
        Some(item) if !item.is_empty() => {
            Err(Fault::new(format_args!("is an image that `{}` cannot have", kind.as_str())))
        }
        None if exists => Ok(Image::Omitted),
        _ => Ok(Image::Absent),
    }
}

fn keys(text: &str) -> Result<Item, Fault> {
    let keys = dynamodb::item(text)?;
    if keys.is_empty() { Err(Fault::new("names no key attribute")) } else { Ok(keys) }
}

fn sequence(text: &str) -> Result<SequenceNumber, Fault> {
    SequenceNumber::new(name(text)?)
        .map_err(|text| Fault::new(format_args!("is `{text}`, where only digits are expected")))
}

/// Lambda writes seconds as a number, most SDKs and command lines as a date and time.
fn time(text: &str) -> Result<EventTime, Fault> {
    match Layer::open(text)? {
        Layer::Number(digits) => {
            EventTime::from_seconds(Number::parse(digits).map_err(Fault::new)?).map_err(Fault::new)
        }
        Layer::String(text) => EventTime::from_rfc3339(&text).map_err(Fault::new),
        other => Err(other.instead_of("seconds since 1970 or a date and time")),
    }
}

fn size(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::new("is not a count of bytes"))
}

/// The Streams API and the SDKs spell the members with capitals, Lambda events without.
fn identity(text: &str) -> Result<UserIdentity, Fault> {
    let fields = Fields::of(text)?;
    let either =
        |capital, small| fields.required(if fields.has(capital) { capital } else { small }, name);
    Ok(UserIdentity {
        kind: either("Type", "type")?,
        principal: either("PrincipalId", "principalId")?,
    })
}

/// The ARN, its account and its table.
fn stream(text: &str) -> Result<(String, String, String), Fault> {
    let arn = name(text)?;
    match parts_of(&arn) {
        Some((account, table)) => Ok((arn.clone(), account.to_owned(), table.to_owned())),
        None => {
            Err(Fault::new(format_args!("is `{arn}`, which is not the ARN of a table's stream")))
        }
    }
}

/// Account and table of `arn:aws:dynamodb:region:account:table/name/stream/label`.
fn parts_of(stream: &str) -> Option<(&str, &str)> {
    let mut parts = stream.splitn(6, ':').skip(2);
    let (service, _region, account, resource) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (table, _) = resource.strip_prefix("table/")?.split_once("/stream/")?;
    (service == "dynamodb" && !table.is_empty()).then_some((account, table))
}

fn dynamodb_alone(text: &str) -> Result<(), Fault> {
    match name(text)? {
        source if source == EVENT_SOURCE => Ok(()),
        source => Err(Fault::new(format_args!("is `{source}`, not `{EVENT_SOURCE}`"))),
    }
}

fn one_of<T>(text: &str, parse: fn(&str) -> Option<T>, choices: &str) -> Result<T, Fault> {
    let name = name(text)?;
    parse(&name).ok_or_else(|| Fault::new(format_args!("is `{name}`, which is none of {choices}")))
}

/// A text that names something, so it is not empty.
fn name(text: &str) -> Result<String, Fault> {
    let name = Layer::open(text)?.string()?;
    if name.is_empty() { Err(Fault::new("is empty")) } else { Ok(name.into_owned()) }
}

/// The error for a fault, with all that can be read about which record has it.
fn identified(bytes: &[u8], fault: &Fault) -> RecordError {
    let text = String::from_utf8_lossy(bytes);
    let fields = Fields::lenient(&text).ok();
    let read = |name: &str| fields.as_ref()?.required(name, self::name).ok();
    let sequence = || {
        let change = fields.as_ref()?.required("dynamodb", Fields::lenient).ok()?;
        change.required("SequenceNumber", name).ok()
    };
    RecordError {
        sequence: sequence(),
        event_id: read("eventID"),
        table: read("eventSourceARN")
            .and_then(|arn| parts_of(&arn).map(|(_, table)| table.to_owned())),
        path: fault.path(),
        message: fault.sentence("the record"),
    }
}
