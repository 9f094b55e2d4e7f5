//! What the role allows, and what the rules need.

mod glob;
mod statement;

use std::collections::BTreeSet;

use distributary_deploy::policy::{Purpose, Resource, Stream, Surroundings, policy};
use distributary_rules::{Address, AddressKind};
use serde_json::{Value, json};

use self::statement::{Grant, Statement, granted};
use crate::case::Case;
use crate::code::Code;
use crate::command::aws;
use crate::environment::{LEDGER, RULES};
use crate::facts::{Document, Function, Mapping, Seen, table_of};
use crate::finding::Finding;
use crate::home::Here;
use crate::look::bucket;
use crate::{mapping, target};

/// What no rule says, and what is not judged therefore: keys, and the network of a function in a VPC.
const UNJUDGED: [&str; 2] = ["kms:", "ec2:"];

pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let (Some(function), Some(here)) = (case.function, &case.here) else { return Vec::new() };
    let place = format!("role {}", role_of(function));
    if let Seen::Unseen(why) = &case.facts.role {
        return vec![case.unseen("what the role allows", &place, why)];
    }
    let documents = documents_of(case);
    // An address without a value is a finding of its own.
    let Some(needed) = needed(case, function, here, false) else { return Vec::new() };
    let allowed: Vec<Statement> = documents.iter().flat_map(of_document).collect();
    let mut findings = unmet(function, &needed, &allowed);
    // What is left of a former stream is read, too.
    let used = self::needed(case, function, here, true).unwrap_or(needed);
    for document in documents {
        findings.extend(extra(case, function, document, &used, &allowed));
    }
    findings
}

/// A target is encrypted with a key that the role may not use.
pub(crate) fn key(case: &Case<'_>, address: &Address, key: &str, place: String) -> Option<Finding> {
    let Seen::There(role) = &case.facts.role else { return None };
    if key.starts_with("alias/aws/") || key.contains(":alias/aws/") {
        return None;
    }
    let allowed: Vec<Statement> = role.documents.iter().flat_map(of_document).collect();
    let actions = ["kms:GenerateDataKey", "kms:Decrypt"];
    let is_allowed = |action: &&str| allowed.iter().any(|it| it.allows && it.names(action));
    if actions.iter().all(is_allowed) {
        return None;
    }
    let message = format!(
        "the role allows no use of the key that what `{}` leads to is encrypted with",
        address.of
    );
    let finding = Finding::new(Code::TARGET_KEY, place, message);
    // A policy takes the ARN of a key, and neither its id nor an alias.
    let resource = if key.starts_with("arn:") { key } else { "KEY_ARN" };
    let statement = |action| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    Some(finding.mended_by(case.function.map(|function| {
        put(function, &format!("distributary-key-{}", address.of), &actions.map(statement))
    })))
}

/// The statements of the derived policy, each with one action and one resource; with `former` also
/// for the former streams that mappings still read.
fn needed(
    case: &Case<'_>,
    function: &Function,
    here: &Here,
    former: bool,
) -> Option<Vec<Statement>> {
    let program = case.needs.program;
    // Without its table nobody knows which stream of a source is read, nor without the variables
    // which ledger.
    let is_unknown = |source| mapping::table(case, source).is_none();
    if function.environment.error.is_some() || program.sources().iter().any(is_unknown) {
        return None;
    }
    let streams = program.sources().iter().flat_map(|source| {
        let written = mapping::table(case, source).and_then(|it| it.latest_stream_arn.clone());
        let read = || mapping::of(case, source)?.event_source_arn.clone();
        let table = source.table.as_deref().unwrap_or_default();
        let all = here.arn("dynamodb", &format!("table/{table}/stream/*"));
        let stream = written.or_else(read).unwrap_or_else(|| all.clone());
        let others = mapping::all_of(case, source).into_iter().filter(|_| former);
        let others = others.filter_map(|mapping| mapping.event_source_arn.clone());
        let streams: BTreeSet<String> = others.chain([stream]).collect();
        let with_all = move |stream: String| {
            let table = stream.split_once("/stream/").filter(|_| table_of(&stream).is_some());
            let all = table.map_or_else(|| all.clone(), |(table, _)| format!("{table}/stream/*"));
            Stream { stream: Resource::arn(&stream), all: Resource::arn(&all) }
        };
        streams.into_iter().map(with_all)
    });
    let arn_of_table = |table: &String| match table.starts_with("arn:") {
        true => table.clone(),
        false => here.arn("dynamodb", &format!("table/{table}")),
    };
    let ledger = function.environment.variables.get(LEDGER).filter(|ledger| !ledger.is_empty());
    let own = || format!("/aws/lambda/{}", function.function_name);
    let group = function.logging_config.as_ref().and_then(|config| config.log_group.clone());
    let group = here.arn("logs", &format!("log-group:{}:*", group.unwrap_or_else(own)));
    // A folder or a file of the function's own needs no permission.
    let rules = function.environment.variables.get(RULES).and_then(|rules| rules.parse().ok());
    let mut surroundings = Surroundings {
        streams: streams.collect(),
        ledger: ledger.map(|ledger| Resource::arn(&arn_of_table(ledger))),
        log_group: Some(Resource::arn(&group)),
        rules: rules.unwrap_or_default(),
        home: Some(here.home()),
        ..Surroundings::default()
    };
    // A policy is derived for one such bucket, and each mapping may have its own.
    let buckets = failures(case).into_iter().map(|arn| Some(Resource::arn(arn)));
    let mut needed: Vec<Statement> = Vec::new();
    for bucket in buckets.chain([None]) {
        surroundings.on_failure = bucket;
        let document = policy(program, &surroundings, Purpose::Function).ok()?;
        for one in statement::read(&document).iter().flat_map(Statement::single) {
            if needed.iter().all(|known| known.json != one.json) {
                needed.push(one);
            }
        }
    }
    Some(needed)
}

/// The ARNs of the buckets for what mappings give up.
fn failures<'c>(case: &Case<'c>) -> BTreeSet<&'c str> {
    let Seen::There(mappings) = &case.facts.mappings else { return BTreeSet::new() };
    let destinations = mappings.iter().filter_map(Mapping::on_failure);
    destinations.filter(|destination| bucket(destination).is_some()).collect()
}

/// The bucket for what mappings give up, as far as the role tells: it may write there, and no lot is
/// there.
pub(crate) fn kept_failures(case: &Case<'_>) -> Option<String> {
    let lots: Vec<String> = case.needs.program.addresses().into_iter().filter_map(lot).collect();
    let objects = |statement: Statement| {
        let (action, resource) = statement.one()?;
        let arn = resource.strip_suffix("/*").filter(|_| action == "s3:PutObject")?;
        let is_lot = lots.iter().any(|lot| bucket(arn) == Some(lot));
        (!is_lot).then(|| arn.to_owned())
    };
    let allowed = documents_of(case).iter().flat_map(of_document);
    allowed.flat_map(|statement| statement.single()).find_map(objects)
}

/// The name of the bucket of a lot.
fn lot(address: Address) -> Option<String> {
    address.text.filter(|_| matches!(address.kind, AddressKind::LotBucket { .. }))
}

fn of_document(document: &Document) -> Vec<Statement> {
    statement::read(&document.document)
}

/// The name of the role.
pub(crate) fn role_of(function: &Function) -> &str {
    target::name_of(&function.role)
}

/// What is needed and not allowed, one finding for each resource.
fn unmet(function: &Function, needed: &[Statement], allowed: &[Statement]) -> Vec<Finding> {
    let mut unmet: Vec<(Grant, &str, Vec<&Statement>)> = Vec::new();
    for need in needed {
        let (grant, Some((_, resource))) = (granted(need, allowed), need.one()) else { continue };
        match unmet.iter_mut().find(|(same, of, _)| (*same, *of) == (grant, resource)) {
            Some((_, _, needs)) => needs.push(need),
            None => unmet.push((grant, resource, vec![need])),
        }
    }
    let finding = |(grant, resource, needs): (Grant, &str, Vec<&Statement>)| {
        let (code, verb) = match grant {
            Grant::Allowed => return None,
            Grant::Missing => (Code::PERMISSION_MISSING, "the role does not allow"),
            Grant::Denied => (Code::PERMISSION_DENIED, "a policy of the role denies"),
            Grant::Conditional => (
                Code::PERMISSION_CONDITIONAL,
                "under a condition, which may not hold, the role allows",
            ),
        };
        let actions: Vec<&str> = needs.iter().filter_map(|it| Some(it.one()?.0)).collect();
        let service = actions.first().and_then(|action| action.split(':').next());
        let actions: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
        let message = format!("{verb} {} on `{resource}`", actions.join(", "));
        let place = format!("role {}, {resource}", role_of(function));
        let finding = Finding::new(code, place, message);
        // What is denied or under a condition was written on purpose.
        if grant != Grant::Missing {
            return Some(finding);
        }
        // Also what is allowed, which may be by a policy of this name.
        let of_it = |need: &&Statement| need.one().is_some_and(|(_, of)| of == resource);
        let statements: Vec<Value> =
            needed.iter().filter(of_it).map(|need| need.json.clone()).collect();
        let name = policy_name(service.unwrap_or_default(), resource);
        Some(finding.mended_by([put(function, &name, &statements)]))
    };
    unmet.into_iter().filter_map(finding).collect()
}

/// A name for what a resource needs: of letters, digits and a few signs, 128 at most.
fn policy_name(service: &str, resource: &str) -> String {
    let tail = resource.split(':').skip(3).filter(|part| !part.is_empty());
    let tail = tail.collect::<Vec<_>>().join("-");
    let plain = |c: char| if c.is_ascii_alphanumeric() || "+=,.@_-".contains(c) { c } else { '-' };
    let name = format!("distributary-{service}-{tail}");
    name.chars().map(plain).take(128).collect()
}

/// What a policy allows beyond what is needed.
fn extra(
    case: &Case<'_>,
    function: &Function,
    document: &Document,
    needed: &[Statement],
    allowed: &[Statement],
) -> Option<Finding> {
    let statements = of_document(document);
    let is_needed = |one: &Statement| needed.iter().any(|need| need.covers(one));
    // Denied, or not judged: whoever wrote it knows what for.
    let is_others = |one: &Statement| {
        let is_unjudged = one.one().is_some_and(|(action, _)| {
            let of = |service: &str| action.to_ascii_lowercase().starts_with(service);
            // Without a bucket for failures it is not known which grants are for it.
            UNJUDGED.into_iter().any(of) || failures(case).is_empty() && of("s3:")
        });
        !one.allows || is_unjudged && !is_needed(one)
    };
    let singles: Vec<Statement> = statements.iter().flat_map(Statement::single).collect();
    let beyond = singles.iter().filter(|one| !is_needed(one) && !is_others(one));
    let beyond: Vec<String> = beyond.map(Statement::words).collect();
    if beyond.is_empty() {
        return None;
    }
    let name = document.arn.as_deref().unwrap_or(&document.name);
    let message = format!("the role allows more than the rules need: {}", beyond.join(", "));
    let place = format!("role {}, policy {name}", role_of(function));
    let finding = Finding::new(Code::PERMISSION_EXTRA, place, message);
    // A command would take that away, too.
    if singles.iter().any(is_others) {
        return Some(finding);
    }
    // The others stay, and so does what they need.
    let others = documents_of(case).iter().filter(|other| other.name != document.name);
    let others: Vec<Statement> = others.flat_map(of_document).collect();
    let is_ours = |need: &&Statement| {
        matches!(granted(need, allowed), Grant::Allowed) && granted(need, &others) != Grant::Allowed
    };
    let kept: Vec<Value> = needed.iter().filter(is_ours).map(|need| need.json.clone()).collect();
    let role = ("role-name", role_of(function));
    let mend = match (&document.arn, kept.is_empty()) {
        (Some(arn), true) => vec![detach(role, arn)],
        (Some(arn), false) => vec![put(function, "distributary", &kept), detach(role, arn)],
        (None, true) => {
            vec![aws("", "iam delete-role-policy", &[role, ("policy-name", &document.name)])]
        }
        (None, false) => vec![put(function, &document.name, &kept)],
    };
    Some(finding.mended_by(mend))
}

fn documents_of<'c>(case: &Case<'c>) -> &'c [Document] {
    match &case.facts.role {
        Seen::There(role) => &role.documents,
        _ => &[],
    }
}

fn detach(role: (&str, &str), arn: &str) -> String {
    aws("", "iam detach-role-policy", &[role, ("policy-arn", arn)])
}

/// The command that gives the role a policy of its own.
fn put(function: &Function, name: &str, statements: &[Value]) -> String {
    let document = json!({ "Version": "2012-10-17", "Statement": statement::merged(statements) });
    let flags = [
        ("role-name", role_of(function)),
        ("policy-name", name),
        ("policy-document", &document.to_string()),
    ];
    aws("", "iam put-role-policy", &flags)
}
