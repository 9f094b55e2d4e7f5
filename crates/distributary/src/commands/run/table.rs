//! What became of every route's deliveries, over all batches.

use std::fmt;
use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets};
use distributary_router::{Report, RouteReport};

/// So many times of requests are kept of a route; of more every other one, by which percentiles stay. A
/// stream may be followed for weeks.
const TIMES: usize = 100_000;

/// The reports of all batches, added up.
#[derive(Debug, Default)]
pub(super) struct Totals {
    routes: Vec<RouteReport>,
}

impl Totals {
    pub(super) fn add(&mut self, report: Report) {
        if self.routes.is_empty() {
            self.routes = report.routes;
            return;
        }
        for (total, route) in self.routes.iter_mut().zip(report.routes) {
            total.matched += route.matched;
            total.delivered += route.delivered;
            total.parked += route.parked;
            total.held += route.held;
            total.dropped += route.dropped;
            total.unsettled += route.unsettled;
            total.attempts += route.attempts;
            (total.left, total.oldest_parked) = (route.left, route.oldest_parked);
            total.latencies.extend(route.latencies);
            total.latencies.sort();
            if total.latencies.len() > TIMES {
                let mut stays = false;
                total.latencies.retain(|_| {
                    stays = !stays;
                    stays
                });
            }
        }
    }

    pub(super) fn unsettled(&self) -> usize {
        self.routes.iter().map(|route| route.unsettled).sum()
    }

    pub(super) fn undelivered(&self) -> usize {
        let undelivered = |route: &RouteReport| {
            let RouteReport { dropped, unsettled, .. } = route;
            waiting(route) + dropped + unsettled
        };
        self.routes.iter().map(undelivered).sum()
    }

    /// Says on standard error what did not arrive.
    pub(super) fn report_undelivered(&self) {
        for route in &self.routes {
            let RouteReport { name, dropped, unsettled, .. } = route;
            let parked = &waiting(route);
            let fates = [(parked, "parked"), (dropped, "dropped"), (unsettled, "not delivered")];
            let fates: Vec<String> = fates
                .into_iter()
                .filter(|(count, _)| **count > 0)
                .map(|(count, fate)| format!("{count} {fate}"))
                .collect();
            if !fates.is_empty() {
                anstream::eprintln!("error: route `{name}`: {}", fates.join(", "));
            }
        }
    }
}

/// How much of what was parked may wait: nothing where a later batch has emptied the lot.
fn waiting(route: &RouteReport) -> usize {
    match (&route.left, route.oldest_parked) {
        (None, None) => 0,
        _ => route.parked + route.held,
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let blocks = self.unsettled() > 0;
        let mut header = vec!["route", "matched", "delivered", "parked", "dropped"];
        header.extend(blocks.then_some("unsettled"));
        header.extend(["attempts", "p50", "p99"]);
        table.set_header(header);
        for route in &self.routes {
            let parked = route.parked + route.held;
            let counts = [route.matched, route.delivered, parked, route.dropped];
            let mut row = vec![route.name.to_string()];
            row.extend(counts.map(|count| count.to_string()));
            row.extend(blocks.then(|| route.unsettled.to_string()));
            row.extend([route.attempts.to_string(), time(route.p50()), time(route.p99())]);
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for numbers in table.column_iter_mut().skip(1) {
            numbers.set_cell_alignment(CellAlignment::Right);
        }
        write!(f, "{}", table.trim_fmt())
    }
}

/// A duration with three significant digits, as far as it has them.
fn time(duration: Option<Duration>) -> String {
    let Some(duration) = duration else { return "–".to_owned() };
    let millis = duration.as_secs_f64() * 1_000.0;
    match millis {
        ..1.0 => format!("{millis:.2} ms"),
        1.0..100.0 => format!("{millis:.1} ms"),
        100.0..1_000.0 => format!("{millis:.0} ms"),
        _ => format!("{:.2} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_parked_and_has_left_the_lot_is_delivered() {
        let mut totals = Totals::default();
        let mut batch = |parked, oldest_parked, left: Option<&str>| {
            let left = left.map(str::to_owned);
            let (matched, delivered) = (5, 5 - parked);
            let route = RouteReport {
                matched,
                delivered,
                parked,
                oldest_parked,
                left,
                ..RouteReport::default()
            };
            totals.add(Report { routes: vec![route], ..Report::default() });
            totals.undelivered()
        };
        assert_eq!(batch(3, Some(1), None), 3);
        assert_eq!(batch(1, Some(1), Some("1 of them did not arrive")), 4);
        assert_eq!(batch(0, None, None), 0);
    }

    #[test]
    fn times_are_bounded_and_percentiles_stay() {
        let mut totals = Totals::default();
        for _ in 0..250 {
            let latencies = (1..=1_000).map(Duration::from_micros).collect();
            let route = RouteReport { latencies, ..RouteReport::default() };
            totals.add(Report { routes: vec![route], ..Report::default() });
        }
        let route = &totals.routes[0];
        assert!(route.latencies.len() <= TIMES);
        for (found, wanted) in [(route.p50(), 500), (route.p99(), 990)] {
            let found = found.unwrap().as_micros();
            assert!(found.abs_diff(wanted) <= 1, "{found}");
        }
    }
}
