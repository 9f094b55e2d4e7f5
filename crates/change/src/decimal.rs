//! Exact arithmetic: what comes of DynamoDB's numbers when they are added and multiplied.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;

use crate::spelling::{Digits, NumberError, Spelling};

/// With more digits before the point a number is displayed with an exponent: every one of 38
/// digits is displayed plainly.
const PLAIN_DIGITS: i64 = 38;

/// With more zeros right after the point a number is displayed with an exponent.
const ZEROS_AFTER_POINT: i64 = 5;

/// A decimal of any length: `coefficient · 10^exponent`, without trailing zeros in the coefficient,
/// so that equal values have equal parts.
///
/// Sums, differences and products are exact; they take as many digits as they need.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

impl Decimal {
    /// Reads a number that DynamoDB can hold.
    ///
    /// # Errors
    /// For a text that is no number, and for one that DynamoDB refuses: more than 38 significant
    /// digits, or a magnitude outside 1E-130 to 9.99…E+125.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        Decimal::of(Spelling::read(text)?.digits()?)
    }

    pub(crate) fn of(digits: Digits) -> Result<Self, NumberError> {
        let coefficient = digits.text.parse().map_err(|_| NumberError::NotANumber)?;
        Ok(Decimal { coefficient, exponent: digits.exponent })
    }

    /// The digits before the point, at least one, and those after it, without the sign. As many
    /// as the exponent asks for.
    pub(crate) fn around_the_point(&self) -> (String, String) {
        let digits = self.coefficient.magnitude().to_string();
        let places = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(usize::MAX);
        if self.exponent >= 0 {
            return (digits + &"0".repeat(places), String::new());
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        (whole.to_owned(), fraction.to_owned())
    }

    fn new(mut coefficient: BigInt, mut exponent: i64) -> Self {
        if coefficient == BigInt::ZERO {
            return Decimal { coefficient, exponent: 0 };
        }
        while !coefficient.bit(0) {
            let tenth = &coefficient / 10;
            if &tenth * 10 != coefficient {
                break;
            }
            coefficient = tenth;
            exponent += 1;
        }
        Decimal { coefficient, exponent }
    }

    /// The coefficient at a lower exponent.
    fn at(&self, exponent: i64) -> BigInt {
        &self.coefficient * power_of_ten(self.exponent - exponent)
    }

    /// Compares without the sign. Aligned coefficients could be as long as the exponents are
    /// apart, so this looks at the place of the first digit, then at the digits.
    fn compare_magnitude(&self, other: &Self) -> Ordering {
        let (mine, others) = (self.coefficient.magnitude(), other.coefficient.magnitude());
        if self.exponent == other.exponent {
            return mine.cmp(others);
        }
        let (mine, others) = (mine.to_string(), others.to_string());
        let place = |digits: &str, exponent: i64| digits.len() as i64 + exponent;
        place(&mine, self.exponent)
            .cmp(&place(&others, other.exponent))
            .then_with(|| mine.cmp(&others))
    }
}

/// Exponents are as far apart as an expression of DynamoDB's numbers can bring them: some hundred
/// for each operation in it.
fn power_of_ten(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Decimal::new(whole.into(), 0)
    }
}

impl Add for &Decimal {
    type Output = Decimal;

    fn add(self, other: Self) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        Decimal::new(self.at(exponent) + other.at(exponent), exponent)
    }
}

impl Sub for &Decimal {
    type Output = Decimal;

    fn sub(self, other: Self) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        Decimal::new(self.at(exponent) - other.at(exponent), exponent)
    }
}

impl Mul for &Decimal {
    type Output = Decimal;

    fn mul(self, other: Self) -> Decimal {
        Decimal::new(&self.coefficient * &other.coefficient, self.exponent + other.exponent)
    }
}

impl Neg for &Decimal {
    type Output = Decimal;

    fn neg(self) -> Decimal {
        Decimal { coefficient: -&self.coefficient, exponent: self.exponent }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = self.coefficient.sign();
        sign.cmp(&other.coefficient.sign()).then_with(|| {
            let magnitude = self.compare_magnitude(other);
            if self.coefficient < BigInt::ZERO { magnitude.reverse() } else { magnitude }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A valid JSON number: plain digits where that stays short, otherwise with an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.coefficient < BigInt::ZERO {
            f.write_str("-")?;
        }
        let digits = self.coefficient.magnitude().to_string();
        let before_point = digits.len() as i64 + self.exponent;
        if (-ZEROS_AFTER_POINT..=PLAIN_DIGITS).contains(&before_point) {
            return match self.around_the_point() {
                (whole, fraction) if fraction.is_empty() => write!(f, "{whole}"),
                (whole, fraction) => write!(f, "{whole}.{fraction}"),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{point}{rest}E{:+}", before_point - 1)
    }
}
