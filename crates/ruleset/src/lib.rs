//! A rule set on disk: which files belong to it, what its manifest says, and where its parameters
//! come from.
//!
//! A directory with a `rules.toml` and every `*.rules` file under it is one rule set. A directory
//! further down with a `rules.toml` of its own is a rule set of its own. `include` in a `rules.toml`
//! adds the files and parameters of others. Files under no `rules.toml`
//! belong to the file or directory that the user named. A bundle is a rule set in one file, checked
//! before.

mod bundle;
mod error;
mod files;
mod find;
mod include;
mod manifest;
mod nesting;
mod rule_set;
mod text;

pub use bundle::BundleError;
pub use error::{Refused, RulesetError, reason};
pub use files::files;
pub use find::{Location, find};
pub use manifest::{Architecture, Deploy, Lint, Manifest, SetParam, Test};
pub use rule_set::{RuleSet, open};
