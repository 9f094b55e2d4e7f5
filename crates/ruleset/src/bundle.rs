//! Bundles: a checked rule set in one file, which is loaded without parsing.
//!
//! A bundle holds what does not depend on where it runs: the texts, for messages and for the hash;
//! what `rules.toml` says of stages and functions; and the checked program. Parameters are settled by whoever
//! loads it. Equal rules make equal bytes, wherever they lie.
//!
//! The file, numbers big-endian: 8 bytes [`MAGIC`], 4 bytes format, 8 bytes length of the content,
//! 32 bytes SHA-256 of the content, the content in the wire format of postcard.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use distributary_rules::Program;
use distributary_syntax::Sources;
use postcard::Deserializer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::RulesetError;
use crate::manifest::{Deploy, Manifest, Params};
use crate::nesting::Nesting;
use crate::rule_set::RuleSet;

/// No text begins like this.
pub(crate) const MAGIC: &[u8; 8] = b"\0rules\r\n";

/// Of the content. Another one for every change to what it is made of, or to what that means.
const FORMAT: u32 = 2;

const HEADER: usize = 52;

/// Why bytes are not a bundle that can be used. Each message is one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bytes are something else.
    #[error("`{0}` is no bundle: write one with `rulesc bundle RULES --out FILE`")]
    NoBundle(String),
    /// The bytes are of another version of this product.
    #[error(
        "`{name}` is a bundle of format {format}, and this is read here: {FORMAT}; write it anew with \
         `rulesc bundle` of version {}",
        env!("CARGO_PKG_VERSION")
    )]
    OtherFormat {
        /// Where the bytes are from.
        name: String,
        /// What they say.
        format: u32,
    },
    /// Some bytes are missing or too many.
    #[error(
        "`{name}` has {found} bytes where a bundle like this has {expected}: copy it again, or write it \
         anew with `rulesc bundle`"
    )]
    OtherLength {
        /// Where the bytes are from.
        name: String,
        /// How many there are.
        found: u64,
        /// How many there have to be, at least.
        expected: u64,
    },
    /// The bytes are not those that were written.
    #[error(
        "the content of `{0}` does not have the SHA-256 that it was written with: copy it again, or \
         write it anew with `rulesc bundle`"
    )]
    Altered(String),
    /// The content is no rule set.
    #[error(
        "the content of `{name}` is no rule set: write it anew with `rulesc bundle` of version {}",
        env!("CARGO_PKG_VERSION")
    )]
    NoRuleSet {
        /// Where the bytes are from.
        name: String,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    files: Vec<(String, &'a str)>,
    params: Params,
    deploys: &'a [Deploy],
    program: &'a Program,
}

#[derive(Deserialize)]
struct Read {
    files: Vec<(String, String)>,
    params: Params,
    deploys: Vec<Deploy>,
    program: Program,
}

impl RuleSet {
    /// The bytes of a bundle of these rules and the program that they were checked to without
    /// errors, whatever it was given.
    ///
    /// # Errors
    /// The program cannot be written down, which says why.
    pub fn bundle(&self, program: &Program) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let folder = self.folder();
        let named = |name: &str| relative(Path::new(name), &folder).to_string_lossy().into_owned();
        let files = self.sources.iter().map(|(_, file)| (named(&file.name), file.text.as_str()));
        let params = self.manifest.params.clone().placed(named);
        let deploys = self.manifest.deploys();
        let content =
            postcard::to_allocvec(&Written { files: files.collect(), params, deploys, program })?;
        let mut bytes = Vec::with_capacity(HEADER + content.len());
        bytes.extend(MAGIC);
        bytes.extend(FORMAT.to_be_bytes());
        bytes.extend((content.len() as u64).to_be_bytes());
        bytes.extend(Sha256::digest(&content));
        bytes.extend(content);
        Ok(bytes)
    }

    /// Loads a bundle; `name` says where its bytes are from.
    ///
    /// # Errors
    /// They are no bundle, one of another version, or not as they were written.
    pub fn of_bundle(name: &str, bytes: &[u8]) -> Result<Self, BundleError> {
        let Read { files, params, deploys, program } = read(name, bytes)?;
        let mut sources = Sources::new();
        for (name, text) in files {
            sources.add(name, text);
        }
        let manifest = Manifest::of(params, deploys);
        Ok(RuleSet { root: PathBuf::from(name), sources, manifest, program: Some(program) })
    }

    /// What its files are named from.
    fn folder(&self) -> PathBuf {
        match self.root.parent() {
            _ if self.is_bundle() => PathBuf::new(),
            Some(parent) if !self.root.is_dir() => parent.to_owned(),
            _ => self.root.clone(),
        }
    }
}

/// The bytes of a file that begins like a bundle, or is called like one.
pub(crate) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, RulesetError> {
    let unreadable = |error: io::Error| RulesetError::unreadable(path, &error);
    if !path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes != MAGIC && path.extension().is_none_or(|extension| extension != "bundle") {
        return Ok(None);
    }
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Some(bytes))
}

fn read(name: &str, bytes: &[u8]) -> Result<Read, BundleError> {
    if !bytes.starts_with(MAGIC) {
        return Err(BundleError::NoBundle(name.to_owned()));
    }
    let found = bytes.len() as u64;
    let wrong = |expected| BundleError::OtherLength { name: name.to_owned(), found, expected };
    let rest = bytes.get(MAGIC.len()..).unwrap_or_default();
    let cut = || wrong(HEADER as u64);
    let (format, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let format = u32::from_be_bytes(*format);
    if format != FORMAT {
        return Err(BundleError::OtherFormat { name: name.to_owned(), format });
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let (hash, content) = rest.split_first_chunk::<32>().ok_or_else(cut)?;
    let expected = u64::from_be_bytes(*length).saturating_add(HEADER as u64);
    if found != expected {
        return Err(wrong(expected));
    }
    if Sha256::digest(content).as_slice() != hash {
        return Err(BundleError::Altered(name.to_owned()));
    }
    let read = decoded(content).filter(|read| read.program.is_sound());
    read.ok_or_else(|| BundleError::NoRuleSet { name: name.to_owned() })
}

/// Nothing is allocated for what is not there.
fn decoded(content: &[u8]) -> Option<Read> {
    let mut reader = Deserializer::from_flavor(Nesting::of(content));
    let read = Read::deserialize(&mut reader).ok()?;
    reader.finalize().ok()?.is_empty().then_some(read)
}

/// A path as seen from a folder, where both are seen from one place.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    if path.is_absolute() != folder.is_absolute() {
        return path.to_owned();
    }
    let (path, folder) = (parts(path), parts(folder));
    let common = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = folder.iter().skip(common).map(|_| "..");
    up.chain(path.iter().skip(common).map(String::as_str)).collect()
}

/// The names on the way, without turns back.
fn parts(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}
