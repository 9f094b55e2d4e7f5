//! A lane per route: time, retries, parking, and the partial batch response. Knows neither AWS
//! nor rules.

mod target;

pub use target::{Failure, Limits, Target};
