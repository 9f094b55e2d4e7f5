//! `cargo xtask fuzz`: libFuzzer on what takes text from outside.
//!
//! The coverage counters come from flags that the stable compiler has, so neither a nightly
//! toolchain nor a tool of its own is needed; a C++ compiler builds libFuzzer.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use walkdir::WalkDir;
use xshell::{Shell, cmd};

/// What is looked for, and from which files it starts.
const TARGETS: [(&str, Seeds); 5] = [
    ("format", Seeds::Rules),
    ("check", Seeds::Rules),
    ("evaluate", Seeds::RulesAndRecord),
    ("payload", Seeds::RulesAndRecord),
    ("bundle", Seeds::Bundles),
];

#[derive(Clone, Copy)]
enum Seeds {
    Rules,
    RulesAndRecord,
    /// Of the rule packs, which are small.
    Bundles,
}

const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1";

/// Longer inputs find nothing that shorter ones do not, and are slow.
const LONGEST: usize = 4096;

/// `[TARGET] [--seconds N]`
pub(crate) fn run(sh: &Shell, words: &[&str]) -> Result<()> {
    let (target, seconds) = match words {
        [] => (None, 60),
        ["--seconds", seconds] => (None, number(seconds)?),
        [target] => (Some(*target), 60),
        [target, "--seconds", seconds] => (Some(*target), number(seconds)?),
        _ => bail!("usage: cargo xtask fuzz [TARGET] [--seconds N]"),
    };
    let known = TARGETS.map(|(name, _)| name);
    if let Some(target) = target {
        ensure!(known.contains(&target), "no such target: `{target}`; there are {known:?}");
    }
    all(sh, target, seconds)
}

/// Runs one target, or all of them, for so many seconds each.
pub(crate) fn all(sh: &Shell, only: Option<&str>, seconds: u32) -> Result<()> {
    let home = sh.current_dir().join("target/fuzz");
    let built = build(sh, &home)?;
    for (target, seeds) in TARGETS.into_iter().filter(|(name, _)| only.is_none_or(|it| it == *name))
    {
        let corpus = home.join("corpus").join(target);
        let found = home.join("found").join(target);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&found)?;
        sow(sh, seeds, &corpus)?;
        let program = built.join(target);
        let prefix = format!("-artifact_prefix={}/", found.display());
        let (longest, seconds) = (LONGEST.to_string(), seconds.to_string());
        let ran = cmd!(
            sh,
            "{program} {corpus} {prefix} -dict=tests/fuzz/rules.dict -max_len={longest}
             -max_total_time={seconds} -timeout=10 -rss_limit_mb=2048 -print_final_stats=1"
        )
        .quiet()
        .ignore_status()
        .output()?;
        let log = String::from_utf8_lossy(&ran.stderr);
        if !ran.status.success() {
            bail!("`{target}` broke; its input is under {}\n{log}", found.display());
        }
        let stat =
            |name| log.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?").trim();
        eprintln!(
            "{target}: {} executions, nothing found",
            stat("stat::number_of_executed_units:")
        );
    }
    Ok(())
}

fn build(sh: &Shell, home: &Path) -> Result<PathBuf> {
    let host = cmd!(sh, "rustc --print host-tuple").quiet().read()?;
    let _flags = sh.push_env("RUSTFLAGS", COVERAGE);
    let manifest = "tests/fuzz/Cargo.toml";
    // With `--target`, the flags do not reach build scripts, which could not be linked.
    cmd!(
        sh,
        "cargo build --quiet --release --manifest-path {manifest} --target {host}
         --target-dir {home}"
    )
    .quiet()
    .run()
    .context("the fuzz targets cannot be built; libFuzzer needs a C++ compiler")?;
    Ok(home.join(host).join("release"))
}

/// Puts what the repository has into the corpus: inputs to start from.
fn sow(sh: &Shell, seeds: Seeds, corpus: &Path) -> Result<()> {
    let (folders, extensions): (&[_], &[_]) = match seeds {
        Seeds::Rules => (&["examples", "rules", "crates"], &["rules", "txt"]),
        Seeds::RulesAndRecord => (&["tests/fuzz/seeds"], &["txt"]),
        Seeds::Bundles => return sow_bundles(sh, corpus),
    };
    for folder in folders {
        for path in files(&sh.current_dir().join(folder), extensions) {
            plant(corpus, &fs::read(path)?)?;
        }
    }
    Ok(())
}

fn sow_bundles(sh: &Shell, corpus: &Path) -> Result<()> {
    for pack in files(&sh.current_dir().join("rules"), &["toml"]) {
        let bundle = corpus.join("bundle");
        cmd!(sh, "cargo run --quiet --package distributary-rulesc -- bundle {pack} --out {bundle}")
            .quiet()
            .ignore_stdout()
            .run()?;
        plant(corpus, &fs::read(&bundle)?)?;
        fs::remove_file(bundle)?;
    }
    Ok(())
}

/// A seed's name says what is in it, so that sowing again adds nothing.
fn plant(corpus: &Path, seed: &[u8]) -> Result<()> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    Ok(fs::write(corpus.join(format!("seed-{:016x}", hasher.finish())), seed)?)
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let wanted = |path: &Path| {
        path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted))
    };
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    entries.map(walkdir::DirEntry::into_path).filter(|path| wanted(path)).collect()
}

fn number(text: &str) -> Result<u32> {
    text.parse().with_context(|| format!("`{text}` is no number of seconds"))
}
