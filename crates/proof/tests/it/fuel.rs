//! What is given up is said.

use std::fmt::Write as _;

use distributary_proof::Fuel;
use distributary_syntax::codes;

use crate::proved;

#[test]
fn exhausted_fuel_is_a_finding() {
    let mut rules = "route out = console {}\n".to_owned();
    for index in 0..30 {
        writeln!(
            rules,
            "rule r{index} {{ on ANY when item.a{index} > 1 to out with {{ a: {index} }} }}"
        )
        .unwrap();
    }
    let (_, found, _) = proved(&rules, Fuel { question: 0, rule: 0 });
    let given_up = found.iter().filter(|finding| finding.code == codes::OUT_OF_FUEL).count();
    assert_eq!(given_up, 31, "one for each rule and one for the route: {found:?}");
    let (_, found, _) = proved(&rules, Fuel::default());
    let given_up = found.iter().filter(|finding| finding.code == codes::OUT_OF_FUEL).count();
    assert_eq!(given_up, 0);
}

#[test]
fn rules_that_ranges_or_beginnings_tell_apart_are_all_compared() {
    let mut rules = "route a = console {}\nroute b = console {}\n".to_owned();
    for index in 0..2_400 {
        let (route, when) = match index % 2 {
            0 => ("a", format!("item.total >= {index} and item.total < {}", index + 1)),
            _ => ("b", format!("item.sku starts with \"SKU#{index}#\"")),
        };
        writeln!(rules, "rule r{index} {{ on INSERT when {when} to {route} }}").unwrap();
    }
    let (_, found, _) = proved(&rules, Fuel::default());
    assert_eq!(found.iter().filter(|finding| finding.code == codes::OUT_OF_FUEL).count(), 0);
}
