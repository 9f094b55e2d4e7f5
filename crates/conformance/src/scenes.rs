//! All scenes, and what none of them can test.

mod bucket;
mod bus;
mod deployed;
mod filters;
mod function;
mod mapping;
mod queues;
mod stacks;
mod table;
mod topics;

use crate::scene::Scene;

/// All scenes: one for each service, since all that one needs is made at once.
pub static SCENES: &[&Scene] = &[
    &bucket::SCENE,
    &bus::SCENE,
    &deployed::SCENE,
    &filters::SCENE,
    &function::SCENE,
    &mapping::SCENE,
    &queues::SCENE,
    &stacks::SCENE,
    &table::SCENE,
    &topics::SCENE,
];

/// An assumption that no test of some minutes can answer.
#[derive(Debug)]
pub struct Untested {
    /// What is assumed, as a sentence.
    pub says: &'static str,
    /// What happens to deliveries where it is not so.
    pub otherwise: &'static str,
    /// Why there is no test, and where one would see it.
    pub why: &'static str,
}

/// What no test of some minutes can answer.
pub static OPEN: &[Untested] = &[];
