//! The tables of sources, and their streams.

use distributary_change::StreamView;
use distributary_rules::Source;

use crate::case::Case;
use crate::code::Code;
use crate::command::aws;
use crate::facts::{Seen, Table};
use crate::finding::Finding;
use crate::table;

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    case.needs.program.sources().iter().flat_map(|source| one(case, source)).collect()
}

fn one(case: &Case<'_>, source: &Source) -> Vec<Finding> {
    let Some(name) = source.table.as_deref() else { return Vec::new() };
    let place = |setting: &str| format!("table {name}{setting}");
    match case.facts.tables.get(name) {
        None => Vec::new(),
        Some(Seen::Unseen(why)) => {
            vec![case.unseen(&format!("the table of `{}`", source.name), &place(""), why)]
        }
        Some(Seen::Missing) => {
            let message = format!("the table of `{}` is not there", source.name);
            vec![
                Finding::new(Code::TABLE_MISSING, place(""), message)
                    .mended_by(create(case, source, name)),
            ]
        }
        Some(Seen::There(table)) => {
            let key = key(source, table, place(", KeySchema"));
            let stream = stream(case, source, table, name);
            let ttl = ttl(case, source, name);
            [key, stream, ttl].into_iter().flatten().collect()
        }
    }
}

/// As the template makes it, where the source says its key.
fn create(case: &Case<'_>, source: &Source, name: &str) -> Option<String> {
    let keys: Vec<&str> = source.key.iter().map(String::as_str).collect();
    let view = source.view.unwrap_or(StreamView::NewAndOldImages).as_str();
    (!keys.is_empty()).then(|| {
        let table = table::create(case.region(), name, &keys);
        format!("{table} --stream-specification StreamEnabled=true,StreamViewType={view}")
    })
}

fn key(source: &Source, table: &Table, place: String) -> Option<Finding> {
    if source.key.is_empty() || source.key == table.keys() {
        return None;
    }
    let message = format!(
        "its key is {}, and that of `{}` in the rules is {}: a table keeps its key, so the rules have \
         to say what it is",
        table.keys().join(", "),
        source.name,
        source.key.join(", ")
    );
    Some(Finding::new(Code::TABLE_KEY, place, message))
}

fn stream(case: &Case<'_>, source: &Source, table: &Table, name: &str) -> Option<Finding> {
    let needed = source.view.unwrap_or(StreamView::NewAndOldImages);
    let on = |view: StreamView| {
        let specification = format!("StreamEnabled=true,StreamViewType={}", view.as_str());
        update(case, name, &specification)
    };
    let specification = table.stream_specification.as_ref().filter(|stream| stream.stream_enabled);
    let Some(specification) = specification else {
        let message = format!("the table of `{}` writes no stream", source.name);
        let place = format!("table {name}, StreamSpecification");
        return Some(Finding::new(Code::STREAM_OFF, place, message).mended_by([on(needed)]));
    };
    let has = specification.stream_view_type.as_deref()?;
    if StreamView::parse(has).is_some_and(|has| is_enough(has, needed)) {
        return None;
    }
    let message = format!(
        "the stream carries `{has}`, and the rules of `{}` read `{}`: another view is another stream, \
         so stop all writes first, for changes in between are in neither, and tell whoever else reads \
         the former one",
        source.name,
        needed.as_str()
    );
    let place = format!("table {name}, StreamViewType");
    // A table that is being changed refuses the next change.
    let wait = aws(case.region(), "dynamodb wait table-exists", &[("table-name", name)]);
    let commands = [update(case, name, "StreamEnabled=false"), wait, on(needed)];
    Some(Finding::new(Code::STREAM_VIEW, place, message).mended_by(commands))
}

fn update(case: &Case<'_>, name: &str, specification: &str) -> String {
    let flags = [("table-name", name), ("stream-specification", specification)];
    aws(case.region(), "dynamodb update-table", &flags)
}

fn is_enough(has: StreamView, needed: StreamView) -> bool {
    has == needed || has == StreamView::NewAndOldImages || needed == StreamView::KeysOnly
}

fn ttl(case: &Case<'_>, source: &Source, name: &str) -> Option<Finding> {
    let ttl = source.ttl.as_deref()?;
    let place = format!("table {name}, TimeToLive");
    match case.facts.expiry.get(name)? {
        Seen::There(Some(attribute)) if attribute == ttl => None,
        Seen::Unseen(why) => Some(case.unseen("when items expire", &place, why)),
        Seen::There(_) | Seen::Missing => {
            let message =
                format!("items do not expire by `{ttl}`, as `{}` says in the rules", source.name);
            Some(Finding::new(Code::TABLE_TTL, place, message).mended_by([expire(
                case.region(),
                name,
                ttl,
            )]))
        }
    }
}

/// The command that lets a table's items expire.
pub(crate) fn expire(region: &str, table: &str, attribute: &str) -> String {
    let specification = format!("Enabled=true,AttributeName={attribute}");
    let flags = [("table-name", table), ("time-to-live-specification", &specification)];
    aws(region, "dynamodb update-time-to-live", &flags)
}
