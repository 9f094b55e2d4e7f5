//! Settings that parameters alone decide.

use distributary_change::Value;
use distributary_syntax::Span;
use serde::{Deserialize, Serialize};

use crate::program::Param;
use crate::term::{Part, Term};

/// A text of characters and parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fixed {
    pub(crate) term: Term,
    pub(crate) span: Span,
}

impl Fixed {
    /// The text, or `None` while a parameter in it has no value.
    pub(crate) fn text(&self, params: &[Param]) -> Option<String> {
        text(&self.term, params)
    }
}

fn text(term: &Term, params: &[Param]) -> Option<String> {
    match term {
        Term::Literal(value) => written(value),
        Term::Param(param) => written(params.get(*param)?.value.as_ref()?),
        Term::Text(parts) => parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Some(text.clone()),
                Part::Term(term) => text(term, params),
            })
            .collect(),
        _ => None,
    }
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}
