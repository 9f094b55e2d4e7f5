//! Which rule sets there are under a path, and which files belong to each.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::RulesetError;
use crate::include::{canonical, included};

/// What marks a directory as a rule set.
pub(crate) const MANIFEST: &str = "rules.toml";

/// A rule set that was found and not yet read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The directory, or the single file, or `-`.
    pub root: PathBuf,
    /// Its `rules.toml`.
    pub manifest: Option<PathBuf>,
    /// Its rules files, sorted, at least one; `-` is standard input.
    pub files: Vec<PathBuf>,
}

/// Finds the rule sets that the paths stand for, each once, in the order of the paths. A path inside
/// of a rule set stands for the whole of it. No paths stand for the current directory.
///
/// # Errors
/// A path that cannot be read, or one without any rules.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Location>, RulesetError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for path in paths {
        for location in under(path)? {
            let same = std::fs::canonicalize(&location.root).unwrap_or(location.root.clone());
            if seen.insert(same) {
                found.push(location);
            }
        }
    }
    Ok(found)
}

pub(crate) fn under(path: &Path) -> Result<Vec<Location>, RulesetError> {
    if path == Path::new("-") {
        let files = vec![path.to_owned()];
        return Ok(vec![Location { root: path.to_owned(), manifest: None, files }]);
    }
    let metadata =
        std::fs::metadata(path).map_err(|error| RulesetError::unreadable(path, &error))?;
    let mut locations = match owner(path) {
        Some((owner, path)) => {
            let mut all = search(&owner)?;
            all.retain(|l| l.root == owner || plain(&l.root).starts_with(plain(&path)));
            all
        }
        None if metadata.is_dir() => search(path)?,
        None => {
            let file = path.to_owned();
            vec![Location { root: file.clone(), manifest: None, files: vec![file] }]
        }
    };
    leave_to_includers(&mut locations);
    locations.retain(|l| !l.files.is_empty());
    if locations.is_empty() {
        return Err(RulesetError::Empty { path: path.to_owned() });
    }
    for Location { manifest, files, .. } in &mut locations {
        manifest.iter_mut().chain(files).for_each(|shown| *shown = plain(shown));
    }
    Ok(locations)
}

/// Files without a manifest that another rule set includes are checked with that one: they need not
/// stand on their own.
fn leave_to_includers(locations: &mut [Location]) {
    let manifests = locations.iter().filter_map(|location| location.manifest.as_deref());
    let dirs: HashSet<PathBuf> = manifests.flat_map(included).map(|dir| canonical(&dir)).collect();
    if dirs.is_empty() {
        return;
    }
    for location in locations.iter_mut().filter(|location| location.manifest.is_none()) {
        location.files.retain(|file| !canonical(file).ancestors().any(|dir| dirs.contains(dir)));
    }
}

/// The nearest directory at or above the path that has a manifest, and the path in the same form.
fn owner(path: &Path) -> Option<(PathBuf, PathBuf)> {
    let nearest = |path: &Path| {
        let dirs = path.ancestors().map(|d| if d == Path::new("") { Path::new(".") } else { d });
        let owner = dirs.into_iter().find(|dir| dir.join(MANIFEST).is_file())?;
        Some((owner.to_owned(), path.to_owned()))
    };
    nearest(path).or_else(|| nearest(&std::path::absolute(path).ok()?))
}

/// All rule sets in a directory; files without a manifest above them belong to the directory.
pub(crate) fn search(dir: &Path) -> Result<Vec<Location>, RulesetError> {
    let mut sets = BTreeMap::new();
    let mut files = Vec::new();
    for entry in WalkDir::new(dir).follow_links(true).into_iter().filter_entry(visible) {
        let entry = entry.map_err(|error| unreadable(dir, &error))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.into_path();
        if path.file_name().is_some_and(|name| name == MANIFEST) {
            let root = path.parent().unwrap_or(dir).to_owned();
            let manifest = Some(path);
            sets.insert(root.clone(), Location { root, manifest, files: Vec::new() });
        } else if path.extension().is_some_and(|e| e == "rules") {
            files.push(path);
        }
    }
    files.sort();
    for file in files {
        let marked = file.ancestors().skip(1).find(|dir| sets.contains_key(*dir));
        let root = marked.unwrap_or(dir).to_owned();
        let new = Location { root: root.clone(), manifest: None, files: Vec::new() };
        sets.entry(root).or_insert(new).files.push(file);
    }
    Ok(sets.into_values().collect())
}

fn visible(entry: &DirEntry) -> bool {
    entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn unreadable(dir: &Path, error: &walkdir::Error) -> RulesetError {
    let path = plain(error.path().unwrap_or(dir));
    match error.io_error() {
        Some(io) => RulesetError::unreadable(&path, io),
        None => {
            let reason = "it is a link to a directory that it is in".to_owned();
            RulesetError::Unreadable { path, reason }
        }
    }
}

/// The path without a leading `./`, as people write it.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of empty files in a directory of its own; the paths of what `find` finds, each root
    /// with its files, relative to it.
    fn found(test: &str, tree: &[&str], paths: &[&str]) -> Vec<String> {
        let top = std::env::temp_dir().join(format!("ruleset-{}-{test}", std::process::id()));
        for file in tree {
            let file = top.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let paths: Vec<PathBuf> = paths.iter().map(|p| top.join(p)).collect();
        let show = |path: &Path| match path.strip_prefix(&top).unwrap().to_str().unwrap() {
            "" => ".".to_owned(),
            inside => inside.to_owned(),
        };
        let locations = find(&paths).map(|found| {
            let line = |l: &Location| {
                let files: Vec<String> = l.files.iter().map(|f| show(f)).collect();
                format!("{}: {}", show(&l.root), files.join(" "))
            };
            found.iter().map(line).collect()
        });
        std::fs::remove_dir_all(&top).unwrap();
        locations.unwrap_or_else(|error| {
            vec![error.to_string().replace(&format!("{}/", top.display()), "")]
        })
    }

    #[test]
    fn a_manifest_marks_a_rule_set_of_all_files_under_it() {
        let tree = ["shop/rules.toml", "shop/b.rules", "shop/a.rules", "shop/more/c.rules"];
        let all = ["shop: shop/a.rules shop/b.rules shop/more/c.rules"];
        assert_eq!(found("whole", &tree, &["."]), all);
        assert_eq!(found("inside", &tree, &["shop/more"]), all);
        assert_eq!(found("file", &tree, &["shop/b.rules", "shop/a.rules"]), all);
        assert_eq!(found("manifest", &tree, &["shop/rules.toml"]), all);
    }

    #[test]
    fn a_manifest_further_down_marks_a_rule_set_of_its_own() {
        let tree = ["a.rules", "x/rules.toml", "x/b.rules", "x/y/rules.toml", "x/y/c.rules"];
        assert_eq!(
            found("tree", &tree, &["."]),
            [".: a.rules", "x: x/b.rules", "x/y: x/y/c.rules"]
        );
        assert_eq!(found("leaf", &tree, &["x/y"]), ["x/y: x/y/c.rules"]);
    }

    #[test]
    fn without_a_manifest_the_named_path_is_the_rule_set() {
        let tree = ["a.rules", "sub/b.rules", ".hidden/c.rules", "notes.txt"];
        assert_eq!(found("dir", &tree, &["."]), [".: a.rules sub/b.rules"]);
        assert_eq!(found("single", &tree, &["a.rules"]), ["a.rules: a.rules"]);
    }

    #[test]
    fn nothing_found_is_an_error() {
        let message =
            "there are no rules in `docs`: a rule set is a directory with `*.rules` files";
        assert_eq!(found("empty", &["docs/readme.md"], &["docs"]), [message]);
        let message = "cannot read `nowhere`: there is no such file or directory";
        assert_eq!(found("absent", &["a.rules"], &["nowhere"]), [message]);
    }
}
