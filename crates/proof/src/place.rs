//! An attribute, as rules that are compared name it.

use distributary_change::EventKind;
use distributary_rules::{Path, Rule};
use distributary_syntax::ast::{Root, Step};

/// An attribute of an image.
pub(crate) type Place = (Root, Vec<Step>);

/// The attribute that a path leads to from this root; an `item` that is always the same
/// image is that image.
pub(crate) fn place(rule: &Rule, root: Root, path: &Path) -> Place {
    let root = match root {
        Root::Item if !rule.events.contains(&EventKind::Remove) => Root::New,
        Root::Item if rule.events == [EventKind::Remove] => Root::Old,
        root => root,
    };
    (root, path.steps.clone())
}
