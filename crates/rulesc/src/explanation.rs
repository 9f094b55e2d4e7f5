//! What every rule makes of one event, and why. Kinds of values are shown, never values, so that an
//! explanation can be passed on; payloads are what would leave anyhow.

use std::io::{self, Write};

use distributary_change::Record;
use distributary_delivery::Delivery;
use distributary_rules::evaluate::{self, Leaf, WhyNot};
use distributary_rules::{Mode, Program, Rule, Truth};
use distributary_syntax::{Sources, Span};

use crate::testing::seen;

/// How a rule set is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Explanation<'a> {
    pub(crate) program: &'a Program,
    pub(crate) sources: &'a Sources,
    /// The one rule to show, by its place.
    pub(crate) only: Option<usize>,
}

impl Explanation<'_> {
    /// Writes what becomes of a record, and says whether one of the shown rules fires.
    pub(crate) fn write(
        &self,
        record: &Record,
        source: Option<usize>,
        deliveries: &[Delivery],
        out: &mut impl Write,
    ) -> io::Result<bool> {
        writeln!(out, "{} {} of {}", record.id, record.kind.as_str(), record.table)?;
        let mut fires = false;
        for (index, rule) in self.program.rules().iter().enumerate() {
            if self.only.is_none_or(|only| only == index) {
                fires |= self.rule((index, rule), record, source, deliveries, out)?;
            }
        }
        writeln!(out)?;
        Ok(fires)
    }

    fn rule(
        &self,
        (index, rule): (usize, &Rule),
        record: &Record,
        source: Option<usize>,
        deliveries: &[Delivery],
        out: &mut impl Write,
    ) -> io::Result<bool> {
        let truth = evaluate::fires(self.program, index, record, source);
        let why_not = evaluate::why_not(self.program, index, record, source);
        let answer = match truth {
            Truth::True => "fires",
            Truth::False => "no",
            Truth::Unknown => "unknown",
        };
        let why = match why_not {
            Some(WhyNot::Off) => ": it is off".to_owned(),
            Some(WhyNot::Source) => ": it is for another source".to_owned(),
            Some(WhyNot::Kind) => ": it is for other kinds of change".to_owned(),
            Some(WhyNot::Guard(span)) => format!(": `{}` stops the event", self.text(span)),
            None if rule.mode == Mode::Shadow => ", in shadow: nothing is sent".to_owned(),
            None | Some(WhyNot::Condition(..)) => String::new(),
        };
        writeln!(out, "  {}: {answer}{why}", rule.name)?;
        if matches!(why_not, None | Some(WhyNot::Condition(..))) {
            for leaf in evaluate::leaves(self.program, index, record, source) {
                self.leaf(&leaf, out)?;
            }
        }
        for delivery in deliveries.iter().filter(|delivery| delivery.rule == rule.name) {
            let route = self.program.routes().get(delivery.route).map_or("", |route| &route.name);
            let payload = String::from_utf8_lossy(&delivery.message.body);
            writeln!(out, "    -> {route} {payload}")?;
        }
        Ok(truth == Truth::True)
    }

    fn leaf(&self, leaf: &Leaf<'_>, out: &mut impl Write) -> io::Result<()> {
        let answer = match leaf.truth {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
        };
        let question = self.text(leaf.span);
        match seen(leaf).as_str() {
            "" => writeln!(out, "    {answer:<7} {question}"),
            seen => writeln!(out, "    {answer:<7} {question}   ({seen})"),
        }
    }

    /// The text of the rules on one line.
    fn text(&self, span: Span) -> String {
        self.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
