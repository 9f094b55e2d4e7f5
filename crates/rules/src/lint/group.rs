//! R406: a message group that does not follow the item key.
//!
//! Streams keep the order of one item's changes, and no other. A group of one item keeps all of
//! it; a wider one asks for an order between items that nobody promises, and one that can change
//! during an item's life loses the order of that item.

use std::collections::BTreeSet;

use distributary_syntax::ast::{Root, Step};
use distributary_syntax::{Diagnostic, Span, codes};

use crate::names::listed;
use crate::program::Program;
use crate::reads::Read;
use crate::source::Source;
use crate::term::{EventField, Term};

pub(super) fn lint(program: &Program, findings: &mut Vec<Diagnostic>) {
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    for rule in &program.rules {
        used.extend(rule.outputs.iter().filter_map(|output| Some((output.route, rule.source?))));
    }
    for (route, source) in used {
        let (Some(route), Some(source)) = (program.routes.get(route), program.sources.get(source))
        else {
            continue;
        };
        if let Some(group) = &route.per_message.group
            && route.kind.is_fifo()
            && !source.key.is_empty()
            && let Some(span) = route.group_span
        {
            findings.extend(judge(group, source, &route.name, span));
        }
    }
}

fn judge(group: &Term, source: &Source, route: &str, span: Span) -> Option<Diagnostic> {
    if *group == Term::Unknown {
        return None;
    }
    let (mut parts, mut others) = (BTreeSet::new(), false);
    group.reads(false, &mut |read| match read {
        Read::Path { path, .. } => match (path.root, path.steps.as_slice()) {
            (Root::Keys, []) => parts.extend(source.key.iter().map(String::as_str)),
            (_, [Step::Key(name)]) if source.key.contains(name) => {
                parts.insert(name.as_str());
            }
            _ => others = true,
        },
        Read::Event(field) => others |= !is_same_for_an_item(field),
        Read::Both(_) | Read::Change | Read::Param(_) => {}
    });
    let missing = source.key.iter().map(String::as_str).filter(|name| !parts.contains(name));
    let missing: Vec<&str> = missing.collect();
    let message = if others {
        format!(
            "the group of `{route}` can differ from one change of an item to the next: the order \
             of the changes of one item can be lost"
        )
    } else if missing.is_empty() {
        return None;
    } else {
        format!(
            "the group of `{route}` is coarser than an item of `{}`: the order between changes of \
             different items can be lost",
            source.name
        )
    };
    let help = format!(
        "leave `group` out for one group an item, or make it of {}",
        listed(source.key.iter().map(String::as_str))
    );
    Some(Diagnostic::warning(codes::COARSE_GROUP, message, span).help(help))
}

fn is_same_for_an_item(field: EventField) -> bool {
    use EventField::{Account, Region, Rule, Source, Table};
    matches!(field, Account | Region | Rule | Source | Table)
}
