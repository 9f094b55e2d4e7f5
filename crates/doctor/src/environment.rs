//! The variables of the function.

use distributary_rules::{Scope, variable};
use serde_json::json;

use crate::case::Case;
use crate::code::Code;
use crate::command::{aws, quoted};
use crate::facts::{Function, Unseen};
use crate::finding::Finding;
use crate::function::place;

/// What the names of variables begin with that set parameters.
const PARAM: &str = "DISTRIBUTARY_PARAM_";
pub(crate) const RULES: &str = "DISTRIBUTARY_RULES";
pub(crate) const RULES_HASH: &str = "DISTRIBUTARY_RULES_HASH";
pub(crate) const PARTIAL_BATCH_RESPONSE: &str = "DISTRIBUTARY_PARTIAL_BATCH_RESPONSE";
pub(crate) const LEDGER: &str = "DISTRIBUTARY_LEDGER";

/// The function's variables, and the values that one can have; any where none are listed.
const VARIABLES: [(&str, &[&str]); 8] = [
    (RULES, &[]),
    (RULES_HASH, &[]),
    ("DISTRIBUTARY_DEPLOY", &[]),
    ("DISTRIBUTARY_STAGE", &[]),
    (PARTIAL_BATCH_RESPONSE, &["on", "off"]),
    (LEDGER, &[]),
    ("DISTRIBUTARY_METRICS", &["off", "few", "all"]),
    ("DISTRIBUTARY_LOG", &["error", "warn", "info", "debug", "trace", "fatal"]),
];

pub(crate) fn findings(case: &Case<'_>, function: &Function) -> Vec<Finding> {
    if let Some(error) = &function.environment.error {
        let why = Unseen {
            action: "kms:Decrypt".to_owned(),
            resource: function.kms_key_arn.clone().unwrap_or_default(),
            denied: true,
            reason: error.error_code.clone(),
        };
        let place = place(function, "Environment");
        return vec![case.unseen("the variables of the function", &place, &why)];
    }
    let mut findings = Vec::new();
    for (name, value) in &function.environment.variables {
        if name.starts_with("DISTRIBUTARY_") && !value.is_empty() {
            findings.extend(one(case, function, name, value));
        }
    }
    for (name, value) in case.needs.asked {
        let has = function.environment.variables.get(name);
        if has.is_none_or(|has| has != value) {
            let message = "the function has another value than the one that you ask about";
            findings.push(
                Finding::new(Code::VARIABLE_DIFFERS, place(function, name), message)
                    .mended_by([set(case, function, name, Some(value))]),
            );
        }
    }
    findings.extend(params(case, function));
    findings
}

/// A variable that begins like one of the function's.
fn one(case: &Case<'_>, function: &Function, name: &str, value: &str) -> Option<Finding> {
    let params = case.needs.program.params();
    if name.starts_with(PARAM) {
        if params.iter().any(|param| variable(&param.name) == name) {
            return None;
        }
        let message = "the rules have no such parameter, and the function does not start";
        return Some(
            Finding::new(Code::PARAM_UNKNOWN, place(function, name), message)
                .mended_by([set(case, function, name, None)]),
        );
    }
    let Some((_, values)) = VARIABLES.iter().find(|(known, _)| *known == name) else {
        let message = "there is no such variable, and the function does not start with it";
        return Some(
            Finding::new(Code::VARIABLE_UNKNOWN, place(function, name), message)
                .mended_by([set(case, function, name, None)]),
        );
    };
    let can_be = |known: &&str| match name {
        "DISTRIBUTARY_LOG" => known.eq_ignore_ascii_case(value),
        _ => **known == *value,
    };
    if values.is_empty() || values.iter().any(can_be) {
        return None;
    }
    let each: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    let message =
        format!("the value is none of {}, and the function does not start", each.join(", "));
    Some(
        Finding::new(Code::VARIABLE_VALUE, place(function, name), message)
            .mended_by([set(case, function, name, None)]),
    )
}

/// Parameters that have no value or one that they cannot have: the function does not start.
fn params(case: &Case<'_>, function: &Function) -> Vec<Finding> {
    let program = case.needs.program;
    let refused = case.needs.refused.iter().map(|(name, message)| {
        Finding::new(Code::VARIABLE_VALUE, place(function, name), message).mended_by([set(
            case,
            function,
            name,
            Some("VALUE"),
        )])
    });
    let used = program.used_params(Scope::All);
    let used = used.into_iter().filter_map(|param| program.params().get(param));
    let missing = used.filter(|param| param.value.is_none()).map(|param| {
        let name = param.env.clone().unwrap_or_else(|| variable(&param.name));
        let message = format!("nothing gives the parameter `{}` a value", param.name);
        Finding::new(Code::PARAM_MISSING, place(function, &name), message).mended_by([set(
            case,
            function,
            &name,
            Some("VALUE"),
        )])
    });
    let is_refused = |finding: &Finding| {
        case.needs.refused.iter().any(|(name, _)| finding.place == place(function, name))
    };
    refused.chain(missing.filter(|finding| !is_refused(finding))).collect()
}

/// The command that sets or takes away one variable. The service takes all of them at once, so the
/// others are read and given back, unseen.
pub(crate) fn set(case: &Case<'_>, function: &Function, name: &str, value: Option<&str>) -> String {
    let flags = [
        ("function-name", function.function_name.as_str()),
        ("query", "Environment"),
        ("output", "json"),
    ];
    let read = aws(case.region(), "lambda get-function-configuration", &flags);
    let change = match value {
        Some(value) => format!(".Variables.{name} = {}", json!(value)),
        None => format!("del(.Variables.{name})"),
    };
    let flags = [("function-name", function.function_name.as_str())];
    let write = aws(case.region(), "lambda update-function-configuration", &flags);
    format!("{write} --environment \"$({read} | jq -c {})\"", quoted(&change))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_variables_are_those_of_the_documentation() {
        let page = include_str!("../../../docs/configuration.md");
        let names = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let own = |name: &&str| name.starts_with("DISTRIBUTARY_") && !name.starts_with(PARAM);
        let documented: BTreeSet<&str> = names.filter(own).collect();
        let known: BTreeSet<&str> = VARIABLES.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, documented);
    }
}
