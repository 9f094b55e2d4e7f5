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
pub static OPEN: &[Untested] = &[
    Untested {
        says: "The process is frozen between invocations, and its connections may be dead after.",
        otherwise: "the first attempt on a route is not repeated on a fresh connection, and counts as a failure",
        why: "Lambda freezes when it likes: ten minutes without a write, then one, and the log",
    },
    Untested {
        says: "A stream keeps its records for 24 hours.",
        otherwise: "what a route that blocks could not send is lost earlier; `MaximumRecordAgeInSeconds` is 23 hours",
        why: "it takes a day",
    },
    Untested {
        says: "A stream serves two readers of a shard without throttling them.",
        otherwise: "`distributary run --stream` beside the function makes the age of the iterator grow",
        why: "how it throttles depends on the table's load: the metric `IteratorAge`",
    },
    Untested {
        says: "A queue keeps a message for as long as its `MessageRetentionPeriod` says, 14 days at most.",
        otherwise: "what waits in a lot `sqs` is lost earlier",
        why: "it takes days",
    },
    Untested {
        says: "Five minutes after a message a FIFO queue forgets its deduplication id.",
        otherwise: "a redrive by hand of what had arrived is swallowed, which is what is wanted",
        why: "nothing rests on it: identities are the same for ever",
    },
    Untested {
        says: "With `AWS_LAMBDA_MAX_CONCURRENCY` the runtime asks for so many invocations at once.",
        otherwise: "the function takes one at a time",
        why: "managed instances are machines of their own, which would be billed by the hour",
    },
    Untested {
        says: "Queues, topics, buckets and tables that are encrypted with a key of your own need `kms:GenerateDataKey` and `kms:Decrypt` on it.",
        otherwise: "`AccessDenied` in the log, and everything of the route is parked",
        why: "a key costs a dollar a month and cannot be deleted at once: deploy, write, look at the log",
    },
    Untested {
        says: "Policies that `rulesc iam --resource-policies` prints let a function send to another account.",
        otherwise: "`AccessDenied` in the log, and everything of the route is parked",
        why: "it takes a second account: deploy, write, look at the log",
    },
];
