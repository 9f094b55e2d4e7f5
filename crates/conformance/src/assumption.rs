//! One assumption, and what a test saw of it.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::ground::Ground;

/// Something that documentation says of a service and that Distributary relies on.
#[derive(Debug)]
pub struct Assumption {
    /// Its name, for good: lower case, with the service first.
    pub id: &'static str,
    /// What is assumed, as a sentence.
    pub says: &'static str,
    /// What happens to deliveries where it is not so.
    pub otherwise: &'static str,
    /// What the test does, for people.
    pub how: &'static str,
    /// The test.
    pub test: Test,
    /// What the local components answer.
    pub local: Local,
}

/// How an assumption is tested.
#[derive(Debug, Clone, Copy)]
pub enum Test {
    /// With what the scene makes.
    Always(Try),
    /// With the function that ships, whose zip is given.
    WithPackage(Try),
    /// Where it is asked for by its name, since it may take days.
    Named(Try),
}

/// A test.
pub type Try = fn(Arc<Ground>) -> Tried;
/// A test under way.
pub type Tried = BoxFuture<'static, anyhow::Result<Seen>>;

impl Test {
    /// What is run.
    #[must_use]
    pub fn run(self) -> Try {
        match self {
            Test::Always(run) | Test::WithPackage(run) | Test::Named(run) => run,
        }
    }
}

/// What local components say of an assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// That it holds, and they would say so if it did not.
    Truly,
    /// That it holds, which says nothing, for this reason.
    Blindly(&'static str),
    /// That it does not hold, since they do this.
    Wrongly(&'static str),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// What a test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The service does as is assumed.
    Holds,
    /// It does something else.
    DoesNotHold,
    /// The test did not get so far.
    CannotTell,
}

impl Verdict {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::DoesNotHold => "does not hold",
            Verdict::CannotTell => "cannot tell",
        }
    }

    /// For programs.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::DoesNotHold => "does_not_hold",
            Verdict::CannotTell => "cannot_tell",
        }
    }
}

/// A verdict and what it rests on. As an error it ends a test early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Seen {
    /// What it came to.
    pub verdict: Verdict,
    /// What the service did, in half a sentence.
    pub what: String,
}

impl Seen {
    /// Something that decides the question.
    #[must_use]
    pub fn decided(holds: bool, what: impl Into<String>) -> Self {
        let verdict = if holds { Verdict::Holds } else { Verdict::DoesNotHold };
        Seen { verdict, what: what.into() }
    }

    /// Something that leaves it open.
    #[must_use]
    pub fn nothing(what: impl Into<String>) -> Self {
        Seen { verdict: Verdict::CannotTell, what: what.into() }
    }
}
