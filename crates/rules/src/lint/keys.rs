//! R209: key attributes that a source does not have.

use distributary_syntax::ast::{Root, Step};
use distributary_syntax::{Diagnostic, closest, codes};

use super::subject::Subject;
use crate::names::listed;
use crate::reads::Read;

pub(super) fn lint(subject: &Subject<'_>, findings: &mut Vec<Diagnostic>) {
    let source = subject.source;
    for read in &subject.reads {
        let (Read::Path { path, .. } | Read::Both(path)) = read else { continue };
        let (Root::Keys, Some(Step::Key(name))) = (path.root, path.steps.first()) else { continue };
        if source.key.is_empty() || source.key.contains(name) {
            continue;
        }
        let names = || source.key.iter().map(String::as_str);
        let help = match closest(name, names()) {
            Some(near) => format!("did you mean `keys.{near}`?"),
            None => format!("its key attributes are {}", listed(names())),
        };
        let message = format!("`{}` has no key attribute `{name}`", source.name);
        findings.push(Diagnostic::error(codes::UNKNOWN_FIELD, message, path.span).help(help));
    }
}
