//! The event source mappings: one for each source, on the stream that its table writes.

mod settings;

use std::collections::BTreeSet;

use distributary_rules::Source;

use crate::code::Code;
use crate::command::aws;
use crate::examine::Case;
use crate::facts::{Mapping, Seen, Table};
use crate::finding::Finding;
use crate::look::bucket;

/// Between the hour that is left to put a record elsewhere and the 86,400 seconds for which a stream
/// keeps it.
pub(crate) const RECORD_AGE: i64 = 82_800;

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mappings = match &case.facts.mappings {
        Seen::There(mappings) => mappings.as_slice(),
        Seen::Missing => &[],
        Seen::Unseen(why) => {
            return vec![case.unseen("the event source mappings", "event source mappings", why)];
        }
    };
    let mut findings = Vec::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let sources = || case.needs.program.sources().iter();
    for source in sources().filter(|source| source.table.is_some()) {
        let of_source = of_source(mappings, source);
        used.extend(of_source.iter().map(|mapping| mapping.uuid.as_str()));
        match current(case, source, &of_source) {
            None => findings.push(missing(case, source)),
            Some(mapping) => {
                // Without its table nobody knows which of them reads what is written.
                let is_known = table(case, source).is_some();
                let others = of_source.iter().filter(|it| is_known && it.uuid != mapping.uuid);
                findings.extend(others.map(|other| extra(case, other, "another one reads")));
                findings.extend(stream(case, source, mapping));
                findings.extend(settings::findings(case, mapping));
            }
        }
    }
    // A source whose table is not known may be the one.
    let all_known = sources().all(|source| source.table.is_some());
    let is_used = |mapping: &&Mapping| used.contains(mapping.uuid.as_str());
    let unused = mappings.iter().filter(|mapping| all_known && !is_used(mapping));
    findings.extend(unused.map(|mapping| extra(case, mapping, "the rules have no source for")));
    findings.extend(failures(case, mappings));
    findings
}

pub(crate) fn place(mapping: &Mapping, setting: &str) -> String {
    format!("event source mapping {}, {setting}", mapping.uuid)
}

/// A command that changes one thing about a mapping.
pub(crate) fn update(case: &Case<'_>, mapping: &Mapping, flags: &[(&str, &str)]) -> String {
    let flags: Vec<_> = [("uuid", mapping.uuid.as_str())].iter().chain(flags).copied().collect();
    aws(case.region(), "lambda update-event-source-mapping", &flags)
}

/// The mappings on any stream of a source's table.
fn of_source<'m>(mappings: &'m [Mapping], source: &Source) -> Vec<&'m Mapping> {
    let table = source.table.as_deref();
    mappings.iter().filter(|mapping| table.is_some() && mapping.table() == table).collect()
}

/// The mapping of a source that was seen, if there is one: on the stream that is written rather than
/// on a former one.
pub(crate) fn of<'m>(case: &Case<'m>, source: &Source) -> Option<&'m Mapping> {
    let Seen::There(mappings) = &case.facts.mappings else { return None };
    current(case, source, &of_source(mappings, source))
}

fn current<'m>(case: &Case<'_>, source: &Source, of: &[&'m Mapping]) -> Option<&'m Mapping> {
    let written = table(case, source).and_then(|table| table.latest_stream_arn.as_deref());
    let on_it = of.iter().find(|mapping| mapping.event_source_arn.as_deref() == written);
    on_it.or(of.first()).copied()
}

/// The table of a source, where it was seen.
pub(crate) fn table<'c>(case: &Case<'c>, source: &Source) -> Option<&'c Table> {
    match case.facts.tables.get(source.table.as_deref()?)? {
        Seen::There(table) => Some(table),
        _ => None,
    }
}

fn missing(case: &Case<'_>, source: &Source) -> Finding {
    let stream = table(case, source).and_then(|table| table.latest_stream_arn.as_deref());
    let message =
        format!("no event source mapping brings the changes of `{}` to the function", source.name);
    let place = format!("source {}", source.name);
    Finding::new(Code::MAPPING_MISSING, place, message).mended_by([settings::create(
        case,
        source,
        stream.unwrap_or("STREAM_ARN"),
    )])
}

fn extra(case: &Case<'_>, mapping: &Mapping, why: &str) -> Finding {
    let table = mapping.table().unwrap_or("?");
    let message = format!("an event source mapping too many: {why} the table `{table}`");
    let flags = [("uuid", mapping.uuid.as_str())];
    Finding::new(Code::MAPPING_EXTRA, place(mapping, "EventSourceArn"), message).mended_by([aws(
        case.region(),
        "lambda delete-event-source-mapping",
        &flags,
    )])
}

/// A table whose stream was switched off and on writes another one.
fn stream(case: &Case<'_>, source: &Source, mapping: &Mapping) -> Option<Finding> {
    let written = table(case, source)?.latest_stream_arn.as_deref()?;
    if mapping.event_source_arn.as_deref() == Some(written) {
        return None;
    }
    let message =
        format!("the table of `{}` writes another stream than the one that is read", source.name);
    let delete = [("uuid", mapping.uuid.as_str())];
    Some(Finding::new(Code::MAPPING_STREAM, place(mapping, "EventSourceArn"), message).mended_by([
        settings::create(case, source, written),
        aws(case.region(), "lambda delete-event-source-mapping", &delete),
    ]))
}

/// The buckets for what mappings give up.
fn failures(case: &Case<'_>, mappings: &[Mapping]) -> Vec<Finding> {
    let buckets: BTreeSet<&str> =
        mappings.iter().filter_map(|mapping| bucket(mapping.on_failure()?)).collect();
    let finding = |name: &str| {
        let place = format!("bucket {name}");
        match case.facts.buckets.get(name)? {
            Seen::There(()) => None,
            Seen::Missing => {
                let message = "what event source mappings give up goes here, and there is none";
                let flags = [("bucket", name)];
                let mend = create_bucket(case.region(), &flags);
                Some(Finding::new(Code::FAILURES_MISSING, place, message).mended_by([mend]))
            }
            Seen::Unseen(why) => {
                Some(case.unseen("the bucket for what mappings give up", &place, why))
            }
        }
    };
    buckets.into_iter().filter_map(finding).collect()
}

/// Everywhere but in one region a bucket is told where it is.
pub(crate) fn create_bucket(region: &str, flags: &[(&str, &str)]) -> String {
    let place = format!("LocationConstraint={region}");
    let mut flags = flags.to_vec();
    if !["", "us-east-1"].contains(&region) {
        flags.push(("create-bucket-configuration", &place));
    }
    aws(region, "s3api create-bucket", &flags)
}
