//! `rules.toml`: the parameters of a rule set, for all stages and for each.

use std::collections::BTreeMap;
use std::ops::Range;

use distributary_rules::ParamValue;
use distributary_syntax::{Code, Diagnostic, FileId, Spanned as Placed, closest, codes};
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use crate::text::span;

type Params = BTreeMap<String, SetParam>;
type Entry<'i> = (&'i Spanned<DeString<'i>>, &'i Spanned<DeValue<'i>>);

/// The sections that later versions read.
const LATER: [&str; 3] = ["lint", "test", "deploy"];

const KEYS: [&str; 2] = ["params", "include"];

/// What `rules.toml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    params: Params,
    stages: BTreeMap<String, Params>,
    /// The directories of other rule sets that belong to this one, as written.
    pub(crate) include: Vec<Placed<String>>,
}

/// A parameter that a manifest sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetParam {
    /// Its value.
    pub value: ParamValue,
    /// Where it is set, as `shop/rules.toml:2`.
    pub place: String,
}

impl Manifest {
    /// Reads the text of the manifest with this name; `file` is the id under which findings name it.
    ///
    /// # Errors
    /// Everything in it that cannot be understood, as errors.
    pub fn parse(name: &str, text: &str, file: FileId) -> Result<Self, Vec<Diagnostic>> {
        let (manifest, findings) = (Manifest::default(), Vec::new());
        let mut reader = Reader { name, text, file, manifest, findings };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            reader.refuse_syntax(error);
        }
        if errors.is_empty() {
            document.get_ref().iter().for_each(|entry| reader.section(entry));
        }
        if reader.findings.is_empty() { Ok(reader.manifest) } else { Err(reader.findings) }
    }

    /// Lays another manifest over this one: where both set a parameter, the other one counts.
    pub(crate) fn lay(&mut self, over: Manifest) {
        self.params.extend(over.params);
        for (stage, params) in over.stages {
            self.stages.entry(stage).or_default().extend(params);
        }
        self.include = over.include;
    }

    /// The values for a stage: those of `[params]`, and over them those of `[params.<stage>]`.
    ///
    /// # Errors
    /// The stages that there are, when this is none of them.
    pub fn params(&self, stage: Option<&str>) -> Result<Params, Vec<String>> {
        let mut params = self.params.clone();
        if let Some(stage) = stage {
            let over = self.stages.get(stage);
            params.extend(
                over.ok_or_else(|| self.stages.keys().cloned().collect::<Vec<_>>())?.clone(),
            );
        }
        Ok(params)
    }
}

impl Manifest {
    /// Whether a section `[params.<stage>]` is there.
    #[must_use]
    pub fn names_stage(&self, stage: &str) -> bool {
        self.stages.contains_key(stage)
    }

    /// Where each parameter is set that a section of some stage sets.
    pub(crate) fn set_by_stages(&self) -> BTreeMap<String, String> {
        let set = self.stages.values().flatten();
        set.map(|(name, set)| (name.clone(), set.place.clone())).collect()
    }
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    file: FileId,
    manifest: Manifest,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn section(&mut self, (key, value): Entry<'_>) {
        let name = key.get_ref().as_ref();
        if name == "params" {
            match value.get_ref() {
                DeValue::Table(params) => self.params(params),
                _ => {
                    let message = "`params` is not a section".to_owned();
                    let help = "write `[params]` and the parameters below it";
                    self.refuse(codes::MANIFEST_VALUE, message, key.span(), help);
                }
            }
        } else if name == "include" {
            self.include(key, value);
        } else if LATER.contains(&name) {
            let message = format!("`{name}` is not part of this version of `rules.toml`");
            self.refuse(codes::MANIFEST_LATER, message, key.span(), "leave it out");
        } else {
            let near = closest(name, KEYS.into_iter().chain(LATER));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "parameters stand under `[params]` or `[params.<stage>]`".to_owned(),
            };
            let message = format!("`rules.toml` has no key `{name}`");
            self.refuse(codes::MANIFEST_KEY, message, key.span(), &help);
        }
    }

    fn include(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let text = |value: &Spanned<DeValue<'_>>| {
            let DeValue::String(text) = value.get_ref() else { return None };
            Some(Placed { node: text.to_string(), span: span(self.file, value.span()) })
        };
        let texts = match value.get_ref() {
            DeValue::Array(list) => list.iter().map(text).collect(),
            _ => None,
        };
        match texts {
            Some(texts) => self.manifest.include = texts,
            None => {
                let message = "`include` is not a list of directories".to_owned();
                let help = "write them as in `include = [\"../shared\"]`";
                self.refuse(codes::MANIFEST_VALUE, message, key.span(), help);
            }
        }
    }

    fn params(&mut self, params: &DeTable<'_>) {
        for (key, value) in params {
            let name = key.get_ref().to_string();
            if let DeValue::Table(stage) = value.get_ref() {
                let values = stage.iter().filter_map(|entry| self.param(entry)).collect();
                self.manifest.stages.insert(name, values);
            } else if let Some((name, value)) = self.param((key, value)) {
                self.manifest.params.insert(name, value);
            }
        }
    }

    fn param(&mut self, (key, value): Entry<'_>) -> Option<(String, SetParam)> {
        let name = key.get_ref().to_string();
        let value = match value.get_ref() {
            DeValue::Array(list) => texts(list).map(ParamValue::List),
            scalar => self::scalar(scalar),
        };
        if value.is_none() {
            let message = format!("`{name}` is no value that a parameter can have");
            let help = "write a text, a decimal number, `true`, `false` or a list of texts";
            self.refuse(codes::MANIFEST_VALUE, message, key.span(), help);
        }
        let before = self.text.get(..key.span().start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Some((name, SetParam { value: value?, place: format!("{}:{line}", self.name) }))
    }

    fn refuse(&mut self, code: Code, message: String, at: Range<usize>, help: &str) {
        let finding = Diagnostic::error(code, message, span(self.file, at));
        self.findings.push(finding.help(help));
    }

    fn refuse_syntax(&mut self, error: &toml::de::Error) {
        let text = self.text;
        let at = error.span().unwrap_or(text.len()..text.len());
        let wrong = text.get(at.clone()).unwrap_or_default();
        let bare = wrong.starts_with(|c: char| c.is_ascii_alphabetic());
        let message = "`rules.toml` is not valid TOML".to_owned();
        let finding = Diagnostic::error(codes::MANIFEST_SYNTAX, message, span(self.file, at));
        self.findings.push(if bare {
            finding.help("a text stands in double quotes")
        } else {
            finding.note(error.message())
        });
    }
}

/// A scalar; a number keeps its own digits.
fn scalar(value: &DeValue<'_>) -> Option<ParamValue> {
    let digits = match value {
        DeValue::String(text) => return Some(ParamValue::Text(text.to_string())),
        DeValue::Boolean(value) => return Some(ParamValue::Bool(*value)),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) if number.as_str().ends_with(|c: char| c.is_ascii_digit()) => {
            number.as_str()
        }
        _ => return None,
    };
    Some(ParamValue::Number(digits.to_owned()))
}

fn texts(list: &DeArray<'_>) -> Option<Vec<String>> {
    let texts = list.iter().map(|value| match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Manifest {
        Manifest::parse("rules.toml", text, FileId(0)).unwrap()
    }

    /// Each finding as `underlined text: message; help`.
    fn refused(text: &str) -> Vec<String> {
        let findings = Manifest::parse("rules.toml", text, FileId(0)).unwrap_err();
        let line = |f: &Diagnostic| {
            let underlined = &text[f.span().unwrap().range()];
            format!("{underlined}: {}; {}", f.message, f.help.as_deref().unwrap_or("-"))
        };
        findings.iter().map(line).collect()
    }

    #[test]
    fn a_stage_lies_over_the_values_for_all() {
        let manifest = parsed("[params]\na = \"1\"\nb = \"2\"\n[params.prod]\nb = \"3\"\n");
        let of = |stage| manifest.params(stage).unwrap().into_values().collect::<Vec<_>>();
        let set = |value: &str, place: &str| SetParam {
            value: ParamValue::Text(value.to_owned()),
            place: place.to_owned(),
        };
        assert_eq!(of(None), [set("1", "rules.toml:2"), set("2", "rules.toml:3")]);
        assert_eq!(of(Some("prod")), [set("1", "rules.toml:2"), set("3", "rules.toml:5")]);
        assert_eq!(manifest.params(Some("prd")), Err(vec!["prod".to_owned()]));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12345678901234567890123456789012345678", "0.1000", "-1.5e100"] {
            let value = parsed(&format!("[params]\nn = {digits}\n")).params["n"].value.clone();
            assert_eq!(value, ParamValue::Number(digits.to_owned()));
        }
        let lists = parsed("[params]\nl = [\"a\", \"b\"]\nb = true\n").params;
        assert_eq!(lists["l"].value, ParamValue::List(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(lists["b"].value, ParamValue::Bool(true));
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
            refused("lint = []\n"),
            ["lint: `lint` is not part of this version of `rules.toml`; leave it out"]
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
        assert_eq!(
            refused("[params]\nx = y\n"),
            ["y: `rules.toml` is not valid TOML; a text stands in double quotes"]
        );
    }
}
