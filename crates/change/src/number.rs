//! Exact numbers: what DynamoDB stores in `N`, and what arithmetic makes of it.

use num_bigint::BigInt;

/// A decimal of any length: `coefficient · 10^exponent`, without trailing zeros in the coefficient,
/// so that equal values have equal parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

/// A DynamoDB number with its own digits: up to 38 significant ones, 1E-130 to 9.99…E+125.
///
/// Equality and order are by value; the text is what is written back.
#[derive(Debug, Clone)]
pub struct Number {
    text: String,
    value: Decimal,
}
