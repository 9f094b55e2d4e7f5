//! Numbers that stand for all numbers, where only some boundaries matter.

use distributary_change::Number;

/// Powers of ten that the last digit of a number can stand for: 38 digits below 1E-130 to 1E+125.
const LAST_PLACES: std::ops::RangeInclusive<i64> = -170..=125;

/// The boundaries, and between any two neighbours, before the first and after the last as many
/// numbers as are asked for, or all that DynamoDB can hold there.
pub(crate) fn around(boundaries: &[Number], copies: usize) -> Vec<Number> {
    let mut sorted: Vec<&Number> = boundaries.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut numbers: Vec<Number> = sorted.iter().copied().cloned().collect();
    let lower = std::iter::once(None).chain(sorted.iter().copied().map(Some));
    let upper = sorted.iter().copied().map(Some).chain([None]);
    for (low, high) in lower.zip(upper) {
        gather(low, high, copies, &mut numbers);
    }
    numbers
}

/// Adds up to so many numbers that lie between two others; fewer only if there are no more.
fn gather(low: Option<&Number>, high: Option<&Number>, copies: usize, into: &mut Vec<Number>) {
    if copies == 0 {
        return;
    }
    let Some(found) = between(low, high) else { return };
    let before = into.len();
    into.push(found.clone());
    gather(Some(&found), high, copies - 1, into);
    let missing = copies.saturating_sub(into.len() - before);
    gather(low, Some(&found), missing, into);
}

/// A number between two others, as short as it can be. `None` if DynamoDB can hold none.
fn between(low: Option<&Number>, high: Option<&Number>) -> Option<Number> {
    let zero = Number::from(0);
    let (below, above) = (low.is_none_or(|low| *low < zero), high.is_none_or(|high| zero < *high));
    match (low, high) {
        _ if below && above => Some(zero),
        // Seen from the other side, so that what follows has positive numbers alone.
        (low, Some(high)) if below => {
            let (low, high) = (low.map(negated), negated(high));
            Some(negated(&above_least(&high, low.as_ref())?))
        }
        (Some(low), high) => above_least(low, high),
        _ => None,
    }
}

/// For each place the smallest multiple above `low` is the only one worth trying: whatever lies
/// between is one at its own last place, which is not before the first place of `high`.
fn above_least(low: &Number, high: Option<&Number>) -> Option<Number> {
    let (digits, exponent) = scientific(low)?;
    let first = match high {
        Some(high) => first_place(high)?.min(*LAST_PLACES.end()),
        None => *LAST_PLACES.end(),
    };
    let places = std::iter::once(0).chain((*LAST_PLACES.start()..=first).rev());
    let mut candidates = places.filter_map(|place| {
        let next = incremented(&at_place(&digits, exponent, place));
        Number::parse(&format!("{next}E{place}")).ok()
    });
    let found = candidates.find(|number| low < number && high.is_none_or(|high| number < high))?;
    // In the spelling that people use.
    Number::parse(&found.decimal().to_string()).ok()
}

/// The power of ten that the first digit of a positive number stands for.
fn first_place(number: &Number) -> Option<i64> {
    let (digits, exponent) = scientific(number)?;
    Some(digits.trim_start_matches('0').len() as i64 + exponent - 1)
}

fn negated(number: &Number) -> Number {
    let text = number.as_str();
    let negated = match text.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None => format!("-{}", text.trim_start_matches('+')),
    };
    Number::parse(&negated).unwrap_or_else(|_| number.clone())
}

/// Digits without a point, and the power of ten of the last one, of a number that is not negative.
fn scientific(number: &Number) -> Option<(String, i64)> {
    let text = number.decimal().to_string();
    let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.parse::<i64>().ok()? - fraction.len() as i64;
    Some(([whole, fraction].concat(), exponent))
}

/// How many whole units of ten to this power there are.
fn at_place(digits: &str, exponent: i64, place: i64) -> String {
    let shift = exponent - place;
    let places = usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX);
    if shift >= 0 {
        return digits.to_owned() + &"0".repeat(places);
    }
    digits.get(..digits.len().saturating_sub(places)).unwrap_or_default().to_owned()
}

/// Decimal digits, plus one.
fn incremented(digits: &str) -> String {
    let nines = digits.len() - digits.trim_end_matches('9').len();
    let kept = digits.get(..digits.len() - nines).unwrap_or_default();
    let mut next = match kept.char_indices().next_back() {
        Some((last, digit)) => {
            let raised = char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('1');
            format!("{}{raised}", kept.get(..last).unwrap_or_default())
        }
        None => "1".to_owned(),
    };
    next.push_str(&"0".repeat(nines));
    next
}

#[cfg(test)]
mod tests {
    use super::{Number, around, between};

    fn number(text: &str) -> Option<Number> {
        (!text.is_empty()).then(|| Number::parse(text).unwrap())
    }

    #[test]
    fn between_two_numbers_lies_the_simplest_one_if_any() {
        let digits = "9".repeat(38);
        let (big, next) = (format!("{digits}E10"), "1E48");
        for (low, high, expected) in [
            ("", "", "0"),
            ("500", "10000", "501"),
            ("5", "", "6"),
            ("", "-5", "-6"),
            ("-5", "5", "0"),
            ("-0.5", "-0.25", "-0.3"),
            ("0", "1", "0.1"),
            ("0.36", "0.37", "0.361"),
            ("0", "1E-130", ""),
            ("0", "1.5E-130", "1E-130"),
            ("1E-130", "1.1E-130", "1.01E-130"),
            ("9.9999999999999999999999999999999999999E+125", "", ""),
            ("", "-9.9999999999999999999999999999999999999E+125", ""),
            ("1", "1.0000000000000000000000000000000000001", ""),
            (&big, next, ""),
        ] {
            let found = between(number(low).as_ref(), number(high).as_ref());
            let found = found.map(|found| found.as_str().to_owned()).unwrap_or_default();
            assert_eq!(found, expected, "between {low} and {high}");
        }
    }

    #[test]
    fn as_many_as_asked_for_lie_in_each_gap_if_there_are() {
        let boundaries = [number("0").unwrap(), number("1").unwrap()];
        let mut all = around(&boundaries, 3);
        assert_eq!(all.len(), 2 + 3 * 3);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 11);
        // One is found first, and nothing fits above it.
        let narrow = ["0", "1.0000000000000000000000000000000000001"].map(|t| number(t).unwrap());
        let inside = |n: &Number| narrow[0] < *n && *n < narrow[1];
        assert_eq!(around(&narrow, 3).iter().filter(|n| inside(n)).count(), 3);
    }
}
