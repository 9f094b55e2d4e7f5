use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use distributary_rules::Unmatched;
use serde_json::{Value, json};

use super::*;

fn records() -> Vec<Seen> {
    let verdicts = [
        Verdict::Matched(2),
        Verdict::Undecodable("no number".to_owned()),
        Verdict::Unmatched(Unmatched::Count),
        Verdict::Unmatched(Unmatched::Warn),
        Verdict::Unmatched(Unmatched::Ignore),
        Verdict::Ignored,
        Verdict::Skipped,
        Verdict::ForeignTable("other".to_owned()),
        Verdict::PoorerThanView(1),
    ];
    let seen = |verdict| Seen { event: None, sequence: None, verdict };
    verdicts.into_iter().map(seen).collect()
}

fn report() -> Report {
    let sick = RouteReport {
        name: "sick".into(),
        before: 2,
        parked: 5,
        held: 1,
        dropped: 3,
        unsettled: 4,
        redriven: 6,
        oldest_parked: Some(1_800_000_000 - 90),
        latencies: (0..250).map(Duration::from_millis).collect(),
        ..RouteReport::default()
    };
    let well = RouteReport {
        name: "well".into(),
        delivered: 7,
        latencies: vec![Duration::from_micros(1_250)],
        ..RouteReport::default()
    };
    let idle = RouteReport { name: "idle".into(), ..RouteReport::default() };
    Report { routes: vec![sick, well, idle], ..Report::default() }
}

fn lines(metrics: Metrics, records: &[Seen], report: &Report) -> Vec<String> {
    let batch = Batch { records, oldest: Some(1_800_000_000 - 3), milliseconds: 40 };
    metrics.lines(&Facts {
        function: "orders-fan-out",
        rules: "5e1f",
        fallback: true,
        now: 1_800_000_000,
        report,
        batch: Some(batch),
    })
}

fn of(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// The lines as they are written, few first.
#[test]
fn lines_are_as_they_were() {
    let all = [Metrics::Few, Metrics::All].map(|it| lines(it, &records(), &report()));
    let text = all.concat().join("\n") + "\n";
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metrics.jsonl");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&golden).unwrap(), "UPDATE_GOLDEN=1 accepts it");
}

/// What the format asks for: its schema, and what it says beside it of members that are referred to.
#[test]
fn every_line_keeps_to_the_format() {
    let schema = of(include_str!("embedded.schema.json"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in [Metrics::Few, Metrics::All].iter().flat_map(|it| lines(*it, &records(), &report()))
    {
        let line = of(&line);
        assert!(validator.is_valid(&line), "{line}: {:?}", validator.validate(&line));
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension} in {line}");
        }
        for metric in directive["Metrics"].as_array().unwrap() {
            let value = &line[metric["Name"].as_str().unwrap()];
            let values = value.as_array().map_or(1, Vec::len);
            let all_numbers = value.as_array().is_some_and(|all| all.iter().all(Value::is_number));
            assert!(value.is_number() || all_numbers, "{metric} in {line}");
            assert!((1..=100).contains(&values), "{metric} in {line}");
        }
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let schema = of(include_str!("embedded.schema.json"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let right = of(&lines(Metrics::Few, &records(), &report())[0]);
    assert!(validator.is_valid(&right));
    for (place, wrong) in [
        ("/_aws/Timestamp", json!("today")),
        ("/_aws/CloudWatchMetrics/0/Namespace", json!("")),
        ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Pieces")),
        ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!(7)),
        ("/_aws/CloudWatchMetrics/0/Dimensions/0", json!("FunctionName")),
    ] {
        let mut line = right.clone();
        *line.pointer_mut(place).unwrap() = wrong;
        assert!(!validator.is_valid(&line), "{place}");
    }
}

#[test]
fn nothing_costs_where_there_is_nothing_to_say() {
    let quiet = Report { routes: vec![RouteReport::default()], ..Report::default() };
    let facts =
        |batch| Facts { function: "f", rules: "r", fallback: false, now: 7, report: &quiet, batch };
    for metrics in [Metrics::Off, Metrics::Few, Metrics::All] {
        assert_eq!(metrics.lines(&facts(None)), [""; 0]);
    }
    let empty = Batch { records: &[], oldest: None, milliseconds: 1 };
    assert_eq!(Metrics::Few.lines(&facts(Some(empty))), [""; 0]);
    assert_eq!(lines(Metrics::Off, &records(), &report()), [""; 0]);
}

#[test]
fn others_than_the_rules_in_force_were_asked_for() {
    let facts = |fallback| {
        let batch = Batch { records: &[], oldest: None, milliseconds: 1 };
        let report = Box::leak(Box::default());
        Facts { function: "f", rules: "r", fallback, now: 7, report, batch: Some(batch) }
    };
    let [line] = &Metrics::Few.lines(&facts(true))[..] else { panic!("one line") };
    assert_eq!((&of(line)["FallbackRules"], &of(line)["FunctionName"]), (&json!(1), &json!("f")));
    assert_eq!(Metrics::Few.lines(&facts(false)), [""; 0]);
}

#[test]
fn of_many_times_the_percentiles_stay() {
    let all = lines(Metrics::All, &records(), &report());
    let sick = all.iter().map(|line| of(line)).find(|line| line["Route"] == "sick").unwrap();
    let times: Vec<f64> =
        sick["RequestTime"].as_array().unwrap().iter().map(|it| it.as_f64().unwrap()).collect();
    assert_eq!(times.len(), 100);
    assert_eq!((times[49], times[98], times[99]), (124.0, 247.0, 249.0), "of 0 to 249");
}

/// Metrics as the table of the documentation has them: name, dimensions and unit, by which setting.
#[test]
fn the_documentation_names_every_metric() {
    let page = include_str!("../../../../docs/metrics.md");
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeMap<String, Vec<String>> = rows
        .map(|row| row.trim_matches('|').split('|').map(cell).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 5)
        .map(|cells| (cells[0].clone(), cells[1..4].to_vec()))
        .collect();
    let few: BTreeSet<String> = names(Metrics::Few).into_keys().collect();
    let made: BTreeMap<String, Vec<String>> = names(Metrics::All)
        .into_iter()
        .map(|(name, [dimensions, unit])| {
            let setting = if few.contains(&name) { "few" } else { "all" };
            (name, vec![setting.to_owned(), dimensions, unit])
        })
        .collect();
    assert_eq!(documented, made);
    let example = &lines(Metrics::Few, &records(), &report())[2];
    assert!(page.contains(example), "{example}");
}

fn names(metrics: Metrics) -> BTreeMap<String, [String; 2]> {
    let mut names = BTreeMap::new();
    for line in lines(metrics, &records(), &report()).iter().map(|line| of(line)) {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        let dimensions = directive["Dimensions"][0].as_array().unwrap().iter();
        let dimensions: Vec<_> = dimensions.map(|it| it.as_str().unwrap()).collect();
        for metric in directive["Metrics"].as_array().unwrap() {
            let unit = metric["Unit"].as_str().unwrap().to_owned();
            let name = metric["Name"].as_str().unwrap().to_owned();
            names.insert(name, [dimensions.join(", "), unit]);
        }
    }
    names
}
