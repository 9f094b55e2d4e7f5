//! Whether functions suit the rules: R008 to R012.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use distributary_rules::{Address, Lot, Mode, Program, Route, RouteKind};
use distributary_syntax::{Diagnostic, Spanned as Placed, closest, codes};

use super::deploy::Deploy;

/// What is wrong with functions in the light of the rules.
pub(super) fn check(deploys: &[Deploy], program: &Program) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let declared: Vec<&str> = program.sources().iter().map(|source| &*source.name).collect();
    let mut served: BTreeMap<&str, &Deploy> = BTreeMap::new();
    for deploy in deploys {
        let named = deploy.sources.iter().flatten();
        for source in named.filter(|source| !declared.contains(&source.node.as_str())) {
            findings.push(undeclared(source, &declared));
        }
        for source in declared.iter().filter(|source| deploy.serves(source)) {
            if let Some(first) = served.insert(source, deploy) {
                findings.push(twice(source, deploy, first));
            }
        }
    }
    for deploy in deploys {
        let own = program.serving(|source| deploy.serves(&source.name));
        findings.extend(deploy.create.iter().filter_map(|name| unmakable(name, &own)));
        if declared.is_empty() {
            findings.push(without_stream(deploy));
        }
        findings.extend(too_slow(deploy, &own));
        findings.extend(passing(deploy, &own));
        findings.extend(own.routes().iter().filter_map(|route| local(route, deploy)));
    }
    let Some(last) = deploys.last() else { return findings };
    for source in declared.iter().filter(|source| !served.contains_key(*source)) {
        let message = format!("no function serves the source `{source}`");
        let help =
            format!("add `\"{source}\"` to the `sources` of a function, or a function for it");
        findings.push(Diagnostic::warning(codes::UNSERVED, message, last.span).help(help));
    }
    findings
}

fn undeclared(source: &Placed<String>, declared: &[&str]) -> Diagnostic {
    let message = format!("the rules declare no source `{}`", source.node);
    let help = match closest(&source.node, declared.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a `source` of the rules".to_owned(),
    };
    Diagnostic::error(codes::DEPLOY_SOURCE, message, source.span).help(help)
}

/// A name of which nothing can be made with a function of these rules.
fn unmakable(name: &Placed<String>, own: &Program) -> Option<Diagnostic> {
    let addresses = own.addresses();
    let address = addresses.iter().find(|address| address.of == name.node);
    let source = own.sources().iter().find(|source| *source.name == *name.node);
    let (message, help) = match (address, source) {
        (Some(address), _) if address.is_open() => return None,
        (None, Some(source)) if !source.key.is_empty() => return None,
        (Some(_), _) => (
            format!("nothing can be made for `{}`, whose address is fixed", name.node),
            "make all of the address one parameter: it is then that of what is made".to_owned(),
        ),
        (None, Some(source)) => (
            format!("the table of `{}` cannot be made without its key", source.name),
            format!("say which attributes are the `key` of the source `{}`", source.name),
        ),
        (None, None) => {
            let makable = addresses.iter().map(|address| &*address.of);
            let makable = makable.chain(own.sources().iter().map(|source| &*source.name));
            let help = match closest(&name.node, makable) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a source that the function serves, a route that a rule in force \
                         sends to, or a lot that a service keeps"
                    .to_owned(),
            };
            (format!("nothing can be made for `{}`", name.node), help)
        }
    };
    Some(Diagnostic::error(codes::DEPLOY_SOURCE, message, name.span).help(help))
}

fn without_stream(deploy: &Deploy) -> Diagnostic {
    let message =
        format!("the rules declare no source, so `{}` has no stream to read", deploy.name);
    let help = "declare a `source` with its `table`, and say it in each rule";
    Diagnostic::error(codes::DEPLOY_SOURCE, message, deploy.span).help(help)
}

/// The lots in files: what waits there ends with the function's process.
fn passing(deploy: &Deploy, own: &Program) -> Vec<Diagnostic> {
    let kept: Vec<_> = own.addresses().into_iter().filter(Address::is_lot).collect();
    let is_kept = |lot: &&Lot| kept.iter().any(|address| *address.of == *lot.name);
    let finding = |lot: &Lot| {
        let message =
            format!("`{}` loses what waits in `{}`, which is a file", deploy.name, lot.name);
        let help = "take a lot of the kind `sqs`, `s3` or `dynamodb`";
        Diagnostic::error(codes::PASSING_LOT, message, deploy.span).help(help)
    };
    own.lots().iter().filter(|lot| !is_kept(lot)).map(finding).collect()
}

/// What goes to a file ends with the function's process; what goes to the console is in its log.
fn local(route: &Route, deploy: &Deploy) -> Option<Diagnostic> {
    let becomes = match route.kind {
        RouteKind::File => "ends with its process",
        RouteKind::Console => "is in its log, for whoever reads that",
        _ => return None,
    };
    let message = format!("what `{}` sends to `{}` {becomes}", deploy.name, route.name);
    let help = format!("give `{}` a queue, a topic or a bus", route.name);
    Some(Diagnostic::warning(codes::LOCAL_ROUTE, message, deploy.span).help(help))
}

/// Two functions on one stream would deliver everything twice.
fn twice(source: &str, deploy: &Deploy, first: &Deploy) -> Diagnostic {
    let place = |deploy: &Deploy| {
        let own = deploy.sources.iter().flatten().find(|own| own.node == source);
        own.map_or(deploy.span, |own| own.span)
    };
    let message = format!("`{}` and `{}` both serve `{source}`", first.name, deploy.name);
    Diagnostic::error(codes::DEPLOY_SOURCE, message, place(deploy))
        .label(place(first), "served here")
        .help("each would make every delivery: let one of them have it, and give both `sources`")
}

/// The routes that a function may cut short: the time that their failures may take is no less than
/// that of an invocation.
fn too_slow(deploy: &Deploy, own: &Program) -> Vec<Diagnostic> {
    let live = own.rules().iter().filter(|rule| rule.mode == Mode::Live);
    let used: BTreeSet<usize> =
        live.flat_map(|rule| rule.outputs.iter().map(|output| output.route)).collect();
    let routes = used.into_iter().filter_map(|route| own.routes().get(route));
    let slow = routes.filter(|route| route.within() >= deploy.timeout);
    let finding = |route: &Route| {
        let message = format!(
            "an invocation of `{}` ends after {}, and failures of `{}` may take {} of it",
            deploy.name,
            seconds(deploy.timeout),
            route.name,
            seconds(route.within())
        );
        let help = "give the function a longer `timeout`, or the route a shorter `within`";
        Diagnostic::warning(codes::SHORT_FUNCTION, message, deploy.span).help(help)
    };
    slow.map(finding).collect()
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
