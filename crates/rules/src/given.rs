//! What the surroundings say about parameters, before anybody has asked for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Parameter values from outside the rules, by layer; the first layer that has one wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// `--param name=value`, by parameter name.
    pub cli: BTreeMap<String, String>,
    /// The environment, by variable name: `DISTRIBUTARY_PARAM_<NAME>`, or what `env "X"` names.
    pub env: BTreeMap<String, String>,
    /// `[params.<stage>]` over `[params]` of `rules.toml`, by parameter name.
    pub manifest: BTreeMap<String, ParamValue>,
    /// Where the manifest sets a parameter, by parameter name, as `shop/rules.toml:2`; for messages.
    pub places: BTreeMap<String, String>,
    /// The parameters that only the sections of other stages set, and where. Their values do not
    /// count here; their names have to be right all the same.
    pub other_stages: BTreeMap<String, String>,
}

impl Given {
    /// Where the manifest sets a parameter.
    pub(crate) fn place<'g>(&'g self, param: &str) -> &'g str {
        self.places.get(param).map_or("rules.toml", String::as_str)
    }
}

/// A value in `rules.toml`, before its parameter's type is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParamValue {
    /// A text in quotes.
    Text(String),
    /// A number with its own digits.
    Number(String),
    /// `true` or `false`
    Bool(bool),
    /// A list of texts.
    List(Vec<String>),
}

/// The variable that sets a parameter in every environment.
#[must_use]
pub fn variable(param: &str) -> String {
    format!("DISTRIBUTARY_PARAM_{}", param.to_uppercase())
}
