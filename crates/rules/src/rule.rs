//! `rule name { on … from … when … to … with … }`

use distributary_change::EventKind;
use distributary_syntax::ast::{self, Declaration, Name};
use distributary_syntax::{Diagnostic, closest, codes};

use crate::lower::Lowering;
use crate::names::listed;
use crate::program::{Output, Rule};

const KINDS: [EventKind; 3] = [EventKind::Insert, EventKind::Modify, EventKind::Remove];

const WORDS: [&str; 4] = ["INSERT", "MODIFY", "REMOVE", "ANY"];

impl Lowering<'_> {
    /// Checks a rule of a rule set with this many sources.
    pub(crate) fn rule(
        &mut self,
        declaration: &Declaration,
        written: &ast::Rule,
        sources: usize,
    ) -> Rule {
        for (construct, name) in
            [("`of`", &written.of), ("`mode`", &written.mode), ("`formerly`", &written.formerly)]
        {
            if let Some(name) = name {
                self.not_yet(construct, name.span);
            }
        }
        self.refuse_repeated_route(written);
        let mut events: Vec<EventKind> =
            written.on.iter().flat_map(|word| self.event_kinds(word)).collect();
        events.sort_unstable();
        events.dedup();
        Rule {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            events,
            source: self.source_of_rule(&declaration.name, written, sources),
            when: written.when.as_ref().map(|expr| self.when(expr)),
            outputs: written.to.iter().filter_map(|output| self.output(output)).collect(),
        }
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

    fn source_of_rule(
        &mut self,
        name: &Name,
        written: &ast::Rule,
        sources: usize,
    ) -> Option<usize> {
        if let Some(from) = &written.from {
            return self.names.sources.find(&from.node, from.span, &mut self.findings);
        }
        if sources > 1 {
            let message = format!("`{}` does not say which source it is for", name.node);
            let known = listed(self.names.sources.all());
            let help = format!("write `from` after the kinds of change: there are {known}");
            let span = written.on.last().map_or(name.span, |last| last.span);
            let finding = Diagnostic::error(codes::NO_SOURCE, message, span);
            self.findings.push(finding.help(help));
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
