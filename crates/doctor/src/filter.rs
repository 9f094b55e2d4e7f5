//! The filters of event source mappings.

use distributary_deploy::filter::{Comparison, Criteria, Limits, compare, criteria, wanted};
use distributary_rules::Source;

use crate::case::Case;
use crate::code::Code;
use crate::facts::{Mapping, Unseen};
use crate::finding::Finding;
use crate::mapping::{self, place, update};

/// The most filters that an account can have on a mapping.
const MOST: usize = 10;

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let sources = case.needs.program.sources().iter();
    let finding = |source: &Source| one(case, source, mapping::of(case, source)?);
    sources.filter_map(finding).collect()
}

fn one(case: &Case<'_>, source: &Source, mapping: &Mapping) -> Option<Finding> {
    let place = place(mapping, "FilterCriteria");
    if let Some(error) = &mapping.filter_criteria_error {
        let why = Unseen {
            action: "kms:Decrypt".to_owned(),
            resource: mapping.kms_key_arn.clone().unwrap_or_default(),
            denied: true,
            reason: error.error_code.clone(),
        };
        return Some(case.unseen("the filter", &place, &why));
    }
    let has = mapping.patterns();
    let derived = derived(case, source);
    if compare(&has, &derived.patterns) == Comparison::Same {
        return None;
    }
    // With a raised quota, and on the `dynamodb` key alone.
    let finest = criteria_of(case, source, false, MOST);
    let others = (Limits::default().filters + 1..MOST)
        .map(|filters| criteria_of(case, source, false, filters))
        .chain([criteria_of(case, source, true, Limits::default().filters)]);
    let is_derived = |other: Criteria| compare(&has, &other.patterns) == Comparison::Same;
    let (code, message) = match compare(&has, &finest.patterns) {
        Comparison::Same => return None,
        _ if others.into_iter().any(is_derived) => return None,
        Comparison::Wider => (
            Code::FILTER_WIDE,
            format!("records of `{}` cost invocations that no rule asks about", source.name),
        ),
        Comparison::Narrower(lost) => (
            Code::FILTER_NARROW,
            format!(
                "changes of `{}` are lost that the rules ask for: {}",
                source.name,
                some(&lost)
            ),
        ),
        Comparison::Unclear => (
            Code::FILTER_UNCLEAR,
            format!(
                "it is not the filter that the rules of `{}` need, and may lose changes",
                source.name
            ),
        ),
    };
    let criteria = derived.to_json().to_string();
    Some(Finding::new(code, place, message).mended_by([update(
        case,
        mapping,
        &[("filter-criteria", &criteria)],
    )]))
}

/// The criteria that a template would have.
pub(crate) fn derived(case: &Case<'_>, source: &Source) -> Criteria {
    criteria_of(case, source, false, Limits::default().filters)
}

fn criteria_of(case: &Case<'_>, source: &Source, strict: bool, filters: usize) -> Criteria {
    let program = case.needs.program;
    let place = program.sources().iter().position(|other| other.name == source.name);
    criteria(&[wanted(program, place, strict)], Limits { filters, ..Limits::default() })
}

/// The first few, for there may be hundreds.
fn some(lost: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut text = lost.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    if lost.len() > SHOWN {
        text += &format!("; and {} more kinds", lost.len() - SHOWN);
    }
    text
}
