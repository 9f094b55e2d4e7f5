//! `route name = kind { … }`

use std::time::Duration;

use distributary_delivery::OnFailure;
use distributary_syntax::ast::{Declaration, Destination, Setting};
use distributary_syntax::codes;

use super::{Parking, Settings};
use crate::lower::Lowering;
use crate::route::{Format, Place, Route, RouteKind};

/// What every route has.
const COMMON: [&str; 10] = [
    "timeout",
    "retry",
    "within",
    "concurrency",
    "on_failure",
    "park",
    "max_block",
    "oversize",
    "format",
    "numbers",
];

const FORMATS: [(&str, Format); 3] =
    [("json", Format::Json), ("cloudevents", Format::CloudEvents), ("dynamodb", Format::DynamoDb)];

/// An invocation of a Lambda function ends after 15 minutes, whatever waits then.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// `DelaySeconds` of SQS ends there.
const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// A Lambda function has 1,024 file descriptors for all routes together.
const MOST_CONCURRENT: u32 = 100;

const MOST_RETRIES: u32 = 100;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(1);

const DEFAULT_WITHIN: Duration = Duration::from_secs(5);

/// The settings that a kind has beside the common ones, what it needs first.
fn own_settings(kind: RouteKind) -> &'static [&'static str] {
    match kind {
        RouteKind::EventBridge => &["bus", "source", "detail_type", "resources"],
        RouteKind::Sqs => &["queue", "attributes", "delay", "group"],
        RouteKind::SqsFifo => &["queue", "attributes", "group", "dedup"],
        RouteKind::Sns => &["topic", "subject", "attributes"],
        RouteKind::SnsFifo => &["topic", "subject", "attributes", "group", "dedup"],
        RouteKind::Console => &[],
        RouteKind::File => &["path"],
    }
}

impl Lowering<'_> {
    pub(crate) fn route(
        &mut self,
        declaration: &Declaration,
        destination: &Destination,
    ) -> (Route, Parking) {
        let kind = &destination.kind;
        let known = RouteKind::ALL.into_iter().find(|(name, _)| *name == kind.node);
        if known.is_none() {
            self.refuse_kind(kind, "route", &RouteKind::ALL.map(|(name, _)| name));
        }
        // Of a kind that does not exist nobody knows the settings.
        let written = known.map_or(&[][..], |_| &destination.settings);
        let kind = known.map_or(RouteKind::Console, |(_, kind)| kind);
        let settings = self.route_settings(kind, declaration, written);
        let place = match kind {
            RouteKind::EventBridge => Place::EventBridge {
                bus: self.fixed("bus", &settings),
                source: self.fixed("source", &settings),
            },
            RouteKind::Sqs | RouteKind::SqsFifo => Place::Queue(self.fixed("queue", &settings)),
            RouteKind::Sns | RouteKind::SnsFifo => Place::Topic(self.fixed("topic", &settings)),
            RouteKind::Console => Place::Console,
            RouteKind::File => Place::File(self.fixed("path", &settings)),
        };
        let (timeout, within) = self.times(&settings);
        let route = Route {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            kind,
            place,
            delay: self.delay(&settings),
            timeout,
            within,
            retry: self.whole("retry", &settings, 0..=MOST_RETRIES).unwrap_or(3),
            concurrency: self.whole("concurrency", &settings, 1..=MOST_CONCURRENT).unwrap_or(4),
            on_failure: OnFailure::BLOCK,
            oversize: None,
            per_message: self.per_message(kind, &settings),
            group_span: settings.get("group").map(|setting| setting.name.span),
            format: self.format(&settings),
            numbers_as_text: self.choice_of("numbers", &settings, &["string"]).is_some(),
            formerly: destination.formerly.as_ref().map(|name| name.node.as_str().into()),
        };
        (route, self.parking(&settings))
    }

    fn route_settings<'d>(
        &mut self,
        kind: RouteKind,
        declaration: &'d Declaration,
        written: &'d [Setting],
    ) -> Settings<'d> {
        let known: Vec<&str> = own_settings(kind).iter().chain(&COMMON).copied().collect();
        let unordered = matches!(kind, RouteKind::Sqs | RouteKind::Sns);
        let (dedup, rest): (Vec<&Setting>, _) =
            written.iter().partition(|setting| unordered && setting.name.node == "dedup");
        for setting in dedup {
            let message = format!("`{}` does not deduplicate", kind.as_str());
            let help = format!("make it `{}.fifo`, or leave `dedup` out", kind.as_str());
            self.refuse(codes::DEDUP_UNORDERED, setting.name.span, message, help);
        }
        Settings::read(self, format!("`{}`", kind.as_str()), &declaration.name, rest, &known)
    }

    /// `timeout` and `within`.
    fn times(&mut self, settings: &Settings<'_>) -> (Duration, Duration) {
        let limits = Duration::from_millis(1)..=LONGEST;
        let words = "a duration from `1ms` to `15m`";
        let timeout = self.duration("timeout", settings, |d| limits.contains(d), words);
        let within = self.duration("within", settings, |d| limits.contains(d), words);
        let (timeout_is, within_is) =
            (timeout.unwrap_or(DEFAULT_TIMEOUT), within.unwrap_or(DEFAULT_WITHIN));
        let places = ["timeout", "within"].map(|name| settings.get(name));
        if timeout_is >= within_is
            && let Some(setting) = places.into_iter().flatten().next()
        {
            let message =
                "`timeout` is not below `within`, so the first attempt that hangs is the last";
            let help = format!(
                "one attempt takes up to `timeout` ({timeout_is:?}), all failing ones together up to `within` ({within_is:?})"
            );
            self.refuse(codes::TIMEOUT, setting.name.span, message, help);
        }
        (timeout_is, within_is)
    }

    fn format(&mut self, settings: &Settings<'_>) -> Format {
        let word = self.choice_of("format", settings, &FORMATS.map(|(name, _)| name));
        let known = FORMATS.into_iter().find(|(name, _)| Some(*name) == word);
        known.map_or(Format::Json, |(_, format)| format)
    }

    fn delay(&mut self, settings: &Settings<'_>) -> Option<Duration> {
        let sound = |delay: &Duration| *delay <= LONGEST_DELAY && delay.subsec_nanos() == 0;
        self.duration("delay", settings, sound, "whole seconds up to `15m`")
    }
}
