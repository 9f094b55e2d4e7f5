//! `tests/cost/prices.toml`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, ensure};
use distributary_tests::components::workspace;
use serde::Deserialize;

use crate::bill::{Billed, Unit};

/// What each unit costs.
pub(crate) struct Prices {
    list: Vec<Price>,
    of: BTreeMap<Unit, f64>,
}

#[derive(Deserialize)]
struct Table {
    price: Vec<Price>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    name: Unit,
    what: String,
    dollars: f64,
    for_so_many: f64,
    list: String,
    quoted: String,
}

impl Prices {
    pub(crate) fn read() -> Result<Self> {
        let path = workspace().join("tests/cost/prices.toml");
        let text = fs::read_to_string(&path)?;
        let Table { price: list } =
            toml::from_str(&text).with_context(|| format!("{} is not valid", path.display()))?;
        let of: BTreeMap<_, _> =
            list.iter().map(|it| (it.name, it.dollars / it.for_so_many)).collect();
        for unit in Unit::ALL {
            ensure!(of.contains_key(&unit), "{} has no price for `{unit:?}`", path.display());
        }
        Ok(Prices { list, of })
    }

    /// Dollars for so many of a unit.
    pub(crate) fn dollars(&self, unit: Unit, count: f64) -> f64 {
        self.of.get(&unit).copied().unwrap_or(f64::NAN) * count
    }

    /// Dollars for all of it.
    pub(crate) fn total(&self, billed: &Billed) -> f64 {
        billed.units().map(|(unit, count)| self.dollars(unit, count)).sum()
    }

    pub(crate) fn print(&self) {
        println!("## Prices\n\n| | dollars | for | price list | as quoted |");
        println!("| --- | --- | --- | --- | --- |");
        for Price { what, dollars, for_so_many, list, quoted, .. } in &self.list {
            println!("| {what} | {dollars} | {for_so_many} | {list} | {quoted} |");
        }
    }
}
