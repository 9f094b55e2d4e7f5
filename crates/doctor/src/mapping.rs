//! The event source mappings: one for each source, on the stream that its table writes.

mod settings;

use std::collections::BTreeSet;

use distributary_rules::Source;

use crate::case::Case;
use crate::code::Code;
use crate::command::aws;
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
                // Of others nothing is said while none is known to read what is written.
                let reads = reads_written(case, source, mapping);
                let others = of_source.iter().filter(|it| reads && it.uuid != mapping.uuid);
                findings.extend(others.map(|other| beside(case, source, other)));
                findings.extend(stream(case, source, mapping));
                findings.extend(settings::findings(case, mapping));
            }
        }
    }
    // A source whose table is not known may be the one.
    let all_known = sources().all(|source| source.table.is_some());
    let is_used = |mapping: &&Mapping| used.contains(mapping.uuid.as_str());
    let unused = mappings.iter().filter(|mapping| all_known && !is_used(mapping));
    findings.extend(unused.map(|mapping| {
        let table = mapping.table().unwrap_or("?");
        extra(case, mapping, &format!("the rules have no source for the table `{table}`"))
    }));
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

/// The mappings of a source that were seen, also those on former streams of its table.
pub(crate) fn all_of<'m>(case: &Case<'m>, source: &Source) -> Vec<&'m Mapping> {
    match &case.facts.mappings {
        Seen::There(mappings) => of_source(mappings, source),
        _ => Vec::new(),
    }
}

/// The mapping of a source that was seen, if there is one: on the stream that is written rather than
/// on a former one.
pub(crate) fn of<'m>(case: &Case<'m>, source: &Source) -> Option<&'m Mapping> {
    current(case, source, &all_of(case, source))
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

/// The mapping of a source reads its table, too.
fn beside(case: &Case<'_>, source: &Source, mapping: &Mapping) -> Finding {
    let name = mapping.table().unwrap_or("?");
    let mut why = format!("another one reads the table `{name}`");
    if !reads_written(case, source, mapping) {
        why += ", which writes another stream: delete this one when it has read what is left of \
                its own, which is gone a day after the last change there";
    }
    extra(case, mapping, &why)
}

/// Whether a mapping reads the stream that the table of a source writes.
fn reads_written(case: &Case<'_>, source: &Source, mapping: &Mapping) -> bool {
    let written = table(case, source).and_then(|table| table.latest_stream_arn.as_deref());
    written.is_some() && mapping.event_source_arn.as_deref() == written
}

fn extra(case: &Case<'_>, mapping: &Mapping, why: &str) -> Finding {
    let message = format!("an event source mapping too many: {why}");
    let flags = [("uuid", mapping.uuid.as_str())];
    Finding::new(Code::MAPPING_EXTRA, place(mapping, "EventSourceArn"), message).mended_by([aws(
        case.region(),
        "lambda delete-event-source-mapping",
        &flags,
    )])
}

/// A table whose stream was switched off and on writes another one. The mapping of the former one
/// stays until it has read that: it is one too many as soon as there is another.
fn stream(case: &Case<'_>, source: &Source, mapping: &Mapping) -> Option<Finding> {
    let written = table(case, source)?.latest_stream_arn.as_deref()?;
    if mapping.event_source_arn.as_deref() == Some(written) {
        return None;
    }
    let message =
        format!("the table of `{}` writes another stream than the one that is read", source.name);
    let finding = Finding::new(Code::MAPPING_STREAM, place(mapping, "EventSourceArn"), message);
    Some(finding.mended_by([settings::create(case, source, written)]))
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
