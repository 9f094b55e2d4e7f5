//! From a batch to the answer: the planner says what is to be sent, the router sends it, and what
//! is unsettled then has to come again. What is settled of a batch that comes again is remembered, in
//! the process and in a ledger, so that it is not sent again. Knows neither AWS nor where batches come
//! from, so that the Lambda function, the operator's command and the simulation run the same.

mod answer;
mod engine;
mod memory;
mod recall;
mod resume;

pub use answer::{Answer, ItemFailure, Unsettled};
pub use engine::{Engine, Handled, Invocation, Outcome};
