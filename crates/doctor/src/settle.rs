//! The rules with the parameters that a function has.

use std::collections::BTreeMap;

use distributary_rules::Checked;
use distributary_syntax::Severity;

/// What `check` finds with a function's variables, without those that alone are the reason for an
/// error: each of these is named, with its error.
pub fn settle(
    variables: &BTreeMap<String, String>,
    check: impl Fn(&BTreeMap<String, String>) -> Checked,
) -> (Checked, Vec<(String, String)>) {
    let mut kept = variables.clone();
    let mut refused = Vec::new();
    loop {
        let checked = check(&kept);
        let Some(error) = errors(&checked).into_iter().next() else { return (checked, refused) };
        let is_reason = |name: &&String| {
            let mut others = kept.clone();
            others.remove(*name);
            !errors(&check(&others)).contains(&error)
        };
        let Some(reason) = kept.keys().find(is_reason).cloned() else { return (checked, refused) };
        kept.remove(&reason);
        refused.push((reason, error));
    }
}

fn errors(checked: &Checked) -> Vec<String> {
    let errors = checked.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    errors.map(|finding| finding.message.clone()).collect()
}
