//! What a redrive would send, and what one has sent, for people.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use bytes::Bytes;
use comfy_table::{CellAlignment, Table, presets};
use distributary_change::RawRecord;
use distributary_cli::{Exit, count};
use distributary_delivery::{Content, Envelope};
use distributary_plan::{Plan, Planner, Verdict};
use distributary_router::Taken;
use distributary_targets::Waiting;

use super::drain::Drained;
use super::replay::Replayed;
use super::select::Selection;
use super::{Redriving, key};
use crate::commands::wiring;

impl Redriving {
    /// Lists what would be sent. No item value is in it.
    pub(super) async fn list(&self, selection: &Selection) -> anyhow::Result<Exit> {
        let now = wiring::now()?;
        let mut unreadable = Vec::new();
        let mut deliveries = table(["route", "rule", "identity", "age", "attempts", "reason"]);
        let (mut waiting, mut paused) = (0, 0);
        for errand in &selection.deliveries {
            let route = self.resolved.routes.get(errand.route).context("no such route")?;
            let row = |envelope: &Envelope| delivery_row(&route.name, envelope, now);
            let what = Waiting::Route(&route.known_as);
            let rows = self.look(errand.lot, what, row, &mut unreadable).await?;
            waiting += rows.len();
            paused += if route.is_among(&self.paused) { rows.len() } else { 0 };
            deliveries.add_rows(rows);
        }
        let mut records = table(["event", "table", "age", "reason", "today"]);
        let mut quarantined = 0;
        let (planner, tables) = (Planner::new(self.loaded.program.clone()), self.tables());
        for lot in &selection.quarantines {
            let row = |envelope: &Envelope| self.record_row(envelope, &planner, now);
            let what = Waiting::Quarantine(&tables);
            let rows = self.look(*lot, what, row, &mut unreadable).await?;
            quarantined += rows.len();
            records.add_rows(rows);
        }
        let mut out = std::io::stdout().lock();
        for (table, rows) in [(deliveries, waiting), (records, quarantined)] {
            if rows > 0 {
                writeln!(out, "{}\n", table.trim_fmt())?;
            }
        }
        write!(out, "{} would be sent", deliveries_of(waiting))?;
        if paused > 0 {
            write!(out, ", {paused} of them not before their route is resumed")?;
        }
        if !selection.quarantines.is_empty() {
            write!(out, "; {} would go through the rules", count(quarantined, "record"))?;
        }
        writeln!(out, "; nothing was changed")?;
        for reason in &unreadable {
            anstream::eprintln!("error: {reason}");
        }
        Ok(if unreadable.is_empty() { Exit::Fine } else { Exit::No })
    }

    /// The rows of what waits in a lot, as far as the pace lets it be sent; each once.
    async fn look<const N: usize>(
        &self,
        lot: usize,
        what: Waiting<'_>,
        row: impl Fn(&Envelope) -> [String; N],
        unreadable: &mut Vec<String>,
    ) -> anyhow::Result<Vec<[String; N]>> {
        let store = self.connected.lots.get(lot).context("a lot that is not open")?;
        let name = &self.resolved.lots.get(lot).context("a lot without settings")?.name;
        let (mut rows, mut hidden, mut seen, mut from) =
            (Vec::new(), Vec::new(), HashSet::new(), None);
        loop {
            let page = store.browse(what, from.as_deref()).await;
            let page =
                page.map_err(|failure| anyhow!("lot `{name}` cannot be read: {}", failure.reason))?;
            let more = page.unreadable.into_iter();
            unreadable.extend(more.map(|reason| format!("lot `{name}`: {reason}")));
            let before = rows.len();
            for Taken { envelope, receipt } in page.waiting {
                if rows.len() < self.pace.most && seen.insert(key(&envelope)) {
                    rows.push(row(&envelope));
                }
                let record = Bytes::new();
                hidden.push(Taken { envelope: Envelope { record, ..envelope }, receipt });
            }
            from = page.next;
            if from.is_none() || rows.len() == before || rows.len() >= self.pace.most {
                break;
            }
        }
        store.give_back(&hidden).await;
        Ok(rows)
    }

    fn record_row(&self, envelope: &Envelope, planner: &Planner, now: i64) -> [String; 5] {
        let known = |text: &Option<Arc<str>>| text.as_deref().unwrap_or("–").to_owned();
        [
            known(&envelope.event),
            known(&envelope.table),
            age(now - envelope.parked_at),
            envelope.reason.clone(),
            self.today(planner, envelope),
        ]
    }

    /// What today's rules make of a record.
    fn today(&self, planner: &Planner, envelope: &Envelope) -> String {
        let raw = RawRecord { bytes: envelope.record.clone() };
        let Plan { deliveries, records, .. } = planner.plan(&[raw]);
        match records.first().map(|seen| &seen.verdict) {
            Some(Verdict::Undecodable(_)) => return "still cannot be decoded".to_owned(),
            Some(Verdict::ForeignTable(_)) => return "no source declares its table".to_owned(),
            _ if deliveries.is_empty() => return "no rule fires".to_owned(),
            _ => {}
        }
        let routes: BTreeSet<usize> = deliveries.iter().map(|delivery| delivery.route).collect();
        let routes = routes.into_iter().filter_map(|route| self.resolved.routes.get(route));
        let names: Vec<_> = routes.map(|route| &*route.name).collect();
        format!("to {}", names.join(", "))
    }
}

/// Says what was sent.
pub(super) fn summary(drained: &[Drained], replayed: &[Replayed]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let idle = |it: &Drained| it.delivered == 0 && it.left == 0 && it.stopped.is_none();
    if drained.iter().all(idle) && replayed.iter().all(Replayed::is_idle) {
        writeln!(out, "nothing waits")?;
        return Ok(());
    }
    if !drained.is_empty() {
        let mut table = table(["route", "lot", "delivered", "left"]);
        for Drained { route, lot, delivered, left, .. } in drained {
            table.add_row([&**route, lot, &delivered.to_string(), &left.to_string()]);
        }
        numbers(&mut table, 2);
        writeln!(out, "{}", table.trim_fmt())?;
    }
    for replayed in replayed.iter().filter(|it| !it.is_idle()) {
        let Replayed { lot, records, delivered, parked, .. } = replayed;
        write!(out, "lot `{lot}`: {} through the rules", count(*records, "record"))?;
        writeln!(out, ", {delivered} delivered, {parked} parked")?;
    }
    Ok(())
}

fn delivery_row(route: &str, envelope: &Envelope, now: i64) -> [String; 6] {
    let Content::Delivery { rule, identity, attempts, .. } = &envelope.content else {
        return <_>::default();
    };
    [
        route.to_owned(),
        rule.to_string(),
        identity.as_str().to_owned(),
        age(now - envelope.parked_at),
        attempts.to_string(),
        envelope.reason.clone(),
    ]
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// Puts the columns from one on to the right.
fn numbers(table: &mut Table, from: usize) {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn deliveries_of(count: usize) -> String {
    match count {
        1 => "1 delivery".to_owned(),
        _ => format!("{count} deliveries"),
    }
}

/// A time in its largest unit, as people say how long something waits.
fn age(seconds: i64) -> String {
    match seconds {
        ..120 => format!("{} s", seconds.max(0)),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_their_largest_unit() {
        for (seconds, expected) in [
            (-5, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (7_199, "119 min"),
            (7_200, "2 h"),
            (172_799, "47 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(age(seconds), expected);
        }
    }
}
