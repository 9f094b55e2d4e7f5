//! What the derived filters of event source mappings rely on.
//!
//! Patterns are not written here: they are derived from rules, as `rulesc filter` does.

mod cases;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{bail, ensure};
use distributary_deploy::filter::{Limits, criteria, wanted};
use distributary_rules::{Given, check};
use distributary_syntax::Sources;
use futures_util::FutureExt as _;
use serde_json::{Value, json};

use self::cases::Case;
use crate::assumption::{Assumption, Local, Seen, Test, Tried};
use crate::ground::Ground;
use crate::mapped::{Write, records};
use crate::price::Use;
use crate::scene::Scene;

pub(crate) static SCENE: Scene = Scene {
    name: "filters",
    template: include_str!("../../templates/mapping.json"),
    minutes: 25,
    uses: &[(Use::Write, 200), (Use::Second, 100), (Use::Sqs, 1_500)],
    assumptions: &[
        Assumption {
            id: "filter-dynamodb",
            says: "A filter asks about a text under `dynamodb`, image, attribute and `S`.",
            otherwise: "every filter keeps away what it should let pass, or lets everything pass",
            how: "`--strict` filter of `item.status == \"Paid\"`",
            test: Test::Always(|ground| passing(ground, &cases::DYNAMODB)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-event-name",
            says: "A filter may stand on `eventName` beside `dynamodb`; pages of AWS disagree.",
            otherwise: "the mapping is refused, or lets nothing pass; `--strict` does without",
            how: "filter of a rule that is on MODIFY alone",
            test: Test::Always(|ground| passing(ground, &cases::EVENT_NAME)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-identity",
            says: "A filter may stand on `userIdentity` beside `dynamodb`, and what has none passes `exists: false` of a member of it.",
            otherwise: "the mapping is refused, or deletions by people pass for those that expired",
            how: "filter of `not event.expired` for deletions",
            test: Test::Always(|ground| passing(ground, &cases::IDENTITY)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-prefix",
            says: "`prefix` and `suffix` work on texts, with their case.",
            otherwise: "records that fire are kept away",
            how: "filter of `starts with` and `ends with`",
            test: Test::Always(|ground| passing(ground, &cases::PREFIX)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-anything-but",
            says: "`anything-but` does not pass a field that is not there, and `exists: false` beside it does.",
            otherwise: "records that fire are kept away",
            how: "filter of `item.x != \"a\"`, with items that have and that lack `x`",
            test: Test::Always(|ground| passing(ground, &cases::ANYTHING_BUT)),
            local: Local::Wrongly(
                "nothing passes `exists: false` where the object around it is missing",
            ),
        },
        Assumption {
            id: "filter-or",
            says: "`$or` may stand inside of `dynamodb`.",
            otherwise: "records that fire are kept away, where rules ask more than five filters hold",
            how: "filter of six rules that ask two attributes each",
            test: Test::Always(|ground| passing(ground, &cases::OR)),
            local: Local::Wrongly("they take `$or` for the name of a field"),
        },
        Assumption {
            id: "filter-list",
            says: "A path goes through a list to all its elements.",
            otherwise: "records that fire are kept away",
            how: "filter of `any line in item.lines (line.sku == \"A\")`",
            test: Test::Always(|ground| passing(ground, &cases::LIST)),
            local: Local::Wrongly("they do not look into lists"),
        },
        Assumption {
            id: "filter-number",
            says: "A number is a text to a filter, and `exists` sees it.",
            otherwise: "records that fire are kept away",
            how: "filter of `item.n > 5`, which lets every number pass",
            test: Test::Always(|ground| passing(ground, &cases::NUMBER)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-flag",
            says: "`true` and `false` under `BOOL` and `true` under `NULL` are asked as such.",
            otherwise: "records that fire are kept away",
            how: "filter of `item.b == true` and `item.z == null`",
            test: Test::Always(|ground| passing(ground, &cases::FLAG)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-removed",
            says: "A deletion has an `OldImage` and no `NewImage`, and a filter may ask about either.",
            otherwise: "deletions that fire are kept away",
            how: "filter of `item.status == \"Paid\"` on any event",
            test: Test::Always(|ground| passing(ground, &cases::REMOVED)),
            local: Local::Truly,
        },
        Assumption {
            id: "filter-size",
            says: "A mapping takes five filters of 4,096 characters.",
            otherwise: "the mapping is refused; `--max` and fewer constants in rules mend it",
            how: "filters with as many constants as four of them hold, and a fifth",
            test: Test::Always(|ground| large(ground).boxed()),
            local: Local::Blindly("they have no limit"),
        },
    ],
};

/// What tells the test that everything before has passed or was kept away.
const END: &str = "end";

/// The filter that the rules want, and one that lets the last write pass.
fn filters(id: &str, rules: &[(&str, &str)], strict: bool) -> anyhow::Result<Value> {
    let mut text = "route out = console {} source t { table: \"t\" key: pk, sk }\n".to_owned();
    for (place, (events, asked)) in rules.iter().enumerate() {
        text += &format!(
            "rule r{place} {{ on {events} when item.pk == \"{id}\" and ({asked}) to out }}\n"
        );
    }
    let mut sources = Sources::new();
    sources.add("conformance.rules", &text);
    let checked = check(&sources, &Given::default());
    ensure!(!checked.has_errors(), "the rules of the test have an error");
    let wanted = [wanted(&checked.program, Some(0), strict)];
    // One of the five is for the end.
    let criteria = criteria(&wanted, Limits { filters: 4, ..Limits::default() });
    let end = json!({ "dynamodb": { "Keys": { "pk": { "S": [id] }, "sk": { "S": [END] } } } });
    let patterns = criteria.patterns.into_iter().chain([end.to_string()]);
    let filters: Vec<_> = patterns.map(|pattern| json!({ "Pattern": pattern })).collect();
    Ok(json!({ "Filters": filters }))
}

fn passing(ground: Arc<Ground>, case: &'static Case) -> Tried {
    passed(ground, case).boxed()
}

async fn passed(ground: Arc<Ground>, case: &Case) -> anyhow::Result<Seen> {
    let mut expected = BTreeSet::new();
    let mut kept: Vec<&str> = Vec::new();
    let mut writes: Vec<Write<'_>> = Vec::new();
    for (sk, attributes, passes) in case.writes {
        let attributes =
            (!attributes.is_empty()).then(|| serde_json::from_str(attributes)).transpose()?;
        let name = match &attributes {
            None => "REMOVE",
            Some(_) if kept.contains(sk) => "MODIFY",
            Some(_) => "INSERT",
        };
        kept.push(sk);
        if *passes {
            expected.insert(format!("{name} {sk}"));
        }
        writes.push((sk, attributes));
    }
    ground.write(case.id, &writes).await?;
    let criteria = filters(case.id, case.rules, case.strict)?;
    let passed = passes(&ground, case.id, &criteria).await?;
    let names = |names: Vec<&String>| match names.as_slice() {
        [] => "nothing".to_owned(),
        names => names.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "),
    };
    let what = format!(
        "kept away that should pass: {}; passed that should not: {}",
        names(expected.difference(&passed).collect()),
        names(passed.difference(&expected).collect())
    );
    Ok(Seen::decided(passed == expected, what))
}

/// The changes that pass, once the last one did.
async fn passes(ground: &Ground, id: &str, criteria: &Value) -> anyhow::Result<BTreeSet<String>> {
    ground.write(id, &[(END, Some(json!({})))]).await?;
    let mapping = ground.map(json!({ "FilterCriteria": criteria })).await?;
    let invocations = ground.invocations(id, |seen| records(seen).any(|it| it.sk == END)).await?;
    ground.unmap(&mapping).await?;
    if !records(&invocations).any(|record| record.sk == END) {
        bail!(Seen::decided(false, "the mapping was made, and lets nothing pass"));
    }
    let passed = records(&invocations).filter(|record| record.sk != END);
    Ok(passed.map(|it| format!("{} {}", it.name, it.sk)).collect())
}

/// As many constants as the limits hold, none of which is there.
async fn large(ground: Arc<Ground>) -> anyhow::Result<Seen> {
    const ID: &str = "filter-size";
    let constants = |of: usize| {
        let texts: Vec<_> = (0..102).map(|n| format!("\"{of}{n:0>35}\"")).collect();
        format!("item.x{of} in [{}]", texts.join(", "))
    };
    let asked: Vec<String> = (0..4).map(constants).collect();
    let rules: Vec<(&str, &str)> = asked.iter().map(|asked| ("INSERT", asked.as_str())).collect();
    let criteria = filters(ID, &rules, true)?;
    let lengths = criteria.pointer("/Filters").and_then(Value::as_array);
    let lengths = lengths.into_iter().flatten().filter_map(|it| it.get("Pattern")?.as_str());
    let lengths: Vec<_> = lengths.map(|pattern| pattern.len().to_string()).collect();
    passes(&ground, ID, &criteria).await?;
    Ok(Seen::decided(true, format!("taken, with {} characters", lengths.join(", "))))
}

#[cfg(test)]
mod tests {
    use distributary_deploy::filter::Pattern;

    use super::*;

    /// What the cases expect is what documentation says of the patterns: a derivation that is wider
    /// would be found by the test, and not by the service.
    #[test]
    fn cases_expect_what_documentation_says() {
        let cases = [
            &cases::DYNAMODB,
            &cases::EVENT_NAME,
            &cases::IDENTITY,
            &cases::PREFIX,
            &cases::ANYTHING_BUT,
            &cases::OR,
            &cases::LIST,
            &cases::NUMBER,
            &cases::FLAG,
            &cases::REMOVED,
        ];
        for case in cases {
            let criteria = filters(case.id, case.rules, case.strict).unwrap();
            let patterns: Vec<Pattern> = criteria["Filters"]
                .as_array()
                .unwrap()
                .iter()
                .map(|filter| Pattern::parse(filter["Pattern"].as_str().unwrap()).unwrap())
                .collect();
            let mut kept: std::collections::BTreeMap<&str, Value> = Default::default();
            for (sk, attributes, passes) in case.writes {
                let keys = json!({ "pk": { "S": case.id }, "sk": { "S": sk } });
                let old = kept.remove(sk);
                let mut change = json!({ "Keys": keys });
                let mut name = "REMOVE";
                if !attributes.is_empty() {
                    name = if old.is_some() { "MODIFY" } else { "INSERT" };
                    let mut image: Value = serde_json::from_str(attributes).unwrap();
                    image.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
                    kept.insert(sk, image.clone());
                    change["NewImage"] = image;
                }
                if let Some(old) = old {
                    change["OldImage"] = old;
                }
                let record = json!({ "eventName": name, "dynamodb": change });
                let passed = patterns.iter().any(|pattern| pattern.passes(&record));
                assert_eq!(passed, *passes, "{} {name} {sk}", case.id);
            }
        }
    }
}
