//! What a run takes, before it begins.

use crate::choice::Planned;
use crate::price::{PRICES, Price};

/// What a run takes.
#[derive(Debug)]
pub struct Estimate {
    /// Scenes go on side by side, so it is the longest of them.
    pub minutes: u32,
    /// At most.
    pub dollars: f64,
    /// What of it is billed, how many of each, and at what price.
    pub items: Vec<(u32, Price)>,
}

/// What a run takes, as far as that can be said before.
#[must_use]
pub fn estimate(planned: &[Planned]) -> Estimate {
    let uses = || planned.iter().flat_map(|planned| planned.scene.uses);
    let items: Vec<(u32, Price)> = PRICES
        .iter()
        .map(|price| {
            let count = uses().filter(|(of, _)| *of == price.of).map(|(_, count)| count).sum();
            (count, *price)
        })
        .filter(|(count, _)| *count > 0)
        .collect();
    let dollars =
        items.iter().map(|(count, price)| f64::from(*count) * price.dollars_a_million / 1e6);
    Estimate {
        minutes: planned.iter().map(|planned| planned.scene.minutes).max().unwrap_or_default(),
        dollars: dollars.sum(),
        items,
    }
}
