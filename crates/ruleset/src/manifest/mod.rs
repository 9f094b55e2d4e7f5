//! `rules.toml`: what belongs to a rule set beside its rules.

mod deploy;
mod lint;
mod params;
mod read;
mod suit;
mod syntax;
mod test;

use std::collections::BTreeMap;

use distributary_rules::Program;
use distributary_syntax::{Diagnostic, Sources, Spanned as Placed};
use toml::de::DeTable;

use crate::error::Refused;
pub use deploy::{Architecture, Deploy};
pub use lint::Lint;
pub(crate) use params::Params;
pub use params::SetParam;
use read::{Entry, Reader, Takes};
pub use test::Test;

/// What `rules.toml` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifest {
    pub(crate) params: Params,
    lint: Lint,
    test: Test,
    deploys: Vec<Deploy>,
    /// The directories of other rule sets that belong to this one, as written.
    pub(crate) include: Vec<Placed<String>>,
    sources: Sources,
}

const KEYS: [&str; 5] = ["params", "include", "lint", "test", "deploy"];

impl Manifest {
    /// Reads the text of the manifest with this name.
    ///
    /// # Errors
    /// Everything in it that cannot be understood, as errors.
    pub fn parse(name: &str, text: &str) -> Result<Self, Refused> {
        let mut sources = Sources::new();
        let file = sources.add(name, text);
        let mut reader = Reader::new(file);
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            reader.refuse_syntax(text, error);
        }
        let mut manifest = Manifest::default();
        if errors.is_empty() {
            for entry in document.get_ref() {
                manifest.section(entry, &mut reader, &sources);
            }
        }
        manifest.sources = sources;
        if reader.findings.is_empty() {
            return Ok(manifest);
        }
        Err(Refused { sources: manifest.sources, diagnostics: reader.findings })
    }

    /// The values for a stage: those of `[params]`, and over them those of `[params.<stage>]`.
    ///
    /// # Errors
    /// The stages that there are, when this is none of them.
    pub fn params(&self, stage: Option<&str>) -> Result<BTreeMap<String, SetParam>, Vec<String>> {
        self.params.of_stage(stage)
    }

    /// A manifest that says nothing but these.
    pub(crate) fn of(params: Params, deploys: Vec<Deploy>) -> Self {
        Manifest { params, deploys, ..Manifest::default() }
    }

    /// The stages that have a section `[params.<stage>]`.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.params.stages()
    }

    /// Whether a section `[params.<stage>]` is there.
    #[must_use]
    pub fn names_stage(&self, stage: &str) -> bool {
        self.params.names_stage(stage)
    }

    /// Where each parameter is set that a section of some stage sets.
    pub(crate) fn set_by_stages(&self) -> BTreeMap<String, String> {
        self.params.set_by_stages()
    }

    /// How bad which findings are.
    #[must_use]
    pub fn lint(&self) -> &Lint {
        &self.lint
    }

    /// What `rulesc test` asks of the rule set.
    #[must_use]
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// The functions that the rule set is deployed as, by name. There are none where it does not
    /// say; then it is one function, [`Deploy::named`] as whoever deploys wants.
    #[must_use]
    pub fn deploys(&self) -> &[Deploy] {
        &self.deploys
    }

    /// The text of this manifest, for findings about it; no file where there is no manifest.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What is wrong with the manifest in the light of the rules, as findings about its
    /// [`sources`](Manifest::sources).
    #[must_use]
    pub fn check(&self, program: &Program) -> Vec<Diagnostic> {
        suit::check(&self.deploys, program)
    }

    /// Lays another manifest over this one, which it includes: where both set a parameter, the
    /// other one counts; how to check, test and deploy is its own matter.
    pub(crate) fn lay(&mut self, over: Manifest) {
        let included = std::mem::replace(self, over);
        self.params.lay_over(included.params);
    }

    fn section(&mut self, (key, value): Entry<'_>, reader: &mut Reader, sources: &Sources) {
        match key.get_ref().as_ref() {
            "params" => {
                if let Some(params) = reader.table(key, value, "and the parameters below it") {
                    self.params = Params::read(params, reader, sources);
                }
            }
            "lint" => {
                if let Some(codes) = reader.table(key, value, "and codes such as `R303` below it") {
                    self.lint = Lint::read(codes, reader);
                }
            }
            "test" => {
                if let Some(settings) = reader.table(key, value, "and `coverage` below it") {
                    self.test = Test::read(settings, reader);
                }
            }
            "deploy" => self.deploys = deploy::read((key, value), reader),
            "include" => {
                if let Some(dirs) =
                    reader.texts((key, value), Takes("a list of directories", "[\"../shared\"]"))
                {
                    self.include = dirs;
                }
            }
            _ => reader.refuse_key(
                key,
                "`rules.toml`",
                KEYS,
                "parameters stand under `[params]` or `[params.<stage>]`",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each finding as `underlined text: message; help`.
    fn refused(text: &str) -> Vec<String> {
        let refused = Manifest::parse("rules.toml", text).unwrap_err();
        let line = |f: &Diagnostic| {
            let underlined = refused.sources.text(f.span().unwrap());
            format!("{underlined}: {}; {}", f.message, f.help.as_deref().unwrap_or("-"))
        };
        refused.diagnostics.iter().map(line).collect()
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        assert_eq!(
            refused("[parms]\n[zzz]\n"),
            [
                "parms: `rules.toml` has no key `parms`; did you mean `params`?",
                "zzz: `rules.toml` has no key `zzz`; parameters stand under `[params]` or `[params.<stage>]`",
            ]
        );
        assert_eq!(
            refused("include = \"../shared\"\n"),
            ["include: `include` is not a list of directories; write them as in `include = \
              [\"../shared\"]`"]
        );
        assert_eq!(
            refused("[params]\nat = 2020-01-01\nn = nan\nx = 0x10\nl = [1]\n"),
            ["at", "l", "n", "x"].map(|name| format!(
                "{name}: `{name}` is no value that a parameter can have; write a text, a decimal \
                 number, `true`, `false` or a list of texts"
            ))
        );
        assert_eq!(refused("[params]\nx = y\n"), ["y: `rules.toml` is not valid TOML; -"]);
    }

    #[test]
    fn sections_say_what_they_take() {
        assert_eq!(
            refused("lint = []\n[test]\ncoverage = 101\ncover = 1\n"),
            [
                "lint: `lint` is not a section; write `[lint]` and codes such as `R303` below it",
                "cover: `[test]` has no key `cover`; its key is `coverage`",
                "101: `coverage` cannot be this; it is a whole number from 0 to 100",
            ]
        );
        assert_eq!(
            refused("[lint]\nR301 = \"off\"\nR302 = \"eror\"\nR303 = 1\nR999 = \"off\"\n"),
            [
                "R301: `R301` is an error and stays one; leave it out: rules that have it cannot be used",
                "\"eror\": `R302` cannot be this; did you mean `\"error\"`?",
                "1: `R303` cannot be this; it is one of `\"error\"`, `\"warning\"`, `\"info\"`, `\"off\"`",
                "R999: `[lint]` has no key `R999`; keys are the codes of findings, such as `R303 = \"off\"`",
            ]
        );
        assert_eq!(
            refused(
                "[deploy]\nmemory = 512\n[deploy.\"a b\"]\n[deploy.c]\nmemory = 64\nwindow = 5\n\
                 timeout = \"1500ms\"\nbatchsize = 1\nsources = \"shop\"\narchitecture = \"arm\"\n"
            ),
            [
                "\"a b\": no function can be called `a b`; a name has letters, digits, `-` and `_`, \
                 a letter first, at most 40",
                "\"arm\": `architecture` cannot be this; it is one of `\"arm64\"`, `\"x86_64\"`",
                "batchsize: a function has no key `batchsize`; did you mean `batch_size`?",
                "64: `memory` cannot be this; it is a whole number from 128 to 10240",
                "sources: `sources` is not a list of names; write them as in `sources = [\"orders\"]`",
                "\"1500ms\": `timeout` cannot be this; it is whole seconds from `\"1s\"` to \
                 `\"900s\"`, in quotes",
                "5: `window` cannot be this; it is whole seconds from `\"0s\"` to `\"300s\"`, \
                 in quotes",
                "memory: `[deploy]` has no key `memory`; write it under `[deploy.<name>]`",
            ]
        );
    }

    #[test]
    fn functions_are_as_they_are_written_and_otherwise_as_usual() {
        let manifest = Manifest::parse(
            "rules.toml",
            "[deploy.orders]\nsources = [\"shop\"]\nmemory = 1_024\nwindow = \"1m\"\n\
             architecture = \"x86_64\"\n[deploy.rest]\n",
        )
        .unwrap();
        let [orders, rest] = manifest.deploys() else { panic!("{:?}", manifest.deploys()) };
        assert_eq!((orders.memory, orders.window.as_secs()), (1024, 60));
        assert_eq!((orders.architecture, orders.batch_size), (Architecture::X86_64, 1000));
        assert!(orders.serves("shop") && !orders.serves("stock"));
        assert_eq!(*rest, Deploy { span: rest.span, ..Deploy::named("rest") });
        assert!(rest.serves("shop"));
    }
}
