//! `rule name { on … from … when … to … with … }`, and `ignore`

use distributary_change::EventKind;
use distributary_syntax::ast::{self, Declaration, Name};
use distributary_syntax::{Diagnostic, Span, closest, codes};

use crate::lower::Lowering;
use crate::names::listed;
use crate::program::{Ignore, Mode, Output, Rule};

const KINDS: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

const MODES: [(&str, Mode); 3] =
    [("live", Mode::Live), ("shadow", Mode::Shadow), ("off", Mode::Off)];

const WORDS: [&str; 4] = ["INSERT", "MODIFY", "REMOVE", "ANY"];

impl Lowering<'_> {
    /// Checks a rule of a rule set with this many sources.
    pub(crate) fn rule(
        &mut self,
        declaration: &Declaration,
        written: &ast::Rule,
        sources: usize,
    ) -> Rule {
        let schema = self.schema_for(written.of.as_ref());
        self.under(schema);
        let when = self.when_of(schema, written.when.as_ref());
        let outputs = written.to.iter().filter_map(|output| self.output(output)).collect();
        self.under(None);
        self.refuse_repeated_route(written);
        let last = written.on.last().map_or(declaration.name.span, |last| last.span);
        Rule {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            events: self.events(&written.on),
            source: self.source_for(&declaration.name, written.from.as_ref(), last, sources),
            schema,
            when,
            outputs,
            mode: written.mode.as_ref().map_or(Mode::Live, |word| self.mode(word)),
            formerly: written.formerly.as_ref().map(|name| name.node.as_str().into()),
        }
    }

    /// Checks an `ignore` of a rule set with this many sources.
    pub(crate) fn ignore(
        &mut self,
        declaration: &Declaration,
        written: &ast::Ignore,
        sources: usize,
    ) -> Ignore {
        let name = &declaration.name;
        let last = written.on.last().map_or(name.span, |last| last.span);
        let schema = self.schema_for(written.of.as_ref());
        self.under(schema);
        let when = self.when_of(schema, written.when.as_ref());
        self.under(None);
        Ignore {
            name: name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: name.span,
            events: self.events(&written.on),
            source: self.source_for(name, written.from.as_ref(), last, sources),
            when,
        }
    }

    fn schema_for(&mut self, of: Option<&Name>) -> Option<usize> {
        let Name { node, span } = of?;
        self.names.schemas.find(node, *span, &mut self.findings)
    }

    fn mode(&mut self, word: &Name) -> Mode {
        let known = MODES.into_iter().find(|(name, _)| *name == word.node);
        if known.is_none() {
            let names = MODES.map(|(name, _)| name);
            let help = match closest(&word.node, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the modes are {}", listed(names)),
            };
            let message = format!("no rule has the mode `{}`", word.node);
            self.refuse(codes::SETTING_VALUE, word.span, message, help);
        }
        known.map_or(Mode::Off, |(_, mode)| mode)
    }

    /// The kinds of change that `on` names.
    fn events(&mut self, on: &[Name]) -> Vec<EventKind> {
        let mut events: Vec<EventKind> =
            on.iter().flat_map(|word| self.event_kinds(word)).collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    fn event_kinds(&mut self, word: &Name) -> Vec<EventKind> {
        if word.node == "ANY" {
            return KINDS.to_vec();
        }
        let kind = EventKind::parse(&word.node);
        if kind.is_none() {
            let meant = match word.node.to_uppercase().as_str() {
                "CREATE" | "CREATED" | "PUT" | "ADD" | "NEW" => Some("INSERT"),
                "UPDATE" | "UPDATED" | "CHANGE" | "CHANGED" => Some("MODIFY"),
                "DELETE" | "DELETED" | "EXPIRE" | "EXPIRED" => Some("REMOVE"),
                "ALL" | "EVERY" => Some("ANY"),
                _ => closest(&word.node, WORDS),
            };
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the kinds are {}", listed(WORDS)),
            };
            let message = format!("there is no kind of change `{}`", word.node);
            self.refuse(codes::UNKNOWN_EVENT, word.span, message, help);
        }
        kind.into_iter().collect()
    }

    /// The source that a rule or a test is for; `place` is where it would say so.
    pub(crate) fn source_for(
        &mut self,
        name: &Name,
        from: Option<&Name>,
        place: Span,
        sources: usize,
    ) -> Option<usize> {
        if let Some(from) = from {
            return self.names.sources.find(&from.node, from.span, &mut self.findings);
        }
        if sources > 1 {
            let message = format!("`{}` does not say which source it is for", name.node);
            let known = listed(self.names.sources.all());
            let help = format!("write `from` after this: there are {known}");
            self.refuse(codes::NO_SOURCE, place, message, help);
            return None;
        }
        (sources == 1).then_some(0)
    }

    fn output(&mut self, output: &ast::Output) -> Option<Output> {
        let Name { node, span } = &output.route;
        let route = self.names.routes.find(node, *span, &mut self.findings);
        let with = output.with.as_ref().map(|expr| self.with(expr));
        let span = output.with.as_ref().map_or(*span, |expr| expr.span);
        Some(Output { route: route?, with, span })
    }

    /// A delivery is one record, rule and route: two of them could not be told apart.
    fn refuse_repeated_route(&mut self, written: &ast::Rule) {
        for (index, ast::Output { route, .. }) in written.to.iter().enumerate() {
            let mut earlier = written.to.iter().take(index);
            if let Some(first) = earlier.find(|output| output.route.node == route.node) {
                let message = format!("this rule sends to `{}` twice", route.node);
                self.findings.push(
                    Diagnostic::error(codes::ROUTE_TWICE, message, route.span)
                        .note("again")
                        .label(first.route.span, "first here")
                        .help("send one payload, or write a second rule"),
                );
            }
        }
    }
}
