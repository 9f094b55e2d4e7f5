//! `[params]` and `[params.<stage>]`.

use std::collections::BTreeMap;

use distributary_rules::ParamValue;
use distributary_syntax::Sources;
use serde::{Deserialize, Serialize};
use toml::de::{DeArray, DeTable, DeValue};

use super::read::{Entry, Reader};

pub(super) type Values = BTreeMap<String, SetParam>;

/// The values of parameters, for all stages and for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Params {
    all: Values,
    stages: BTreeMap<String, Values>,
}

/// A parameter that a manifest sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetParam {
    /// Its value.
    pub value: ParamValue,
    /// Where it is set, as `shop/rules.toml:2`.
    pub place: String,
}

impl Params {
    /// The values for a stage, or the stages that there are.
    pub(super) fn of_stage(&self, stage: Option<&str>) -> Result<Values, Vec<String>> {
        let mut values = self.all.clone();
        if let Some(stage) = stage {
            let known = || self.stages.keys().cloned().collect::<Vec<_>>();
            values.extend(self.stages.get(stage).ok_or_else(known)?.clone());
        }
        Ok(values)
    }

    /// The same with other names for the places where they are set.
    pub(crate) fn placed(mut self, place: impl Fn(&str) -> String) -> Self {
        let stages = self.stages.values_mut().flat_map(BTreeMap::values_mut);
        for set in self.all.values_mut().chain(stages) {
            set.place = place(&set.place);
        }
        self
    }

    pub(super) fn stages(&self) -> impl Iterator<Item = &str> {
        self.stages.keys().map(String::as_str)
    }

    pub(super) fn names_stage(&self, stage: &str) -> bool {
        self.stages.contains_key(stage)
    }

    /// Where each parameter is set that a section of some stage sets.
    pub(super) fn set_by_stages(&self) -> BTreeMap<String, String> {
        let set = self.stages.values().flatten();
        set.map(|(name, set)| (name.clone(), set.place.clone())).collect()
    }

    pub(super) fn read(params: &DeTable<'_>, reader: &mut Reader, sources: &Sources) -> Self {
        let mut read = Params::default();
        for (key, value) in params {
            let name = key.get_ref().to_string();
            if let DeValue::Table(stage) = value.get_ref() {
                let values = stage.iter().filter_map(|entry| param(entry, reader, sources));
                read.stages.insert(name, values.collect());
            } else {
                read.all.extend(param((key, value), reader, sources));
            }
        }
        read
    }

    /// Adds those of an included manifest that are not set here.
    pub(super) fn lay_over(&mut self, included: Params) {
        lay_over(&mut self.all, included.all);
        for (stage, values) in included.stages {
            lay_over(self.stages.entry(stage).or_default(), values);
        }
    }
}

fn lay_over(values: &mut Values, included: Values) {
    for (name, set) in included {
        values.entry(name).or_insert(set);
    }
}

fn param(
    (key, value): Entry<'_>,
    reader: &mut Reader,
    sources: &Sources,
) -> Option<(String, SetParam)> {
    let name = key.get_ref().to_string();
    let value = match value.get_ref() {
        DeValue::Array(list) => texts(list).map(ParamValue::List),
        scalar => self::scalar(scalar),
    };
    if value.is_none() {
        let message = format!("`{name}` is no value that a parameter can have");
        let help = "write a text, a decimal number, `true`, `false` or a list of texts";
        reader.refuse_value(key.span(), message, help);
    }
    let span = reader.span(key.span());
    let file = sources.get(span.file).map_or("", |source| source.name.as_str());
    let place = format!("{file}:{}", sources.position(span).line);
    Some((name, SetParam { value: value?, place }))
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

    fn parsed(text: &str) -> Params {
        crate::Manifest::parse("rules.toml", text).unwrap().params
    }

    #[test]
    fn a_stage_lies_over_the_values_for_all() {
        let manifest = parsed("[params]\na = \"1\"\nb = \"2\"\n[params.prod]\nb = \"3\"\n");
        let of = |stage| manifest.of_stage(stage).unwrap().into_values().collect::<Vec<_>>();
        let set = |value: &str, place: &str| SetParam {
            value: ParamValue::Text(value.to_owned()),
            place: place.to_owned(),
        };
        assert_eq!(of(None), [set("1", "rules.toml:2"), set("2", "rules.toml:3")]);
        assert_eq!(of(Some("prod")), [set("1", "rules.toml:2"), set("3", "rules.toml:5")]);
        assert_eq!(manifest.of_stage(Some("prd")), Err(vec!["prod".to_owned()]));
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in ["12345678901234567890123456789012345678", "0.1000", "-1.5e100"] {
            let value = parsed(&format!("[params]\nn = {digits}\n")).all["n"].value.clone();
            assert_eq!(value, ParamValue::Number(digits.to_owned()));
        }
        let lists = parsed("[params]\nl = [\"a\", \"b\"]\nb = true\n").all;
        assert_eq!(lists["l"].value, ParamValue::List(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(lists["b"].value, ParamValue::Bool(true));
    }
}
