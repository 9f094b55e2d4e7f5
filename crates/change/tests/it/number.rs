//! Numbers and arithmetic, held against another implementation.

use std::collections::HashSet;
use std::str::FromStr as _;

use bigdecimal::BigDecimal;
use distributary_change::{Decimal, Number};
use proptest::prelude::*;

/// A DynamoDB number in a spelling that both sides read, with zeros and exponents wherever they
/// may stand.
fn spelled() -> impl Strategy<Value = String> {
    let digits = (prop::bool::ANY, "0{0,3}", "[0-9]{1,30}", "[0-9]{0,8}", "0{0,3}");
    let exponent = prop_oneof![Just(None), (-90..=85_i32).prop_map(Some)];
    (digits, exponent).prop_map(|((negative, zeros, whole, fraction, more), exponent)| {
        let sign = if negative { "-" } else { "" };
        let exponent = exponent.map(|exponent| format!("E{exponent}")).unwrap_or_default();
        format!("{sign}{zeros}{whole}.{fraction}{more}0{exponent}")
    })
}

/// Numbers that are near each other, so that equal and nearly equal ones meet.
fn near() -> impl Strategy<Value = String> {
    (-3..=3_i32, 0..=3_u32, -2..=2_i32)
        .prop_map(|(whole, fraction, exponent)| format!("{whole}.{fraction}E{exponent}"))
}

fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![spelled(), near()]
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn other(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).unwrap()
}

proptest! {
    #[test]
    fn order_and_equality_are_by_value(a in any_number(), b in any_number()) {
        let order = number(&a).cmp(&number(&b));
        prop_assert_eq!(order, other(&a).cmp(&other(&b)));
        prop_assert_eq!(number(&a) == number(&b), order.is_eq());
        let distinct: HashSet<_> = [number(&a), number(&b)].into();
        prop_assert_eq!(distinct.len() == 1, order.is_eq(), "the hash is by value, too");
    }

    #[test]
    fn arithmetic_is_exact(a in any_number(), b in any_number(), c in any_number()) {
        let (x, y, z) = (number(&a), number(&b), number(&c));
        let (x, y, z) = (x.decimal(), y.decimal(), z.decimal());
        let (p, q, r) = (other(&a), other(&b), other(&c));
        prop_assert_eq!(other(&(x + y).to_string()), &p + &q);
        prop_assert_eq!(other(&(x - y).to_string()), &p - &q);
        prop_assert_eq!(other(&(x * y).to_string()), &p * &q);
        prop_assert_eq!(other(&(-x).to_string()), -&p);
        let (left, right) = (&(&(x * y) + z) * y, &(x * &(y * y)) + &(z * y));
        prop_assert_eq!(other(&left.to_string()), (&p * &q + &r) * &q);
        prop_assert_eq!(left, right, "equal values have equal parts");
    }

    #[test]
    fn digits_are_kept_and_spelled_for_json(text in any_number()) {
        let number = number(&text);
        prop_assert_eq!(number.as_str(), &text);
        let json = number.to_json_text();
        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(json).is_ok(), "{}", json);
        prop_assert_eq!(other(json), other(&text));
        let significant = |text: &str| text.trim_start_matches(['-', '0', '.']).to_owned();
        prop_assert_eq!(significant(json), significant(&text));
    }

    #[test]
    fn a_displayed_decimal_is_a_json_number(a in any_number()) {
        let text = number(&a).decimal().to_string();
        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{}", text);
        prop_assert_eq!(Decimal::parse(&text).unwrap(), number(&a).decimal().clone());
    }

    #[test]
    fn what_dynamodb_holds_is_what_is_read(
        digits in "[1-9]([0-9]{0,38}[1-9])?", zeros in 0..3_usize, exponent in -180..140_i64,
    ) {
        let text = format!("{digits}{}E{exponent}", "0".repeat(zeros));
        let power = exponent + (digits.len() + zeros) as i64 - 1;
        let held = digits.len() <= 38 && (-130..=125).contains(&power);
        prop_assert_eq!(Number::parse(&text).is_ok(), held);
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in "[-+]?[0-9.eE+-]{0,12}|.{0,5}") {
        if let Ok(number) = Number::parse(&text) {
            prop_assert_eq!(other(number.to_json_text()), other(&number.decimal().to_string()));
        }
    }
}

#[test]
fn display() {
    for (text, displayed) in [
        ("0", "0"),
        ("-0.00", "0"),
        ("1200", "1200"),
        ("-12.50", "-12.5"),
        ("0.36", "0.36"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1E-7"),
        ("-0.00000012", "-1.2E-7"),
        ("1E37", "10000000000000000000000000000000000000"),
        ("1E38", "1E+38"),
        ("1.5E125", "1.5E+125"),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().to_string(), displayed);
    }
}

#[test]
fn json_spelling() {
    for (text, json) in [
        ("5", "5"),
        ("+5", "5"),
        ("-5", "-5"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("5.", "5"),
        ("005", "5"),
        ("00", "0"),
        ("-0", "-0"),
        ("00.50", "0.50"),
        ("1.50", "1.50"),
        ("1e5", "1e5"),
        ("1E+05", "1E+05"),
        ("+01.e5", "1E5"),
    ] {
        assert_eq!(number(text).to_json_text(), json);
    }
}

/// Aligned digits of a long product and a short one would be as long as the exponents are apart.
#[test]
fn comparing_looks_at_the_first_digit_before_it_aligns() {
    let mut huge = Decimal::parse("1E125").unwrap();
    for _ in 0..25 {
        huge = &huge * &huge;
    }
    let one = Decimal::from(1);
    assert!(one < huge);
    assert!(-&huge < one);
    assert!(&huge * &one == huge);
}
