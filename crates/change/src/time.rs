//! When a change happened, as the stream tells it.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::decimal::Decimal;
use crate::number::Number;

/// The first second of the year 10000, which RFC 3339 cannot write.
const END: i64 = 253_402_300_800;

/// Seconds since 1970-01-01T00:00:00Z, with the digits that the record has: Lambda events give
/// whole seconds, other captures fractions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime {
    number: Number,
    /// Whole seconds.
    moment: OffsetDateTime,
    /// The digits after the point, without trailing zeros.
    fraction: String,
}

/// Why something is not the time of a change. Each reads on after what it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Neither a number nor a date and time.
    #[error("is neither seconds since 1970 nor a time such as `2026-11-05T09:30:00Z`")]
    NotATime,
    /// Before 1970 or after 9999.
    #[error("is outside the years 1970 to 9999; write seconds, not milliseconds")]
    OutOfRange,
}

impl EventTime {
    /// Takes seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// For a time before 1970 or after 9999.
    pub fn from_seconds(number: Number) -> Result<Self, TimeError> {
        let value = number.decimal();
        if *value < Decimal::from(0) || *value >= Decimal::from(END) {
            return Err(TimeError::OutOfRange);
        }
        let (whole, fraction) = value.around_the_point();
        let whole = whole.parse().map_err(|_| TimeError::OutOfRange)?;
        let moment =
            OffsetDateTime::from_unix_timestamp(whole).map_err(|_| TimeError::OutOfRange)?;
        Ok(EventTime { number, moment, fraction })
    }

    /// Reads RFC 3339, with any offset. The digits of a fraction are kept as they are.
    ///
    /// # Errors
    /// For a text in another form, and for a time before 1970 or after 9999.
    pub fn from_rfc3339(text: &str) -> Result<Self, TimeError> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimeError::NotATime)?;
        let mut seconds = parsed.unix_timestamp().to_string();
        let fraction = text.get("2026-11-05T09:30:00".len()..).unwrap_or_default();
        if let Some(fraction) = fraction.strip_prefix('.') {
            seconds.push('.');
            seconds.extend(fraction.chars().take_while(char::is_ascii_digit));
        }
        Self::from_seconds(Number::parse(&seconds).map_err(|_| TimeError::NotATime)?)
    }

    /// Exact, with the record's own digits.
    #[must_use]
    pub fn number(&self) -> &Number {
        &self.number
    }

    /// Whole seconds; a fraction is cut off.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.moment.unix_timestamp()
    }

    /// RFC 3339 in UTC, with as many digits of a second as it takes and no more.
    #[must_use]
    pub fn rfc3339(&self) -> String {
        let (date, time) = (self.moment.date(), self.moment.time());
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{point}{}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            self.fraction
        )
    }
}
