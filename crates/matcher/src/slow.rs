//! Conditions that make matching slow: every record is decoded to answer them.

use std::collections::HashSet;

use distributary_change::EventKind;
use distributary_rules::{Condition, Mode, Program};
use distributary_syntax::{Diagnostic, Span, codes};

use crate::compile::{Compiler, Node};

/// A warning for each rule, and each guard, for which every record that reaches it is decoded.
/// Where a parameter has no value, nothing is said of what asks for it.
#[must_use]
pub fn slow(program: &Program) -> Vec<Diagnostic> {
    let mut compiler = Compiler::new(program);
    let mut found = Vec::new();
    let mut look = |when: &Condition, kinds: &[EventKind], whole: Span, reaches: String| {
        let nodes = compiler.nodes(Some(when), kinds);
        let Some(part) = nodes.iter().find_map(|(_, node)| decoding(node)) else { return };
        let unset = |param: &usize| program.params().get(*param).is_none_or(|p| p.value.is_none());
        if !part.params().iter().any(unset) {
            found.push(finding(part, whole, &reaches));
        }
    };
    for rule in program.rules().iter().filter(|rule| rule.mode != Mode::Off) {
        if let Some(when) = &rule.when {
            let reaches = format!("every record that reaches `{}`", rule.name);
            look(when, &rule.events, rule.span, reaches);
        }
    }
    let all = [EventKind::Insert, EventKind::Modify, EventKind::Remove];
    for source in program.sources() {
        for guard in &source.guards {
            look(&guard.when, &all, guard.span, format!("every record of `{}`", source.name));
        }
    }
    // A rule of several kinds, or of several conditions that share one, is told once.
    let mut told = HashSet::new();
    found.retain(|finding| told.insert((finding.span(), finding.message.clone())));
    found
}

/// The part of a condition for which every record is decoded: no part before it, that the scan
/// answers, spares any.
fn decoding(node: &Node) -> Option<&Condition> {
    match node {
        Node::Reference(part) => part.whole.then_some(&part.condition),
        Node::Not(inner) => decoding(inner),
        Node::All(parts) => {
            let spares = |part: &Node| !matches!(part, Node::Known(_)) && decoding(part).is_none();
            if parts.iter().any(spares) { None } else { parts.iter().find_map(decoding) }
        }
        Node::Any(parts) => parts.iter().find_map(decoding),
        Node::Known(_) | Node::Ask(_) => None,
    }
}

fn finding(part: &Condition, whole: Span, reaches: &str) -> Diagnostic {
    let span = match part {
        Condition::At(origin, _) => origin.0,
        _ => whole,
    };
    Diagnostic::warning(codes::SLOW, format!("{reaches} is decoded to answer this"), span)
        .note("looks at a whole image, for which decoding takes thirty times as long as matching")
        .help(
            "name the attribute, as `item.flag exists`, or add with `and` what most records answer \
             with no, as `item.type == \"order\"`",
        )
}
