//! Whether functions suit the rules: R008, R009 and R010.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use distributary_rules::{Mode, Program};
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
        findings.extend(deploy.create.iter().filter_map(|name| unmakable(name, deploy, program)));
        for source in declared.iter().filter(|source| deploy.serves(source)) {
            if let Some(first) = served.insert(source, deploy) {
                findings.push(twice(source, deploy, first));
            }
        }
    }
    findings.extend(deploys.iter().flat_map(|deploy| too_slow(deploy, program)));
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

/// A name of which nothing can be made with a function.
fn unmakable(name: &Placed<String>, deploy: &Deploy, program: &Program) -> Option<Diagnostic> {
    let served = program.sources().iter().map(|source| &*source.name);
    let served = served.filter(|source| deploy.serves(source)).map(str::to_owned);
    let makable: Vec<String> =
        program.addresses().into_iter().map(|address| address.of).chain(served).collect();
    if makable.contains(&name.node) {
        return None;
    }
    let message = format!("nothing can be made for `{}`", name.node);
    let help = match closest(&name.node, makable.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "name a source that the function serves, a route that a rule in force sends to, or \
                 a lot that a service keeps"
                .to_owned()
        }
    };
    Some(Diagnostic::error(codes::DEPLOY_SOURCE, message, name.span).help(help))
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
fn too_slow(deploy: &Deploy, program: &Program) -> Vec<Diagnostic> {
    let served = |source: Option<usize>| match source.and_then(|at| program.sources().get(at)) {
        Some(source) => deploy.serves(&source.name),
        None => true,
    };
    let rules =
        program.rules().iter().filter(|rule| rule.mode == Mode::Live && served(rule.source));
    let used: BTreeSet<usize> =
        rules.flat_map(|rule| rule.outputs.iter().map(|output| output.route)).collect();
    let routes = used.into_iter().filter_map(|route| program.routes().get(route));
    let slow = routes.filter(|route| route.within() >= deploy.timeout);
    let finding = |route: &distributary_rules::Route| {
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
