//! The project's own programs, each built once for all tests of a binary.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::components::workspace;

/// The function. `DISTRIBUTARY_BOOTSTRAP` names another build of it, such as the one that ships.
///
/// # Errors
/// When it cannot be built.
pub async fn bootstrap() -> Result<&'static PathBuf> {
    static PROGRAM: OnceCell<PathBuf> = OnceCell::const_new();
    PROGRAM
        .get_or_try_init(|| async {
            match env::var_os("DISTRIBUTARY_BOOTSTRAP") {
                Some(path) => Ok(workspace().join(path)),
                None => built("bootstrap", &["--package", "distributary-consumer"]).await,
            }
        })
        .await
}

/// The operator's command, with what leads to AWS.
///
/// # Errors
/// When it cannot be built.
pub async fn distributary() -> Result<&'static PathBuf> {
    static PROGRAM: OnceCell<PathBuf> = OnceCell::const_new();
    let package = ["--package", "distributary", "--features", "aws"];
    PROGRAM.get_or_try_init(|| built("distributary", &package)).await
}

/// The author's command.
///
/// # Errors
/// When it cannot be built.
pub async fn rulesc() -> Result<&'static PathBuf> {
    static PROGRAM: OnceCell<PathBuf> = OnceCell::const_new();
    PROGRAM.get_or_try_init(|| built("rulesc", &["--package", "distributary-rulesc"])).await
}

async fn built(name: &str, package: &[&str]) -> Result<PathBuf> {
    let built = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["build", "--quiet"])
        .args(package)
        .status()
        .await?;
    ensure!(built.success(), "`{name}` does not compile");
    // This runs from `target/debug/deps`, or `target/debug` itself.
    let here = env::current_exe()?;
    here.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| Path::is_file(path))
        .with_context(|| format!("`{name}` is not where it was built"))
}
