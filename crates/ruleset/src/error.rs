//! Why a rule set cannot be had.

use std::io;
use std::path::{Path, PathBuf};

use distributary_syntax::{Diagnostic, Sources};

use crate::bundle::BundleError;

/// Why a rule set cannot be had. Each message is one sentence that names the path and says what to
/// do where that is not plain.
#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    /// A file or directory that cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Unreadable {
        /// As the user knows it.
        path: PathBuf,
        /// Why, without the system's error number.
        reason: String,
    },
    /// A path that holds no rules.
    #[error("there are no rules in `{}`: a rule set is a directory with `*.rules` files", path.display())]
    Empty {
        /// As the user knows it.
        path: PathBuf,
    },
    /// A path that holds several rule sets where one is needed.
    #[error("`{}` holds several rule sets, name one of them: {}", path.display(), list(roots))]
    Several {
        /// As the user knows it.
        path: PathBuf,
        /// The roots of the rule sets.
        roots: Vec<PathBuf>,
    },
    /// A stage that the manifest does not know.
    #[error("there is no stage `{stage}`: {}", known_stages(manifest, stages))]
    UnknownStage {
        /// What was asked for.
        stage: String,
        /// The `rules.toml`, or the bundle, that should have it.
        manifest: PathBuf,
        /// The stages that it names.
        stages: Vec<String>,
    },
    /// A bundle that cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Files that were read and cannot be understood.
    #[error("{}", .0.first())]
    Refused(Box<Refused>),
}

/// Findings about files whose content is not even text or a manifest. Their sources are apart from
/// a rule set's own, since `rules.toml` is no rules file.
#[derive(Debug)]
pub struct Refused {
    /// The texts that the findings point into.
    pub sources: Sources,
    /// At least one error.
    pub diagnostics: Vec<Diagnostic>,
}

impl Refused {
    fn first(&self) -> String {
        let Some(first) = self.diagnostics.first() else {
            return "a file of the rule set cannot be understood".to_owned();
        };
        let place = first.span().and_then(|span| {
            let name = &self.sources.get(span.file)?.name;
            Some(format!("{name}:{}: ", self.sources.position(span).line))
        });
        format!("{}{}", place.unwrap_or_default(), first.message)
    }
}

impl From<Refused> for RulesetError {
    fn from(refused: Refused) -> Self {
        RulesetError::Refused(Box::new(refused))
    }
}

impl RulesetError {
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        RulesetError::Unreadable { path: path.to_owned(), reason: reason(error) }
    }
}

/// Why a file could not be used, without the system's error number.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or directory",
        io::ErrorKind::PermissionDenied => "reading or writing it is not allowed",
        io::ErrorKind::AlreadyExists => "there is something by this name already",
        io::ErrorKind::NotADirectory => "a part of its path is no directory",
        io::ErrorKind::IsADirectory => "it is a directory",
        io::ErrorKind::StorageFull => "the disk is full",
        io::ErrorKind::ReadOnlyFilesystem => "it is on a file system that is read-only",
        io::ErrorKind::InvalidFilename => "its name is too long, or none that can be",
        kind => {
            let kind = kind.to_string();
            // This kind has no stable name in the standard library.
            if !kind.starts_with("filesystem loop") {
                return kind;
            }
            "its links lead round in a circle"
        }
    };
    words.to_owned()
}

fn list<'a>(names: impl IntoIterator<Item = &'a PathBuf>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{}`", n.display())).collect();
    names.join(", ")
}

fn known_stages(manifest: &Path, stages: &[String]) -> String {
    if stages.is_empty() {
        return format!("`{}` has no `[params.<stage>]` section", manifest.display());
    }
    let names: Vec<String> = stages.iter().map(|s| format!("`{s}`")).collect();
    format!("`{}` names {}", manifest.display(), names.join(", "))
}
