//! A rule set's texts and where its parameters come from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use distributary_rules::{Checked, Given, Program, check};
use distributary_syntax::{FileId, Sources};

use crate::bundle;
use crate::error::{Refused, RulesetError};
use crate::find::{Location, MANIFEST, find};
use crate::include::{Gathered, gather};
use crate::manifest::Manifest;
use crate::text;

/// A rule set as it stands on disk.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// The directory, or the single file, or `-`.
    pub root: PathBuf,
    /// Its rules files, sorted by path, and after them those of included rule sets.
    pub sources: Sources,
    /// What its `rules.toml` says, over what those that it includes say; nothing where there is
    /// none.
    pub manifest: Manifest,
    /// What the sources mean, where that was found out before.
    pub(crate) program: Option<Program>,
}

/// Reads the one rule set that the path stands for; it may be a bundle.
///
/// # Errors
/// There is none, there are several, or it cannot be read.
pub fn open(path: &Path) -> Result<RuleSet, RulesetError> {
    if let Some(bytes) = bundle::bytes(path)? {
        return Ok(RuleSet::of_bundle(&path.to_string_lossy(), &bytes)?);
    }
    let mut found = find(&[path.to_owned()])?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => only.read(),
        (last, _) => {
            let roots = found.into_iter().chain(last).map(|l| l.root).collect();
            Err(RulesetError::Several { path: path.to_owned(), roots })
        }
    }
}

impl Location {
    /// Reads the manifest and every rules file, those of included rule sets among them.
    ///
    /// # Errors
    /// A file that cannot be read, or whose content is not UTF-8 or not a manifest, or an `include`
    /// that leads nowhere.
    pub fn read(&self) -> Result<RuleSet, RulesetError> {
        let Gathered { manifest, files } = gather(self)?;
        let mut sources = Sources::new();
        let mut diagnostics = Vec::new();
        for path in &files {
            let name =
                if path == Path::new("-") { "<stdin>".into() } else { path.to_string_lossy() };
            let id = FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX));
            let read = text::read(path, id)?;
            sources.add(name, read.text);
            diagnostics.extend(read.refused);
        }
        if diagnostics.is_empty() {
            Ok(RuleSet { root: self.root.clone(), sources, manifest, program: None })
        } else {
            Err(Refused { sources, diagnostics }.into())
        }
    }

    /// The rules files that are text, for a rule set that cannot be read as a whole: what is wrong
    /// with each of them by itself can still be said. Included ones are not among them.
    #[must_use]
    pub fn texts(&self) -> Sources {
        let mut sources = Sources::new();
        // Standard input was read once.
        for path in self.files.iter().filter(|path| *path != Path::new("-")) {
            if let Ok(text::Text { text, refused: None }) = text::read(path, FileId(0)) {
                sources.add(path.to_string_lossy(), text);
            }
        }
        sources
    }
}

impl RuleSet {
    /// Whether it was loaded from a bundle.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        self.program.is_some()
    }

    /// What the rules mean with these parameters. Those of a bundle were checked before: what is
    /// found here is then about parameters alone.
    #[must_use]
    pub fn check(&self, given: &Given) -> Checked {
        match &self.program {
            Some(program) => self.give(program.clone(), given),
            None => check(&self.sources, given),
        }
    }

    /// As [`check`](Self::check), for who asks once: the program of a bundle is handed out, and not
    /// copied. What is left is the text, which is checked when it is asked about again.
    #[must_use]
    pub fn check_once(&mut self, given: &Given) -> Checked {
        match self.program.take() {
            Some(program) => self.give(program, given),
            None => check(&self.sources, given),
        }
    }

    fn give(&self, mut program: Program, given: &Given) -> Checked {
        let diagnostics = program.give(&self.sources, given).err().unwrap_or_default();
        Checked { program, diagnostics }
    }

    /// Where parameters come from: the command line, the environment, the manifest with a stage.
    ///
    /// # Errors
    /// A stage that the manifest does not name.
    pub fn given(
        &self,
        stage: Option<&str>,
        cli: BTreeMap<String, String>,
        env: BTreeMap<String, String>,
    ) -> Result<Given, RulesetError> {
        let set = self.manifest.params(stage).map_err(|stages| RulesetError::UnknownStage {
            stage: stage.unwrap_or_default().to_owned(),
            manifest: match self.is_bundle() {
                true => self.root.clone(),
                false => self.root.join(MANIFEST),
            },
            stages,
        })?;
        let mut other_stages = self.manifest.set_by_stages();
        other_stages.retain(|name, _| !set.contains_key(name));
        let places = set.iter().map(|(name, set)| (name.clone(), set.place.clone())).collect();
        let manifest = set.into_iter().map(|(name, set)| (name, set.value)).collect();
        Ok(Given { cli, env, manifest, places, other_stages })
    }

    /// SHA-256 in hexadecimal of what the rules and the manifest say for a stage, whatever flags and
    /// the environment say: that of a copy elsewhere is the same.
    ///
    /// # Errors
    /// A stage that the manifest does not name.
    pub fn hash(&self, stage: Option<&str>) -> Result<String, RulesetError> {
        let given = self.given(stage, BTreeMap::new(), BTreeMap::new())?;
        Ok(match &self.program {
            Some(program) => program.hash_given(&self.sources, &given),
            None => check(&self.sources, &given).program.hash().to_owned(),
        })
    }
}
