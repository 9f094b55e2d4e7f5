//! The settings between the braces of a source, a lot or a route.

mod lot;
mod message;
mod parking;
mod route;
mod source;
mod value;

use distributary_syntax::ast::{Name, Setting};
use distributary_syntax::{Diagnostic, closest, codes};

use crate::lower::Lowering;
use crate::names::listed;

pub(crate) use lot::end_circles;
pub(crate) use parking::{Parking, settle};

/// The settings of one declaration: each is known, and there once.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    /// What has them, in words: "an `sqs` route".
    owner: String,
    name: &'a Name,
    settings: Vec<&'a Setting>,
    unknown: Vec<&'a str>,
}

impl<'a> Settings<'a> {
    /// Reports settings that the owner does not have, and those written twice.
    fn read(
        lowering: &mut Lowering<'_>,
        owner: impl Into<String>,
        name: &'a Name,
        written: impl IntoIterator<Item = &'a Setting>,
        known: &[&str],
    ) -> Self {
        let owner = owner.into();
        let mut settings: Vec<&Setting> = Vec::new();
        let mut unknown = Vec::new();
        for setting in written {
            let Name { node, span } = &setting.name;
            if !known.contains(&node.as_str()) {
                let help = match closest(node, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("{owner} has {}", listed(known.iter().copied())),
                };
                let message = format!("{owner} has no setting `{node}`");
                lowering.refuse(codes::UNKNOWN_SETTING, *span, message, help);
                unknown.push(node.as_str());
            } else if let Some(first) = settings.iter().find(|s| s.name.node == *node) {
                lowering.findings.push(
                    Diagnostic::error(
                        codes::REPEATED_SETTING,
                        format!("`{node}` is set twice"),
                        *span,
                    )
                    .note("again")
                    .label(first.name.span, "first here")
                    .help("leave one of them out"),
                );
            } else {
                settings.push(setting);
            }
        }
        Settings { owner, name, settings, unknown }
    }

    fn get(&self, name: &str) -> Option<&'a Setting> {
        self.settings.iter().copied().find(|setting| setting.name.node == name)
    }

    /// A setting without which the owner means nothing. A misspelt one is not missed as well.
    fn required(&self, name: &str, lowering: &mut Lowering<'_>) -> Option<&'a Setting> {
        let found = self.get(name);
        if found.is_none() && closest(name, self.unknown.iter().copied()).is_none() {
            let message = format!("{} needs the setting `{name}`", self.owner);
            let help = format!("add `{name}: …` to `{}`", self.name.node);
            lowering.refuse(codes::MISSING_SETTING, self.name.span, message, help);
        }
        found
    }
}
