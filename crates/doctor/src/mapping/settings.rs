//! The settings of an event source mapping.

use distributary_rules::Source;
use serde_json::{Value, json};

use super::{RECORD_AGE, place, update};
use crate::case::Case;
use crate::code::Code;
use crate::command::{aws, quoted};
use crate::environment::{PARTIAL_BATCH_RESPONSE, set};
use crate::facts::{Mapping, Seen};
use crate::filter;
use crate::finding::Finding;
use crate::function;
use crate::look::bucket;
use crate::permission;

const REPORT: &str = "ReportBatchItemFailures";
const EVENT_COUNT: &str = "EventCount";
/// The longest age that the template takes: a stream keeps a record for 86,400 seconds.
const OLDEST: i64 = 86_000;

pub(super) fn findings(case: &Case<'_>, mapping: &Mapping) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(state(case, mapping));
    findings.extend(partial_batch(case, mapping));
    if mapping.bisect_batch_on_function_error != Some(true) {
        let message = "one record that ends the function takes its whole batch with it";
        let place = place(mapping, "BisectBatchOnFunctionError");
        findings.push(Finding::new(Code::MAPPING_BISECT, place, message).mended_by([update(
            case,
            mapping,
            &[("bisect-batch-on-function-error", "")],
        )]));
    }
    if let Some(attempts) = mapping.maximum_retry_attempts.filter(|attempts| *attempts != -1) {
        let message = format!(
            "records are given up after {attempts} more attempts, and an outage is no reason to"
        );
        findings.push(
            Finding::new(Code::MAPPING_RETRIES, place(mapping, "MaximumRetryAttempts"), message)
                .mended_by([update(case, mapping, &[("maximum-retry-attempts", "-1")])]),
        );
    }
    if !mapping.maximum_record_age_in_seconds.is_some_and(|age| (60..=OLDEST).contains(&age)) {
        let message = "a record leaves its stream after a day, before it is given up to where \
                       somebody finds it";
        let age = RECORD_AGE.to_string();
        let place = place(mapping, "MaximumRecordAgeInSeconds");
        findings.push(Finding::new(Code::MAPPING_RECORD_AGE, place, message).mended_by([update(
            case,
            mapping,
            &[("maximum-record-age-in-seconds", &age)],
        )]));
    }
    findings.extend(on_failure(case, mapping));
    findings.extend(starting_position(mapping));
    findings.extend(numbers(case, mapping));
    let metrics = mapping.metrics_config.get("Metrics").and_then(Value::as_array);
    if !metrics.is_some_and(|metrics| metrics.iter().any(|metric| metric == EVENT_COUNT)) {
        let message = "the alarm on records that are given up has nothing to count";
        findings.push(
            Finding::new(Code::MAPPING_METRICS, place(mapping, "MetricsConfig"), message)
                .mended_by([update(case, mapping, &[("metrics-config", "Metrics=EventCount")])]),
        );
    }
    findings
}

fn state(case: &Case<'_>, mapping: &Mapping) -> Option<Finding> {
    let state = mapping.state.as_deref().unwrap_or("Enabled");
    if state != "Enabled" {
        let message = format!("no changes are read: the event source mapping is `{state}`");
        let finding = Finding::new(Code::MAPPING_STATE, place(mapping, "State"), message);
        return Some(finding.mended_by([update(case, mapping, &[("enabled", "")])]));
    }
    let result = mapping.last_processing_result.as_deref()?;
    let problem = result.strip_prefix("PROBLEM:")?.trim();
    let message = format!("the last batch came to nothing: {problem}");
    let group =
        case.function.and_then(|function| function.logging_config.as_ref()?.log_group.clone());
    let logs = group.map(|group| {
        aws(case.region(), &format!("logs tail {}", quoted(&group)), &[("since", "1h")])
    });
    let place = place(mapping, "LastProcessingResult");
    Some(Finding::new(Code::MAPPING_FAILING, place, message).mended_by(logs))
}

/// The mapping reads which records have to come again, and the function knows that it does.
fn partial_batch(case: &Case<'_>, mapping: &Mapping) -> Vec<Finding> {
    let mut findings = Vec::new();
    let reads = mapping.function_response_types.iter().any(|ty| ty == REPORT);
    let told = |function: &crate::facts::Function| {
        let value = function.environment.variables.get(PARTIAL_BATCH_RESPONSE);
        value.is_some_and(|value| value == "on")
    };
    if !reads {
        let message = match case.function.is_some_and(told) {
            true => {
                "records that have to come again are lost: the function names them, and the \
                     event source mapping does not read it"
            }
            false => "one record that has to come again brings its whole batch",
        };
        findings.push(
            Finding::new(
                Code::MAPPING_PARTIAL_BATCH,
                place(mapping, "FunctionResponseTypes"),
                message,
            )
            .mended_by([update(case, mapping, &[("function-response-types", REPORT)])]),
        );
    }
    let function = case.function.filter(|function| function.environment.error.is_none());
    if let Some(function) = function.filter(|function| reads && !told(function)) {
        let message = "one record that has to come again brings its whole batch, since the function \
                       does not know that the event source mapping reads which one it is";
        let place = function::place(function, PARTIAL_BATCH_RESPONSE);
        findings.push(Finding::new(Code::PARTIAL_BATCH_VARIABLE, place, message).mended_by([set(
            case,
            function,
            PARTIAL_BATCH_RESPONSE,
            Some("on"),
        )]));
    }
    findings
}

fn on_failure(case: &Case<'_>, mapping: &Mapping) -> Option<Finding> {
    let (code, message) = match mapping.on_failure() {
        Some(destination) if bucket(destination).is_some() => return None,
        Some(_) => (
            Code::MAPPING_DESTINATION,
            "of a batch that is given up only a notice is kept: S3 alone keeps the records",
        ),
        None => (Code::MAPPING_ON_FAILURE, "a batch that is given up is lost"),
    };
    let destination = destination(case).to_string();
    Some(Finding::new(code, place(mapping, "DestinationConfig"), message).mended_by([update(
        case,
        mapping,
        &[("destination-config", &destination)],
    )]))
}

/// The bucket that another mapping has, or that the role may write to.
fn destination(case: &Case<'_>) -> Value {
    let mappings = match &case.facts.mappings {
        Seen::There(mappings) => mappings.as_slice(),
        _ => &[],
    };
    let known = mappings.iter().filter_map(Mapping::on_failure).find(|arn| bucket(arn).is_some());
    let known = known.map(str::to_owned).or_else(|| permission::kept_failures(case));
    let bucket = known.unwrap_or_else(|| "arn:aws:s3:::BUCKET".to_owned());
    json!({ "OnFailure": { "Destination": bucket } })
}

/// A mapping cannot be told another position. One made anew would send again what this one sent, so
/// there is no command.
fn starting_position(mapping: &Mapping) -> Option<Finding> {
    let position = mapping.starting_position.as_deref().filter(|at| *at != "TRIM_HORIZON")?;
    let message = format!(
        "it began at `{position}`, so changes before that were not read, and some while it was made \
         may not have been: one made anew at `TRIM_HORIZON` reads those of the last day, and sends \
         all others of that day again"
    );
    let place = place(mapping, "StartingPosition");
    Some(Finding::new(Code::MAPPING_STARTING_POSITION, place, message))
}

fn numbers(case: &Case<'_>, mapping: &Mapping) -> Vec<Finding> {
    let deploy = case.needs.deploy;
    let all: [(&str, &str, Option<u64>, u64); 3] = [
        ("BatchSize", "batch-size", mapping.batch_size.map(Into::into), deploy.batch_size.into()),
        (
            "MaximumBatchingWindowInSeconds",
            "maximum-batching-window-in-seconds",
            mapping.maximum_batching_window_in_seconds,
            deploy.window.as_secs(),
        ),
        (
            "ParallelizationFactor",
            "parallelization-factor",
            mapping.parallelization_factor.map(Into::into),
            deploy.parallelization.into(),
        ),
    ];
    let finding = |(setting, flag, has, needed): (&str, &str, Option<u64>, u64)| {
        let has = has.filter(|has| *has != needed)?;
        let message = format!("`rules.toml` says {needed}, and the event source mapping has {has}");
        let finding = Finding::new(Code::MAPPING_SETTINGS, place(mapping, setting), message);
        Some(finding.mended_by([update(case, mapping, &[(flag, &needed.to_string())])]))
    };
    all.into_iter().filter_map(finding).collect()
}

/// The command that makes the mapping of a source, as the template has it.
pub(super) fn create(case: &Case<'_>, source: &Source, stream: &str) -> String {
    let deploy = case.needs.deploy;
    let function = case.function.map_or("FUNCTION", |function| &function.function_name);
    let (batch, window) = (deploy.batch_size.to_string(), deploy.window.as_secs().to_string());
    let (parallelization, age) = (deploy.parallelization.to_string(), RECORD_AGE.to_string());
    let destination = destination(case).to_string();
    let criteria = filter::derived(case, source).to_json().to_string();
    let mut flags = vec![
        ("function-name", function),
        ("event-source-arn", stream),
        ("starting-position", "TRIM_HORIZON"),
        ("batch-size", &batch),
        ("maximum-batching-window-in-seconds", &window),
        ("parallelization-factor", &parallelization),
        ("function-response-types", REPORT),
        ("bisect-batch-on-function-error", ""),
        ("maximum-retry-attempts", "-1"),
        ("maximum-record-age-in-seconds", &age),
        ("destination-config", &destination),
        ("metrics-config", "Metrics=EventCount"),
    ];
    if !filter::derived(case, source).patterns.is_empty() {
        flags.push(("filter-criteria", &criteria));
    }
    aws(case.region(), "lambda create-event-source-mapping", &flags)
}
