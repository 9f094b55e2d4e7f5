//! What stands between the braces of sources, lots and routes.

use crate::ast::{Destination, Guard, Setting, Source};
use crate::grammar::{Pair, Rule};

use super::{Lower, is_mark};

/// Settings with what may stand among them.
struct Settings {
    settings: Vec<Setting>,
    guards: Vec<Guard>,
    formerly: Option<crate::ast::Name>,
}

impl Lower<'_> {
    pub(super) fn source(&mut self, pair: Pair<'_>) -> Option<Source> {
        let Settings { settings, guards, formerly } = self.settings(pair)?;
        if let Some(name) = formerly {
            let message = "a source has no `formerly`";
            self.misplaced(name.span, message, "it keeps the identities of a rule or a route");
        }
        Some(Source { settings, guards })
    }

    pub(super) fn lot<'s>(&mut self, inner: impl Iterator<Item = Pair<'s>>) -> Option<Destination> {
        let mut lot = self.route(inner)?;
        if let Some(name) = lot.formerly.take() {
            let message = "a lot has no `formerly`";
            self.misplaced(name.span, message, "it keeps the identities of a rule or a route");
        }
        Some(lot)
    }

    pub(super) fn route<'s>(
        &mut self,
        mut inner: impl Iterator<Item = Pair<'s>>,
    ) -> Option<Destination> {
        let kind = self.name(&inner.next()?);
        let Settings { settings, guards, formerly } = self.settings(inner.next()?)?;
        for guard in guards {
            let word = if guard.skip { "skip when" } else { "only when" };
            let message = format!("`{word}` belongs into a source");
            self.misplaced(guard.span, message, "a rule asks in its `when`");
        }
        Some(Destination { kind, settings, formerly })
    }

    fn settings(&mut self, pair: Pair<'_>) -> Option<Settings> {
        let mut settings = Settings { settings: Vec::new(), guards: Vec::new(), formerly: None };
        for part in pair.into_inner().filter(|p| !is_mark(p.as_rule())) {
            match part.as_rule() {
                Rule::guard => settings.guards.push(self.guard(part)?),
                Rule::formerly => {
                    let name = self.reference(&part.into_inner().nth(1)?);
                    if settings.formerly.is_some() {
                        let message = "a route has one `formerly`";
                        self.misplaced(name.span, message, "keep the name that it had first");
                    }
                    settings.formerly = Some(name);
                }
                _ => settings.settings.push(self.setting(part)?),
            }
        }
        Some(settings)
    }

    fn setting(&mut self, pair: Pair<'_>) -> Option<Setting> {
        let mut inner = pair.into_inner();
        let name = self.name(&inner.next()?);
        let values = inner.filter(|p| p.as_rule() == Rule::expr);
        let values = values.map(|p| self.expr(p)).collect::<Option<_>>()?;
        Some(Setting { name, values })
    }

    fn guard(&mut self, pair: Pair<'_>) -> Option<Guard> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let skip = inner.next()?.as_rule() == Rule::kw_skip;
        Some(Guard { skip, when: self.condition(inner.nth(1)?)?, span })
    }
}
