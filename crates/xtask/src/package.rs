//! `cargo xtask package`: the zip that is deployed, what is in it, and checksums.

mod pack;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use walkdir::WalkDir;
use xshell::{Shell, cmd};

use crate::setup;
use pack::{Content, pack};

/// The C library of Amazon Linux 2023.
const GLIBC: &str = "2.34";
/// What the tool calls it, in the folder of a crate.
const BILL: &str = "bill-of-materials.json";
const ARCHITECTURES: [&str; 2] = ["x86_64", "aarch64"];

/// `[RULES] [--architecture x86_64|aarch64]`
pub(crate) fn run(sh: &Shell, words: &[&str]) -> Result<()> {
    let host = std::env::consts::ARCH;
    let (rules, architecture) = match words {
        [] => (None, host),
        ["--architecture", architecture] => (None, *architecture),
        [rules] => (Some(*rules), host),
        [rules, "--architecture", architecture] => (Some(*rules), *architecture),
        _ => bail!("usage: cargo xtask package [RULES] [--architecture x86_64|aarch64]"),
    };
    ensure!(
        ARCHITECTURES.contains(&architecture),
        "Lambda has no processor `{architecture}`, it has {ARCHITECTURES:?}"
    );
    let target = format!("{architecture}-unknown-linux-gnu");
    let home = sh.current_dir().join("target/package").join(architecture);
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;

    // What a person can mend comes before what takes minutes.
    let mut contents = match rules {
        Some(rules) => vec![bundle(sh, rules, &home)?],
        None => Vec::new(),
    };
    contents.push(("bootstrap".to_owned(), bootstrap(sh, &target)?, 0o755));
    pack(&home.join("function.zip"), &contents)?;
    bill_of_materials(sh, &target, &home.join("bootstrap.cdx.json"))?;
    let _there = sh.push_dir(&home);
    let sums = cmd!(sh, "sha256sum bootstrap.cdx.json function.zip").quiet().read()?;
    sh.write_file("SHA256SUMS", format!("{sums}\n"))?;
    println!("{sums}\nin {}", home.display());
    Ok(())
}

/// Builds the function so that it starts on every machine that Lambda has, and so that nothing of
/// this one is in it.
fn bootstrap(sh: &Shell, target: &str) -> Result<PathBuf> {
    let tools = setup::packaging(sh)?;
    let installed = cmd!(sh, "rustc --print target-libdir --target {target}").quiet().read()?;
    ensure!(
        Path::new(&installed).exists(),
        "the compiler cannot make programs for {target}, run `rustup target add {target}`"
    );
    let root = sh.current_dir();
    let cargo = sh.var("CARGO_HOME").or_else(|_| Ok(format!("{}/.cargo", sh.var("HOME")?)));
    let cargo: String = cargo.map_err(|_: xshell::Error| anyhow!("`HOME` is not set"))?;
    let flags = format!(
        "--remap-path-prefix={}=/distributary --remap-path-prefix={cargo}=/cargo",
        root.display()
    );
    let path = format!("{}:{}", tools.join("bin").display(), sh.var("PATH")?);
    let _path = sh.push_env("PATH", path);
    let _zig = sh.push_env("CARGO_ZIGBUILD_ZIG_PATH", tools.join("ziglang/zig"));
    let _flags = sh.push_env("RUSTFLAGS", flags);
    // Gathering entropy from jitter makes the first HTTPS call wait for 30 ms.
    let _entropy = sh.push_env("AWS_LC_SYS_NO_JITTER_ENTROPY", "1");
    cmd!(
        sh,
        "cargo zigbuild --locked --profile dist --package distributary-consumer
         --target {target}.{GLIBC}"
    )
    .quiet()
    .run()?;
    Ok(root.join("target").join(target).join("dist/bootstrap"))
}

/// The bundle of a rule set.
fn bundle(sh: &Shell, rules: &str, home: &Path) -> Result<Content> {
    let bundle = home.join("rules.bundle");
    cmd!(sh, "cargo run --quiet --package distributary-rulesc -- bundle {rules} --out {bundle}")
        .quiet()
        .run()
        .with_context(|| format!("`{rules}` cannot be deployed as it is"))?;
    Ok(("rules.bundle".to_owned(), bundle, 0o644))
}

/// What the function is made of, in the form of CycloneDX.
fn bill_of_materials(sh: &Shell, target: &str, bill: &Path) -> Result<()> {
    let cyclonedx = setup::cyclonedx(sh)?;
    // With a time of its own it would differ each time.
    let _time =
        sh.push_env("SOURCE_DATE_EPOCH", cmd!(sh, "git log -1 --format=%ct").quiet().read()?);
    let root = sh.current_dir();
    let consumer = root.join("crates/consumer");
    let manifest = consumer.join("Cargo.toml");
    cmd!(
        sh,
        "{cyclonedx} cyclonedx --quiet --manifest-path {manifest} --format json
         --target {target} --override-filename bill-of-materials"
    )
    .quiet()
    .run()?;
    // Crates of the workspace are named by the folder that they are in.
    let text = sh.read_file(consumer.join(BILL))?.replace(&root.display().to_string(), "");
    sh.write_file(bill, text)?;
    // It writes one into each of them.
    for folder in ["crates", "tests"] {
        for entry in WalkDir::new(root.join(folder)).max_depth(2) {
            let entry = entry?;
            if entry.file_name() == BILL {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}
