//! Rules files one by one, whatever rule set they belong to.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::RulesetError;
use crate::find::{Location, search};

/// The rules files that the paths stand for, each once as a [`Location`] of its own, in the order of
/// the paths: a file or `-` stands for itself, a directory for every `*.rules` file under it. No
/// paths stand for the current directory.
///
/// # Errors
/// A path that cannot be read, or a directory without any rules.
pub fn files(paths: &[PathBuf]) -> Result<Vec<Location>, RulesetError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let mut seen = HashSet::new();
    let mut files = Vec::new();
    for path in paths {
        for file in under(path)? {
            if seen.insert(std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                let file = file.strip_prefix(".").map(Path::to_owned).unwrap_or(file);
                files.push(Location { root: file.clone(), manifest: None, files: vec![file] });
            }
        }
    }
    Ok(files)
}

fn under(path: &Path) -> Result<Vec<PathBuf>, RulesetError> {
    if path == Path::new("-") {
        return Ok(vec![path.to_owned()]);
    }
    let metadata =
        std::fs::metadata(path).map_err(|error| RulesetError::unreadable(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> =
        search(path)?.into_iter().flat_map(|location| location.files).collect();
    files.sort();
    if files.is_empty() {
        return Err(RulesetError::Empty { path: path.to_owned() });
    }
    Ok(files)
}
