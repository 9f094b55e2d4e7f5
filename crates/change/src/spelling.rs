//! How numbers are spelled, and which of them DynamoDB can hold.

/// Significant digits of a DynamoDB number.
const MOST_DIGITS: usize = 38;

/// Powers of ten that the first significant digit of a DynamoDB number may stand for.
const POWERS: std::ops::RangeInclusive<i64> = -130..=125;

/// Why a text is not a number that DynamoDB can hold. Each reads on after what it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was written.
    #[error("is empty, where a number is expected")]
    Empty,
    /// Not in the form `[+-]digits[.digits][E[+-]digits]`.
    #[error("is not a number")]
    NotANumber,
    /// More significant digits than DynamoDB keeps.
    #[error("has {0} significant digits, and DynamoDB keeps at most {MOST_DIGITS}")]
    TooManyDigits(usize),
    /// Farther from zero than DynamoDB goes, or nearer to it.
    #[error("is outside the range of DynamoDB's numbers, 1E-130 to 9.99…E+125")]
    OutOfRange,
}

/// The parts of a number's text.
pub(crate) struct Spelling<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    /// With its sign, without the `E`; empty when there is none.
    exponent: &'a str,
}

/// A value as `text · 10^exponent`: `text` has a sign where it is negative, and neither leading
/// nor trailing zeros unless it is `0`.
pub(crate) struct Digits {
    pub(crate) text: String,
    pub(crate) exponent: i64,
}

impl<'a> Spelling<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, NumberError> {
        if text.is_empty() {
            return Err(NumberError::Empty);
        }
        let (negative, unsigned) = strip_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) if is_digits(strip_sign(exponent).1) => (mantissa, exponent),
            Some(_) => return Err(NumberError::NotANumber),
            None => (unsigned, ""),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits_or_nothing = |part: &str| part.is_empty() || is_digits(part);
        let some_digit = !(whole.is_empty() && fraction.is_empty());
        if some_digit && digits_or_nothing(whole) && digits_or_nothing(fraction) {
            Ok(Spelling { negative, whole, fraction, exponent })
        } else {
            Err(NumberError::NotANumber)
        }
    }

    /// The value, once it is known to be one that DynamoDB can hold. Nothing here grows with the
    /// exponent.
    pub(crate) fn digits(&self) -> Result<Digits, NumberError> {
        let all = [self.whole, self.fraction].concat();
        let cut = all.trim_end_matches('0');
        let digits = cut.trim_start_matches('0');
        if digits.is_empty() {
            return Ok(Digits { text: "0".to_owned(), exponent: 0 });
        }
        if digits.len() > MOST_DIGITS {
            return Err(NumberError::TooManyDigits(digits.len()));
        }
        let shift = all.len() as i64 - cut.len() as i64 - self.fraction.len() as i64;
        let exponent = match self.exponent {
            "" => 0,
            written => written.parse::<i64>().map_err(|_| NumberError::OutOfRange)?,
        };
        let exponent = exponent.checked_add(shift).ok_or(NumberError::OutOfRange)?;
        let power = exponent.checked_add(digits.len() as i64 - 1).ok_or(NumberError::OutOfRange)?;
        if !POWERS.contains(&power) {
            return Err(NumberError::OutOfRange);
        }
        let sign = if self.negative { "-" } else { "" };
        Ok(Digits { text: format!("{sign}{digits}"), exponent })
    }

    /// The text as JSON takes it: no `+`, no leading zeros, digits on both sides of a point.
    pub(crate) fn json(&self) -> String {
        let whole = match self.whole.trim_start_matches('0') {
            "" => "0",
            digits => digits,
        };
        let sign = if self.negative { "-" } else { "" };
        let point = if self.fraction.is_empty() { "" } else { "." };
        let e = if self.exponent.is_empty() { "" } else { "E" };
        [sign, whole, point, self.fraction, e, self.exponent].concat()
    }
}

fn strip_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
