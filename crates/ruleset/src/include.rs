//! `include = ["../shared"]`: rules that several rule sets share.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use distributary_syntax::{Diagnostic, FileId, Sources, Span, codes};

use crate::error::{Refused, RulesetError};
use crate::find::{Location, under};
use crate::manifest::Manifest;
use crate::text;

/// What a manifest and those that it includes bring together.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) manifest: Manifest,
    /// Every rules file once, those of the including rule set first.
    pub(crate) files: Vec<PathBuf>,
}

/// Reads a rule set's manifest and follows what it includes.
pub(crate) fn gather(location: &Location) -> Result<Gathered, RulesetError> {
    let mut gathered = Gathered::default();
    let mut way = Way { dirs: Vec::new(), files: HashSet::new() };
    way.add(location, &mut gathered)?;
    Ok(gathered)
}

/// The directories that a manifest includes, as it writes them, as far as it can be read.
pub(crate) fn included(manifest: &Path) -> Vec<PathBuf> {
    let Ok(read) = text::read(manifest, FileId(0)) else { return Vec::new() };
    let Ok(parsed) = Manifest::parse("", &read.text) else { return Vec::new() };
    let dir = manifest.parent().unwrap_or(Path::new(""));
    parsed.include.iter().map(|included| dir.join(&included.node)).collect()
}

struct Way {
    /// The rule sets from the first one to here, so that a circle is seen.
    dirs: Vec<PathBuf>,
    /// Every file so far, in its one true form.
    files: HashSet<PathBuf>,
}

impl Way {
    fn add(&mut self, location: &Location, gathered: &mut Gathered) -> Result<(), RulesetError> {
        for file in &location.files {
            if self.files.insert(canonical(file)) {
                gathered.files.push(file.clone());
            }
        }
        let Some(path) = &location.manifest else { return Ok(()) };
        let read = text::read(path, FileId(0))?;
        let name = path.to_string_lossy();
        let parsed = match read.refused {
            Some(refused) => {
                let mut sources = Sources::new();
                sources.add(name, read.text);
                Err(Refused { sources, diagnostics: vec![refused] })
            }
            None => Manifest::parse(&name, &read.text),
        };
        let manifest = parsed.map_err(RulesetError::from)?;

        let dir = path.parent().unwrap_or(Path::new(""));
        self.dirs.push(canonical(if dir == Path::new("") { Path::new(".") } else { dir }));
        let mut findings = Vec::new();
        let mut before = HashSet::new();
        for included in &manifest.include {
            let target = tidy(&dir.join(&included.node));
            match self.location(&target, &included.node, included.span, &mut before) {
                Ok(location) => self.add(&location, gathered)?,
                Err(finding) => findings.push(finding),
            }
        }
        self.dirs.pop();
        if !findings.is_empty() {
            let sources = manifest.sources().clone();
            return Err(Refused { sources, diagnostics: findings }.into());
        }
        gathered.manifest.lay(manifest);
        Ok(())
    }

    /// The rule set in an included directory.
    fn location(
        &self,
        target: &Path,
        written: &str,
        span: Span,
        before: &mut HashSet<PathBuf>,
    ) -> Result<Location, Diagnostic> {
        let refuse = |message: String, help: &str| {
            Err(Diagnostic::error(codes::INCLUDE, message, span).help(help))
        };
        if !target.is_dir() {
            let help = "name a directory, seen from the one that this `rules.toml` is in";
            return refuse(format!("there is no directory `{written}`"), help);
        }
        let dir = canonical(target);
        if !before.insert(dir.clone()) {
            return refuse(format!("`{written}` is included twice"), "leave one of them out");
        }
        if self.dirs.contains(&dir) {
            let help = "move what both need to a directory that includes neither";
            return refuse(format!("`{written}` includes this rule set in turn"), help);
        }
        let found = under(target).unwrap_or_default();
        if let Some(location) = found.iter().find(|location| canonical(&location.root) == dir) {
            return Ok(location.clone());
        }
        match found.first() {
            None => {
                let help = "an included directory has `*.rules` files";
                refuse(format!("there are no rules in `{written}`"), help)
            }
            Some(whole) if self.dirs.last() == Some(&canonical(&whole.root)) => {
                let help =
                    "leave it out: all `*.rules` files under a `rules.toml` are one rule set";
                refuse(format!("`{written}` is a part of this rule set anyhow"), help)
            }
            Some(whole) => {
                let help = format!("include the whole of it, which is `{}`", whole.root.display());
                refuse(format!("`{written}` is a part of another rule set"), &help)
            }
        }
    }
}

pub(crate) fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// `shop/../shared` as `shared`, where that is the same place.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidy.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    if tidy.as_os_str().is_empty() {
        tidy.push(".");
    }
    if canonical(&tidy) == canonical(path) { tidy } else { path.to_owned() }
}
