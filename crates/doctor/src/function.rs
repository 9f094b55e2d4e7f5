//! The function itself, and the rules that it was deployed for.

use crate::case::Case;
use crate::code::Code;
use crate::command::{aws, quoted};
use crate::environment::{RULES, RULES_HASH};
use crate::facts::Function;
use crate::finding::Finding;

pub(crate) fn findings(case: &Case<'_>, function: &Function) -> Vec<Finding> {
    let mut findings = Vec::new();
    let states = [
        ("State", &function.state, "function-active-v2"),
        ("LastUpdateStatus", &function.last_update_status, "function-updated-v2"),
    ];
    let unsettled = states.into_iter().find_map(|(name, state, until)| {
        let state = state.as_deref().filter(|state| !["Active", "Successful"].contains(state))?;
        let message = format!("the function cannot be relied on: its {name} is `{state}`");
        let flags = [("function-name", function.function_name.as_str())];
        let wait = aws(case.region(), &format!("lambda wait {until}"), &flags);
        let finding = Finding::new(Code::FUNCTION_STATE, place(function, name), message);
        Some(finding.mended_by([wait]))
    });
    findings.extend(unsettled);
    findings.extend(settings(case, function));
    findings.extend(rules(case, function));
    findings
}

pub(crate) fn place(function: &Function, setting: &str) -> String {
    format!("function {}, {setting}", function.function_name)
}

fn settings(case: &Case<'_>, function: &Function) -> Vec<Finding> {
    let deploy = case.needs.deploy;
    let name = function.function_name.as_str();
    let number = |setting: &str, flag, has: Option<u64>, needed: u64| {
        let has = has.filter(|has| *has != needed)?;
        let message = format!("`rules.toml` says {needed}, and the function has {has}");
        let flags = [("function-name", name), (flag, &needed.to_string())];
        let mend = aws(case.region(), "lambda update-function-configuration", &flags);
        let place = place(function, setting);
        Some(Finding::new(Code::FUNCTION_SETTINGS, place, message).mended_by([mend]))
    };
    let mut findings: Vec<Finding> = [
        number(
            "MemorySize",
            "memory-size",
            function.memory_size.map(Into::into),
            deploy.memory.into(),
        ),
        number("Timeout", "timeout", function.timeout, deploy.timeout.as_secs()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [architecture] = function.architectures.as_slice()
        && *architecture != deploy.architecture.as_str()
    {
        let needed = deploy.architecture.as_str();
        let flags = [
            ("function-name", name),
            ("architectures", needed),
            ("zip-file", "fileb://function.zip"),
        ];
        findings.push(
            Finding::new(
                Code::FUNCTION_SETTINGS,
                place(function, "Architectures"),
                format!("`rules.toml` says `{needed}`, and the function has `{architecture}`"),
            )
            .mended_by([aws(case.region(), "lambda update-function-code", &flags)]),
        );
    }
    findings
}

/// The template writes the hash of the rules' text: what the values of parameters are the function's
/// other variables say.
fn rules(case: &Case<'_>, function: &Function) -> Option<Finding> {
    if function.environment.error.is_some() {
        return None;
    }
    let needs = case.needs;
    let place = place(function, RULES_HASH);
    let hash = function.environment.variables.get(RULES_HASH).filter(|hash| !hash.is_empty());
    let (code, message) = match hash {
        Some(hash) if hash == needs.text_hash => return None,
        Some(_) => {
            (Code::RULES_DIFFER, "the function was deployed for rules with another text than these")
        }
        None => (Code::RULES_UNKNOWN, "nothing says for which rules the function was deployed"),
    };
    let mut message = message.to_owned();
    let mut flags = match needs.deploy.sources {
        Some(_) => format!(" --deploy {}", quoted(&needs.deploy.name)),
        None => String::new(),
    };
    if let Some((from, place)) = apart(function) {
        message +=
            &format!("; it takes them from {place}, where a bundle of these has to be first");
        flags += &format!(" --rules-from {}", quoted(&from));
    }
    Some(Finding::new(code, place, message).mended_by([
        format!("rulesc template {}{flags} > template.json", needs.rules),
        format!(
            "sam deploy --template-file template.json --stack-name {} --resolve-s3 --capabilities \
             CAPABILITY_IAM",
            quoted(needs.stack.unwrap_or("STACK"))
        ),
    ]))
}

/// What `rulesc template` is told of rules that are not in the zip, whose next version is not known,
/// and where they are.
fn apart(function: &Function) -> Option<(String, String)> {
    let rules = function.environment.variables.get(RULES)?;
    match rules.rsplit_once("?versionId=") {
        Some((object, _)) if object.starts_with("s3://") => {
            Some((format!("{object}?versionId=VERSION"), format!("`{object}`")))
        }
        _ if rules.starts_with("/opt/") => {
            Some(("layer:LAYER_VERSION_ARN".to_owned(), "a layer".to_owned()))
        }
        _ => None,
    }
}
