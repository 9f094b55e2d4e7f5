//! Numbers as keys that sort as the numbers do.

use distributary_change::Number;

/// Significant digits of a DynamoDB number.
const DIGITS: usize = 38;

/// Above what a power can be below zero, so that shifted powers are positive.
const SHIFT: i32 = 131;

/// An exact DynamoDB number: the power of ten of its first digit, then its 38 digits. Keys are
/// equal and in order as their numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberKey {
    /// Negative for negative numbers, 0 for zero.
    power: i32,
    /// All digits, as if the point stood behind the 38th.
    digits: i128,
}

impl NumberKey {
    /// The key of a number as an attribute spells it; `None` where DynamoDB refuses it.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        plain(text).or_else(|| {
            let number = Number::parse(std::str::from_utf8(text).ok()?).ok()?;
            Some(NumberKey::of(&number))
        })
    }

    /// The key of a number.
    #[must_use]
    pub fn of(number: &Number) -> Self {
        plain(number.as_str().as_bytes()).unwrap_or_else(|| {
            // The shortest spelling that has every digit once: `-12.5`, `1E+40`, `1.25E-9`.
            let text = number.decimal().to_string();
            let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or_default();
            mantissa_key(mantissa.as_bytes(), exponent).unwrap_or(NumberKey { power: 0, digits: 0 })
        })
    }

    /// Whether an attribute may hold this text as its number.
    pub(crate) fn is_number(text: &[u8]) -> bool {
        is_plain(text) || std::str::from_utf8(text).is_ok_and(|text| Number::parse(text).is_ok())
    }
}

/// `-` and up to 37 digits, with a point between two of them: every such number is in range.
fn is_plain(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let mut points = 0;
    let sound = unsigned.iter().all(|byte| {
        points += u32::from(*byte == b'.');
        byte.is_ascii_digit() || *byte == b'.'
    });
    let ends = [unsigned.first(), unsigned.last()];
    sound
        && points <= 1
        && unsigned.len() < DIGITS
        && ends.iter().all(|end| end.is_some_and(u8::is_ascii_digit))
}

fn plain(text: &[u8]) -> Option<NumberKey> {
    if is_plain(text) { mantissa_key(text, 0) } else { None }
}

/// The key of digits with a point and a sign, times a power of ten.
fn mantissa_key(text: &[u8], exponent: i32) -> Option<NumberKey> {
    let (negative, unsigned) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mut digits, mut count, mut whole) = (0_i128, 0_usize, 0_i32);
    let mut point = false;
    // Eighteen digits fit into 64 bits, where multiplying is cheap.
    let mut chunk = (0_u64, 0_usize);
    for byte in unsigned {
        if *byte == b'.' {
            point = true;
            continue;
        }
        let leading = count == 0 && *byte == b'0';
        whole += match (point, leading) {
            (false, false) => 1,
            (true, true) => -1,
            _ => 0,
        };
        if leading {
            continue;
        }
        count += 1;
        chunk = (chunk.0 * 10 + u64::from(byte - b'0'), chunk.1 + 1);
        if chunk.1 == 18 {
            digits = joined(digits, chunk)?;
            chunk = (0, 0);
        }
    }
    digits = joined(digits, chunk)?;
    if digits == 0 {
        return Some(NumberKey { power: 0, digits: 0 });
    }
    // No more digits than a key has, so that there is room for all of them.
    digits *= POWERS.get(DIGITS.checked_sub(count)?)?;
    let power = whole - 1 + exponent + SHIFT;
    let sign = if negative { -1 } else { 1 };
    Some(NumberKey { power: power * sign, digits: digits * i128::from(sign) })
}

/// Digits with more behind them.
fn joined(digits: i128, chunk: (u64, usize)) -> Option<i128> {
    if digits == 0 {
        return Some(chunk.0.into());
    }
    digits.checked_mul(*POWERS.get(chunk.1)?)?.checked_add(chunk.0.into())
}

/// Powers of ten, up to that of all digits.
#[expect(clippy::indexing_slicing, reason = "a constant that is out of bounds does not compile")]
const POWERS: [i128; DIGITS + 1] = {
    let mut powers = [1; DIGITS + 1];
    let mut at = 1;
    while at <= DIGITS {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn keys_stand_to_each_other_as_numbers_do(
            a in "-?[0-9]{0,20}[.]?[0-9]{0,19}(E-?[0-9]{1,2})?",
            b in "-?0{0,2}[0-9]{0,3}[.]?[0-9]{0,3}0{0,2}(E-?[0-9])?",
        ) {
            for text in [&a, &b] {
                prop_assert_eq!(
                    NumberKey::read(text.as_bytes()).is_some(),
                    Number::parse(text).is_ok()
                );
                prop_assert_eq!(
                    NumberKey::is_number(text.as_bytes()),
                    Number::parse(text).is_ok()
                );
            }
            if let (Ok(x), Ok(y)) = (Number::parse(&a), Number::parse(&b)) {
                let key = |text: &str| NumberKey::read(text.as_bytes());
                prop_assert_eq!(key(&a).cmp(&key(&b)), x.cmp(&y));
                prop_assert_eq!(key(&a), Some(NumberKey::of(&x)));
                prop_assert_eq!(key(&b), Some(NumberKey::of(&y)));
            }
        }
    }
}
