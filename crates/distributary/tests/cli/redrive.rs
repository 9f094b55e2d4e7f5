//! `distributary redrive`, with files in the place of routes and lots.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::inserted;
use crate::{Ran, distributary, folder};

const RULES: &str = r#"
param out: string
param lot: string
param spare: string

source shop { table: "shop"  park: waiting }

lot waiting = file { path: "${lot}" }
lot spare = file { path: "${spare}" }

route out = file { path: "${out}" }
route shout = console {}
route held = file { path: "${out}"  on_failure: block  max_block: 1h  park: spare }
route lost = console { on_failure: drop }

rule every { on INSERT  when item.n > 0  to out with { id: keys.pk, n: item.n } }
rule other { on MODIFY  to shout  to held  to lost }
"#;

const RENAMED: &str = "route exit = file { path: \"${out}\"  formerly out }";

fn order(number: usize) -> Value {
    let pk = format!("O#{number}");
    let item =
        json!({ "pk": { "S": pk }, "n": { "N": number.to_string() }, "secret": { "S": "hush" } });
    inserted(&format!("e-{number}"), &number.to_string(), &item)
}

/// A folder in which so many orders are parked, since `out` leads to a directory.
struct World {
    folder: PathBuf,
}

impl World {
    fn new(test: &str, orders: usize) -> Self {
        let events: String = (1..=orders).map(|number| format!("{}\n", order(number))).collect();
        let folder = folder(test, &[("a.rules", RULES), ("events/a.jsonl", &events)]);
        std::fs::create_dir(folder.join("broken")).unwrap();
        let world = World { folder };
        if orders > 0 {
            let ran = world.ran("broken", &["run"]);
            assert_eq!(ran.code, 1, "{}", ran.stderr);
        }
        world
    }

    /// Runs a command with `out` at this place.
    fn ran(&self, out: &str, arguments: &[&str]) -> Ran {
        let (command, rest) = arguments.split_first().unwrap();
        let param = |name: &str, file: &str| format!("{name}={}", self.folder.join(file).display());
        let params =
            [param("out", out), param("lot", "waiting.jsonl"), param("spare", "spare.jsonl")];
        let mut all = vec![*command, self.folder.to_str().unwrap()];
        all.extend(params.iter().flat_map(|param| ["--param", param]));
        all.extend(rest);
        distributary(&all)
    }

    fn redrive(&self, out: &str, arguments: &[&str]) -> Ran {
        self.ran(out, &[&["redrive"], arguments].concat())
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap_or_default()
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.folder.join(file), text).unwrap();
    }

    /// The orders that arrived, in their order.
    fn arrived(&self) -> Vec<u64> {
        let number = |line: &str| {
            serde_json::from_str::<Value>(line).unwrap()["payload"]["n"].as_u64().unwrap()
        };
        self.read("out.jsonl").lines().map(number).collect()
    }
}

fn refused(ran: &Ran, said: &str) {
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn a_lot_is_emptied_once_and_under_the_same_identities() {
    let world = World::new("redrive-empties", 5);
    let parked: Vec<Value> = world
        .read("waiting.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["identity"].clone())
        .collect();
    assert_eq!(parked.len(), 5);

    let ran = world.redrive("out.jsonl", &["--route", "out"]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let cells: Vec<Vec<&str>> =
        ran.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cells, [["route", "lot", "delivered", "left"], ["out", "waiting", "5", "0"]]);
    assert_eq!(world.arrived(), [1, 2, 3, 4, 5]);
    let arrived: Vec<Value> = world
        .read("out.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["identity"].clone())
        .collect();
    assert_eq!(arrived, parked);
    assert_eq!(world.read("waiting.jsonl"), "");

    let again = world.redrive("out.jsonl", &["--route", "out"]);
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
    assert!(again.stdout.contains("nothing waits"), "{}", again.stdout);
    assert_eq!(world.arrived().len(), 5);
}

/// Logs and envelopes have the old name, the rules the new one.
#[test]
fn what_waits_for_a_route_is_found_after_it_was_renamed() {
    let world = World::new("redrive-renamed", 2);
    let renamed = RULES.replace("route out = file { path: \"${out}\" }", RENAMED);
    world.write("a.rules", &renamed.replace("to out with", "to exit with"));
    let ran = world.redrive("out.jsonl", &["--lot", "waiting", "--dry-run"]);
    assert!(ran.stdout.starts_with("route") && ran.stdout.contains("\nexit "), "{}", ran.stdout);
    for (name, delivered) in [("exit", "1"), ("out", "1")] {
        let ran = world.redrive("out.jsonl", &["--route", name, "--most", "1"]);
        let cells: Vec<&str> = ran.stdout.split_whitespace().skip(4).collect();
        assert_eq!(cells, ["exit", "waiting", delivered, "0"], "{}", ran.stderr);
    }
    assert_eq!(world.arrived(), [1, 2]);
}

#[test]
fn a_dry_run_lists_what_waits_without_items_and_changes_nothing() {
    let world = World::new("redrive-dry", 3);
    let before = world.read("waiting.jsonl");

    let ran = world.redrive("out.jsonl", &["--lot", "waiting", "--dry-run"]);

    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(world.read("waiting.jsonl"), before);
    assert_eq!(world.read("out.jsonl"), "");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let header: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(header, ["route", "rule", "identity", "age", "attempts", "reason"]);
    assert_eq!(lines[1..4].iter().filter(|line| line.starts_with("out  ")).count(), 3);
    assert!(lines[1].contains("is a directory"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("hush") && !ran.stdout.contains("O#1"), "{}", ran.stdout);
    let sum =
        "3 deliveries would be sent; 0 records would go through the rules; nothing was changed";
    assert_eq!(lines.last(), Some(&sum));

    let ran = world.redrive("out.jsonl", &["--route", "out", "--dry-run", "--most", "2"]);
    assert!(
        ran.stdout.contains("2 deliveries would be sent; nothing was changed"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_limit_leaves_the_rest() {
    let world = World::new("redrive-most", 5);
    let ran = world.redrive("out.jsonl", &["--route", "out", "--most", "2", "--rate", "1000/s"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(world.arrived(), [1, 2]);
    assert_eq!(world.read("waiting.jsonl").lines().count(), 3);
}

#[test]
fn a_route_that_still_fails_keeps_everything_and_says_why() {
    let world = World::new("redrive-fails", 5);
    let ran = world.redrive("broken", &["--route", "out"]);
    assert_eq!(ran.code, 1);
    let said =
        "left in lot `waiting`: 5 of route `out` that did not arrive, the first because: cannot";
    assert!(ran.stderr.contains(said) && ran.stderr.contains("is a directory"), "{}", ran.stderr);
    assert_eq!(world.read("waiting.jsonl").lines().count(), 5);
    let ran = world.redrive("out.jsonl", &["--route", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(world.arrived(), [1, 2, 3, 4, 5]);
}

/// As after a newer version reads what an older one could not.
#[test]
fn what_was_undecodable_goes_through_todays_rules() {
    let world = World::new("redrive-quarantine", 0);
    let quarantined = |record: &Value| {
        json!({
            "version": 1, "kind": "quarantine", "rules": "h", "event": "e", "sequence": "7",
            "table": "shop", "reason": "unknown", "parked_at": 1, "record": record
        })
    };
    let mut broken = order(9);
    broken["dynamodb"]["NewImage"]["n"] = json!({ "N": "nine" });
    let records = [quarantined(&order(7)), quarantined(&order(0)), quarantined(&broken)];
    let lot: String = records.iter().map(|it| format!("{it}\n")).collect();
    world.write("waiting.jsonl", &lot);

    let dry = world.redrive("out.jsonl", &["--lot", "waiting", "--dry-run"]);
    assert_eq!((dry.code, dry.stderr.as_str()), (0, ""));
    for said in ["to out", "no rule fires", "still cannot be decoded", "3 records would go"] {
        assert!(dry.stdout.contains(said), "{}", dry.stdout);
    }
    assert_eq!(world.read("waiting.jsonl"), lot);

    let ran = world.redrive("out.jsonl", &["--lot", "waiting"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("left in lot `waiting`: 1 undecodable record: "), "{}", ran.stderr);
    assert!(ran.stdout.contains("2 records through the rules, 1 delivered"), "{}", ran.stdout);
    assert_eq!(world.arrived(), [7]);
    assert_eq!(world.read("waiting.jsonl"), format!("{}\n", records[2]));
}

#[test]
fn what_is_no_envelope_stays_and_is_named() {
    let world = World::new("redrive-foreign", 2);
    let foreign = "{\"version\":9,\"secret\":1}\n";
    world.write("waiting.jsonl", &format!("{foreign}{}", world.read("waiting.jsonl")));
    for arguments in [&["--lot", "waiting", "--dry-run"][..], &["--route", "out"]] {
        let ran = world.redrive("out.jsonl", arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains("line 1 of") && ran.stderr.contains("version 9"), "{ran:?}");
        assert!(!ran.stderr.contains("secret"), "{ran:?}");
    }
    assert_eq!(world.arrived(), [1, 2]);
    assert_eq!(world.read("waiting.jsonl"), foreign);
}

/// A bucket that shows the router that nothing waits, and refuses to show it to who looks again.
#[cfg(feature = "aws")]
fn bucket_that_hides() -> String {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = BufReader::new(connection.unwrap());
            let head: Vec<String> = connection
                .by_ref()
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let (status, body) = match head.first() {
                Some(line) if line.contains("max-keys=1000&") => (200, "<ListBucketResult/>"),
                _ => (403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"),
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            let _ = connection.get_mut().write_all(answer.as_bytes());
        }
    });
    url
}

#[cfg(feature = "aws")]
#[test]
fn a_lot_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let rules = "source shop { table: \"shop\" }\nlot waiting = s3 { bucket: \"waiting\" }\n\
                 route out = console { park: waiting }\n\
                 rule every { on INSERT  to out }\n";
    let folder = folder("redrive-unreadable", &[("a.rules", rules)]);
    let url = bucket_that_hides();
    let arguments =
        ["redrive", folder.to_str().unwrap(), "--route", "out", "--endpoint-url", url.as_str()];
    let mut command = crate::command(&arguments);
    command.envs([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]);
    let ran = crate::harness::ran(command);
    assert_eq!(ran.code, 1, "{ran:?}");
    let said =
        "route `out`, lot `waiting`: stopped: what is left in it cannot be read: AccessDenied";
    assert!(ran.stderr.contains(said), "{ran:?}");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let world = World::new("redrive-refused", 1);
    for (arguments, said) in [
        (&[][..], "--route"),
        (&["--route", "nowhere"], "there is no route `nowhere`: the rules declare `out`"),
        (&["--lot", "nowhere"], "there is no lot `nowhere`: the rules declare `waiting`, `spare`"),
        (&["--route", "lost"], "route `lost` has no lot"),
        (&["--route", "out", "--lot", "spare"], "route `out` parks in `waiting`, so nothing of it"),
        (&["--route", "out", "--rate", "fast"], "write it as `50/s`"),
        (&["--route", "out", "--rate", "0/s"], "write it as `50/s`"),
    ] {
        refused(&world.redrive("out.jsonl", arguments), said);
    }
    assert_eq!(world.read("waiting.jsonl").lines().count(), 1);
}
