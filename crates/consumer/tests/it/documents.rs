//! The table of variables says what the code reads.

use std::collections::BTreeSet;

use distributary_consumer::Config;

#[test]
fn every_variable_is_in_the_table_of_the_documentation() {
    let page = include_str!("../../../../docs/configuration.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeSet<&str> = rows
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells[1].starts_with("function"))
        .map(|cells| cells[0].trim_matches('`'))
        .collect();
    // Parameters have names of their own, and endpoints are read where clients are made.
    let mut read = BTreeSet::from(Config::VARIABLES);
    read.extend(["DISTRIBUTARY_PARAM_<NAME>", "AWS_ENDPOINT_URL"]);
    assert_eq!(documented, read);
}
