//! `rulesc bench`

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::Args;
use distributary_change::RawRecord;
use distributary_cli::{Events, Exit, Findings, Loaded, OutputFormat, StageArgs, load};
use distributary_matcher::{Asked, Matcher};
use distributary_rules::Scope;

/// How long the events are asked about again and again.
const TIME: Duration = Duration::from_secs(1);

/// How many rules are listed.
const LISTED: usize = 5;

/// Measure how fast rules are matched against captured events, and which of them cost most
///
/// One core, and the events are in memory. A rule costs where it has to be asked and does not
/// fire: give it a condition that tells its records from others, such as an equality.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// A file or directory of rules
    rules: PathBuf,

    /// Captured events: a Lambda event, a record, JSON lines or an array of either, or a directory
    /// of such files; `-` is standard input
    #[arg(long, value_name = "FILE|DIR")]
    events: PathBuf,

    #[command(flatten)]
    stage: StageArgs,
}

/// What one round over all events came to.
#[derive(Default)]
struct Account {
    asked: usize,
    fired: usize,
    decoded: usize,
    /// How often each rule was asked and did not fire.
    vain: Vec<usize>,
}

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let Loaded { program, rule_set } =
            load(&self.rules, &self.stage, Scope::Conditions, &mut findings)?;
        let matcher = Matcher::new(program.clone());
        let mut records = Vec::new();
        for chunk in Events::open(&self.events)? {
            let chunk = chunk?;
            if let Some(fault) = chunk.faults.first() {
                bail!("{fault}");
            }
            records.extend(chunk.records);
        }
        if records.is_empty() {
            bail!("there are no records in `{}` to measure with", self.events.display());
        }
        let rules = program.rules();
        let account = account(&matcher, &records, rules.len())?;
        let mut text = speed(&matcher, &records)?;
        let per_record = |count: usize| count as f64 / records.len() as f64;
        let (asked, fired) = (per_record(account.asked), per_record(account.fired));
        writeln!(text, "asked    {asked:.2} of {} rules per record, {fired:.2} fire", rules.len())?;
        writeln!(
            text,
            "decoded  {:.1} % of records to be asked about",
            per_record(account.decoded) * 100.0
        )?;
        let mut costly: Vec<_> = account.vain.iter().zip(rules).enumerate().collect();
        costly.retain(|(_, (vain, _))| **vain > 0);
        costly.sort_by_key(|(at, (vain, _))| Reverse((matcher.decodes(*at), **vain)));
        if !costly.is_empty() {
            text.push_str("\nasked in vain, per record\n");
        }
        for (at, (vain, rule)) in costly.into_iter().take(LISTED) {
            let line = rule_set.sources.position(rule.span).line;
            let file = rule_set.sources.get(rule.span.file).map_or("", |file| &file.name);
            let decodes = if matcher.decodes(at) { ", which decodes the record" } else { "" };
            let vain = per_record(*vain);
            writeln!(text, "  {vain:.2}  `{}` ({}:{}){decodes}", rule.name, file, line)?;
        }
        anstream::print!("{text}");
        Ok(Exit::Fine)
    }
}

/// Asks about every record once.
fn account(matcher: &Matcher, records: &[RawRecord], rules: usize) -> anyhow::Result<Account> {
    let (mut desk, mut firing) = (matcher.desk(), Vec::new());
    let mut account = Account { vain: vec![0; rules], ..Account::default() };
    for raw in records {
        firing.clear();
        let asked = matcher.ask(raw, &mut desk, &mut firing).context("an event is broken")?;
        account.decoded += usize::from(matches!(asked, Asked::Decoded(_)));
        account.asked += desk.asked().len();
        account.fired += firing.len();
        for rule in desk.asked().iter().filter(|rule| !firing.contains(rule)) {
            if let Some(vain) = account.vain.get_mut(*rule) {
                *vain += 1;
            }
        }
    }
    Ok(account)
}

/// Asks about all records again and again, and says how fast that was.
fn speed(matcher: &Matcher, records: &[RawRecord]) -> anyhow::Result<String> {
    let (mut desk, mut firing) = (matcher.desk(), Vec::new());
    let (start, mut asked) = (Instant::now(), 0_usize);
    while start.elapsed() < TIME {
        for raw in records {
            firing.clear();
            matcher.ask(raw, &mut desk, &mut firing)?;
        }
        asked += records.len();
    }
    let second = start.elapsed().as_secs_f64();
    let bytes: usize = records.iter().map(|raw| raw.bytes.len()).sum();
    let speed = asked as f64 / second;
    let megabytes = speed * bytes as f64 / records.len() as f64 / 1e6;
    Ok(format!(
        "records  {} of {} bytes on average\nspeed    {speed:.0} records/s, {:.0} ns per record, \
         {megabytes:.0} MB/s\n",
        records.len(),
        bytes / records.len(),
        1e9 / speed
    ))
}
