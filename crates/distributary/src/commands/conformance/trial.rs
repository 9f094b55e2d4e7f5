//! A run in an account: what is refused, asked, made, tested and removed.

use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, anyhow, bail};
use distributary_cli::{Exit, count};
use distributary_conformance::{
    Account, Assumption, Choice, Left, Package, SCENES, choose, clean, estimate, run,
};
use distributary_ruleset::reason;
use distributary_syntax::closest;

use super::{Conformance, shown};

pub(super) async fn trial(asked: &Conformance) -> anyhow::Result<Exit> {
    if asked.list {
        return shown::list(asked.format);
    }
    for id in &asked.only {
        if !all().any(|it| it.id == id) {
            let near = closest(id, all().map(|it| it.id));
            let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            bail!(
                "there is no assumption `{id}`: {near}`distributary conformance --list` prints all"
            );
        }
    }
    let package = asked.package.as_deref().map(package).transpose()?.map(Arc::new);
    let account = Arc::new(open(asked).await?);
    if asked.clean {
        return tidy(asked, &account).await;
    }
    let choice = choose(SCENES, &asked.only, package.is_some());
    if choice.planned.is_empty() {
        for (assumption, needs) in &choice.skipped {
            anstream::eprintln!("`{}` is not tested: {needs}", assumption.id);
        }
        bail!("nothing is left to test");
    }
    shown::plan(&account, &choice, &estimate(&choice.planned))?;
    if !asked.yes {
        anstream::eprintln!("nothing was made; `--yes` makes it, tests, and removes it");
        return Ok(Exit::Fine);
    }
    test(asked, &account, &choice, package).await
}

fn package(path: &Path) -> anyhow::Result<Package> {
    let read = std::fs::read(path);
    let zip =
        read.map_err(|error| anyhow!("cannot read `{}`: {}", path.display(), reason(&error)))?;
    Package::read(&zip).with_context(|| format!("cannot use the function `{}`", path.display()))
}

fn all() -> impl Iterator<Item = &'static Assumption> {
    SCENES.iter().flat_map(|scene| scene.assumptions)
}

/// An account that somebody named, and no other that credentials may lead to.
async fn open(asked: &Conformance) -> anyhow::Result<Account> {
    let in_environment = std::env::var_os("AWS_ACCESS_KEY_ID").is_some_and(|key| !key.is_empty());
    if asked.profile.is_none() && !in_environment {
        bail!(
            "nothing says on purpose which account to make things in: give `--profile PROFILE`, or \
             set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
        );
    }
    Account::open(asked.profile.as_deref(), asked.endpoint_url.as_deref()).await
}

async fn test(
    asked: &Conformance,
    account: &Arc<Account>,
    choice: &Choice,
    package: Option<Arc<Package>>,
) -> anyhow::Result<Exit> {
    let name = name()?;
    let ran = run(account, &choice.planned, package, &name, &say, interrupted());
    let outcome = unless_interrupted_again(ran).await?;
    shown::outcome(account, &name, choice, &outcome, asked.format)?;
    for Left { name, reason } in &outcome.left {
        let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        anstream::eprintln!("error: `{name}` is left{reason}");
    }
    if !outcome.left.is_empty() {
        anstream::eprintln!("`distributary conformance --clean` tries again to remove it");
    }
    Ok(if outcome.is_clean() { Exit::Fine } else { Exit::No })
}

/// Removes what earlier runs left, or says what it would remove.
async fn tidy(asked: &Conformance, account: &Account) -> anyhow::Result<Exit> {
    let stacks = Left::stacks(account, None).await?;
    for Left { name, .. } in &stacks {
        anstream::eprintln!("`{name}` is there, with all that it made");
    }
    if !asked.yes && !stacks.is_empty() {
        anstream::eprintln!("nothing was removed; `--yes` removes it, also of a run under way");
        return Ok(Exit::No);
    }
    let left = clean(account, None, &say).await?;
    for Left { name, reason } in &left {
        let reason = reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        anstream::eprintln!("error: `{name}` is left{reason}");
    }
    if left.is_empty() {
        let removed = count(stacks.len(), "stack");
        anstream::eprintln!("removed {removed}; nothing of any run is left");
    }
    Ok(if left.is_empty() { Exit::Fine } else { Exit::No })
}

fn say(line: String) {
    anstream::eprintln!("{line}");
}

/// Ready once somebody asks for the end. What was made is removed all the same.
async fn interrupted() {
    wait_for_interrupt().await;
    anstream::eprintln!("removing what was made; ctrl-c again leaves it as it is");
}

async fn unless_interrupted_again<T>(
    ran: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let twice = async {
        wait_for_interrupt().await;
        wait_for_interrupt().await;
    };
    tokio::select! {
        ran = ran => ran,
        () = twice => bail!(
            "what was made is left as it is, `distributary conformance --clean --yes` removes it"
        ),
    }
}

/// Where nobody can interrupt, nobody does.
async fn wait_for_interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A name that no other run has.
fn name() -> anyhow::Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    // Of the clock what differs for an hour, and of the process what differs on one machine.
    let clock = now.as_micros() % (1 << 32);
    Ok(format!("{clock:08x}{:04x}", std::process::id() % (1 << 16)))
}
