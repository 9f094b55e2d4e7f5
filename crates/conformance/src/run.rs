//! One run: make, test, remove.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{Either, join_all, select};

use crate::account::Account;
use crate::assumption::{Assumption, Seen, Verdict};
use crate::choice::Planned;
use crate::clean::{Left, clean};
use crate::ground::Ground;
use crate::package::Package;
use crate::scene::Scene;
use crate::stack::{self, PREFIX};

/// What a run found.
#[derive(Debug)]
pub struct Outcome {
    /// One for each planned assumption, in their order.
    pub findings: Vec<Finding>,
    /// What could not be removed; nothing after a clean run.
    pub left: Vec<Left>,
    /// Whether somebody ended it early.
    pub interrupted: bool,
}

/// What was found of one assumption.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The assumption.
    pub assumption: &'static Assumption,
    /// What its test saw.
    pub seen: Seen,
}

/// What is found while scenes go on side by side.
type Found = Mutex<Vec<(&'static str, Seen)>>;

/// Makes the stacks of all planned scenes, tests, and removes what was made: also where a test
/// breaks, a stack cannot be made, or `interrupted` is there first. `run` is part of all names and
/// the value of the tag that everything has; `package` is the function that ships.
///
/// # Errors
/// Nobody can say what is left.
pub async fn run(
    account: &Arc<Account>,
    planned: &[Planned],
    package: Option<Arc<Package>>,
    run: &str,
    say: &dyn Fn(String),
    interrupted: impl Future<Output = ()>,
) -> anyhow::Result<Outcome> {
    let found = Found::default();
    let play = |planned| {
        let run = run.to_owned();
        let play = Play { account, package: package.clone(), run, say, found: &found };
        async move { play.scene(planned).await }
    };
    let scenes = join_all(planned.iter().map(play));
    let ended = select(Box::pin(scenes), Box::pin(interrupted)).await;
    let interrupted = matches!(ended, Either::Right(_));
    // Whatever goes on of the scenes ends here.
    drop(ended);
    let left = clean(account, Some(run), say).await?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let finding = |assumption: &&'static Assumption| {
        let seen = found.iter().find(|(id, _)| *id == assumption.id);
        let seen = seen.map_or_else(|| Seen::nothing("it was interrupted"), |(_, it)| it.clone());
        Finding { assumption, seen }
    };
    let findings = planned.iter().flat_map(|it| it.assumptions.iter().map(finding)).collect();
    Ok(Outcome { findings, left, interrupted })
}

/// A run as one scene sees it.
struct Play<'r> {
    account: &'r Arc<Account>,
    package: Option<Arc<Package>>,
    run: String,
    say: &'r dyn Fn(String),
    found: &'r Found,
}

impl Play<'_> {
    async fn scene(&self, planned: &Planned) {
        match self.make(planned.scene).await {
            Ok(ground) => {
                (self.say)(format!("made `{}`", self.stack(planned.scene)));
                for assumption in &planned.assumptions {
                    let tried = (assumption.test.run())(Arc::clone(&ground));
                    self.found(assumption, seen(tried).await);
                }
            }
            Err(error) => {
                for assumption in &planned.assumptions {
                    let seen = Seen::nothing(format!("the stack could not be made: {error:#}"));
                    self.found(assumption, seen);
                }
            }
        }
    }

    async fn make(&self, scene: &Scene) -> anyhow::Result<Arc<Ground>> {
        let (name, template) = (self.stack(scene), scene.template()?);
        let outputs = stack::create(self.account, &name, &self.run, &template).await?;
        let (account, run) = (Arc::clone(self.account), self.run.clone());
        Ok(Arc::new(Ground { account, run, package: self.package.clone(), outputs }))
    }

    fn stack(&self, scene: &Scene) -> String {
        format!("{PREFIX}{}-{}", self.run, scene.name)
    }

    fn found(&self, assumption: &Assumption, seen: Seen) {
        (self.say)(format!("{}: {}", assumption.id, seen.verdict.words()));
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.push((assumption.id, seen));
    }
}

/// What a test came to; one that breaks says nothing of the service.
async fn seen(tried: impl Future<Output = anyhow::Result<Seen>>) -> Seen {
    match AssertUnwindSafe(tried).catch_unwind().await {
        Ok(Ok(seen)) => seen,
        Ok(Err(error)) => error
            .downcast()
            .unwrap_or_else(|error: anyhow::Error| Seen::nothing(format!("{error:#}"))),
        Err(_) => Seen::nothing("the test itself broke, which is a defect of it"),
    }
}

impl Outcome {
    /// Whether everything that was tested holds, and nothing is left.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let holds = |finding: &Finding| finding.seen.verdict == Verdict::Holds;
        !self.interrupted && self.left.is_empty() && self.findings.iter().all(holds)
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[tokio::test]
    async fn a_test_that_breaks_says_nothing_and_ends_no_run() {
        let broken = seen(async { panic!("a defect") }).await;
        assert_eq!(broken.verdict, Verdict::CannotTell);
        let failed = seen(async { bail!("no answer") }).await;
        assert_eq!(failed, Seen::nothing("no answer"));
        let decided = seen(async { bail!(Seen::decided(false, "refused")) }).await;
        assert_eq!(decided, Seen::decided(false, "refused"));
    }
}
