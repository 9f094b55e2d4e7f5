//! Whether the values of settings that say where something is are addresses of such things.

use distributary_delivery::Arn;
use distributary_syntax::{Diagnostic, codes};

use crate::fixed::Fixed;
use crate::program::Program;
use crate::route::{LotPlace, Place};

impl Program {
    /// Reports every address whose parameters are known and that its service would refuse, and
    /// every table that two sources claim.
    pub(crate) fn check_places(&self, findings: &mut Vec<Diagnostic>) {
        for route in &self.routes {
            let fifo = route.kind.is_fifo();
            match &route.place {
                Place::EventBridge { bus, source } => {
                    self.place(bus, findings, bus_problem);
                    self.place(source, findings, source_problem);
                }
                Place::Queue(queue) => self.place(queue, findings, |t| arn_problem(t, "sqs", fifo)),
                Place::Topic(topic) => self.place(topic, findings, |t| arn_problem(t, "sns", fifo)),
                Place::File(path) => self.place(path, findings, empty),
                Place::Console => {}
            }
        }
        for lot in &self.lots {
            match &lot.place {
                LotPlace::Sqs { queue } => {
                    self.place(queue, findings, |t| arn_problem(t, "sqs", false))
                }
                LotPlace::DynamoDb { table } => self.place(table, findings, table_problem),
                LotPlace::S3 { bucket, .. } => self.place(bucket, findings, bucket_problem),
                LotPlace::File { path } => self.place(path, findings, empty),
            }
        }
        for source in &self.sources {
            self.place(&source.table_setting, findings, table_name_problem);
        }
        self.check_tables(findings);
    }

    fn place(
        &self,
        fixed: &Fixed,
        findings: &mut Vec<Diagnostic>,
        problem: impl FnOnce(&str) -> Option<(String, &'static str)>,
    ) {
        if let Some((message, help)) = fixed.text(&self.params).and_then(|text| problem(&text)) {
            let finding = Diagnostic::error(codes::WRONG_PLACE, message, fixed.span);
            findings.push(finding.help(help));
        }
    }

    fn check_tables(&self, findings: &mut Vec<Diagnostic>) {
        for (index, source) in self.sources.iter().enumerate() {
            let Some(table) = &source.table else { continue };
            let earlier = self.sources.iter().take(index);
            if let Some(first) = earlier.into_iter().find(|s| s.table.as_ref() == Some(table)) {
                let message =
                    format!("`{}` and `{}` are both the table `{table}`", first.name, source.name);
                findings.push(
                    Diagnostic::error(codes::SAME_TABLE, message, source.table_setting.span)
                        .label(first.table_setting.span, "the same table")
                        .help("a record has one source: leave one of them out"),
                );
            }
        }
    }
}

fn empty(text: &str) -> Option<(String, &'static str)> {
    text.is_empty().then(|| ("an empty text leads nowhere".to_owned(), "write where it is"))
}

fn arn_problem(text: &str, service: &str, fifo: bool) -> Option<(String, &'static str)> {
    let (thing, help) = match service {
        "sqs" => ("queue", "write an ARN such as `arn:aws:sqs:eu-central-1:123456789012:orders`"),
        _ => ("topic", "write an ARN such as `arn:aws:sns:eu-central-1:123456789012:orders`"),
    };
    let Some(arn) = Arn::parse(text).filter(|arn| arn.service == service) else {
        return Some((format!("`{text}` is not the ARN of a {thing}"), help));
    };
    match (arn.resource.ends_with(".fifo"), fifo) {
        (true, false) => Some((
            format!("`{text}` is a FIFO {thing}, where a standard one belongs"),
            "take a standard one here, or a route whose kind ends in `.fifo`",
        )),
        (false, true) => Some((
            format!("`{text}` is not a FIFO {thing}"),
            "their names end in `.fifo`; take such a one, or leave `.fifo` out of the route's kind",
        )),
        _ => None,
    }
}

fn bus_problem(text: &str) -> Option<(String, &'static str)> {
    let is_bus = |arn: Arn| arn.service == "events" && arn.resource.starts_with("event-bus/");
    if text.starts_with("arn:") && !Arn::parse(text).is_some_and(is_bus) {
        let help = "write the name of a bus, or an ARN such as \
                    `arn:aws:events:eu-central-1:123456789012:event-bus/orders`";
        return Some((format!("`{text}` is not the ARN of an event bus"), help));
    }
    empty(text)
}

/// Records say the name of their table, never its ARN.
fn table_name_problem(text: &str) -> Option<(String, &'static str)> {
    let help = "write its name alone: letters, digits, `_`, `-` and `.`";
    let sound = text.bytes().all(in_table_names);
    (!sound).then(|| (format!("`{text}` is not the name of a table"), help)).or_else(|| empty(text))
}

fn in_table_names(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

fn table_problem(text: &str) -> Option<(String, &'static str)> {
    let named = |name: &str| (3..=255).contains(&name.len()) && name.bytes().all(in_table_names);
    let sound = if text.starts_with("arn:") {
        Arn::parse(text).is_some_and(|arn| {
            arn.service == "dynamodb" && arn.resource.strip_prefix("table/").is_some_and(named)
        })
    } else {
        named(text)
    };
    let help = "write its name, or an ARN such as \
                `arn:aws:dynamodb:eu-central-1:123456789012:table/parked`";
    (!sound).then(|| (format!("`{text}` is not the name or ARN of a table"), help))
}

fn bucket_problem(text: &str) -> Option<(String, &'static str)> {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let sound = (3..=63).contains(&text.len())
        && text.bytes().all(|b| letter(b) || b == b'-' || b == b'.')
        && text.bytes().next().is_some_and(letter)
        && text.bytes().last().is_some_and(letter);
    let help = "write its name: 3 to 63 small letters, digits, `-` and `.`";
    (!sound).then(|| (format!("`{text}` is not the name of a bucket"), help))
}

fn source_problem(text: &str) -> Option<(String, &'static str)> {
    if text.starts_with("aws.") {
        let message =
            format!("`{text}` is not yours: sources that start with `aws.` are AWS's own");
        return Some((message, "write a name of your own, such as `com.acme.shop`"));
    }
    empty(text)
}
