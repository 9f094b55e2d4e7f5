//! What `docs/changing-rules/` says of changes of rules; its `README.md` describes the format.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::{available_parallelism, scope};

use distributary_simulation::{Happened, Passes, Rollout, Way};

#[derive(Debug, Default)]
struct Section {
    place: String,
    versions: Vec<String>,
    how: BTreeMap<String, String>,
    expected: BTreeMap<String, String>,
}

#[test]
fn what_can_happen_is_what_the_pages_say() {
    let sections = Mutex::new(sections());
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some(section) = { sections.lock().unwrap().pop() } {
            wrong.lock().unwrap().extend(section.wrong());
        }
    };
    let cores = available_parallelism().map_or(1, usize::from);
    scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The guide names no run that is not made, and none is made that it does not name.
#[test]
fn the_guide_leads_to_every_section() {
    let guide = read_to_string(folder().with_extension("md")).unwrap();
    let links = guide.split("](changing-rules/").skip(1).filter_map(|rest| rest.split(')').next());
    let linked: BTreeSet<&str> = links.filter(|link| *link != "README.md").collect();
    let sections = sections();
    let there: BTreeSet<&str> = sections.iter().map(|section| &*section.place).collect();
    assert_eq!(linked, there);
}

impl Section {
    /// What happened otherwise than the section says.
    fn wrong(&self) -> Vec<String> {
        let how = |what: &str| self.how.get(what).map(String::as_str);
        let way = match how("rules") {
            Some("at once") => Way::AtOnce,
            Some("stopped") => Way::Stopped,
            Some("unchanged") => Way::First,
            other => panic!("{}: rules {other:?}", self.place),
        };
        let passes = match how("filter") {
            None => Passes::Everything,
            Some("either") => Passes::Either,
            Some("both") => Passes::Both,
            other => panic!("{}: filter {other:?}", self.place),
        };
        let paused = how("paused").map(str::to_owned);
        let happened = match Rollout::new(&self.versions, way, passes, paused).explore() {
            Ok(happened) => happened,
            Err(broken) => return vec![format!("{}: {broken}", self.place)],
        };
        let said = self.expected.iter().filter_map(|(what, said)| {
            let found = if of(&happened, what)? { "possible" } else { "never" };
            (found != said).then(|| format!("{}: {what}: {said}, and found {found}", self.place))
        });
        said.collect()
    }
}

fn of(happened: &Happened, what: &str) -> Option<bool> {
    Some(match what {
        "arrives" => happened.arrives,
        "lost" => happened.lost,
        "out of order" => happened.out_of_order,
        "another identity" => happened.renamed,
        "twice" => happened.twice,
        "stranded" => happened.stranded,
        "sent while paused" => happened.unpaused,
        other => panic!("`{other}` is nothing that can happen"),
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/changing-rules")
}

fn sections() -> Vec<Section> {
    let first = block(&read_to_string(folder().join("README.md")).unwrap(), "rules").unwrap();
    let mut sections = Vec::new();
    for file in folder().read_dir().unwrap() {
        let path = file.unwrap().path();
        let page = path.file_name().unwrap().to_str().unwrap();
        let text = read_to_string(&path).unwrap();
        for section in text.split("\n## ").skip(1) {
            let blocks = ["before", "between", "after"];
            let blocks = blocks.iter().filter_map(|name| block(section, &format!("rules {name}")));
            sections.push(Section {
                place: format!("{page}#{}", anchor(section.lines().next().unwrap())),
                versions: blocks.map(|rules| format!("{first}\n{rules}")).collect(),
                how: table(section, "how"),
                expected: table(section, "what can happen"),
            });
        }
    }
    assert!(sections.iter().all(|section| !section.expected.is_empty()), "{sections:?}");
    sections
}

fn block(text: &str, info: &str) -> Option<String> {
    let rest = text.split_once(&format!("```{info}\n"))?.1;
    Some(rest.split("```").next().unwrap_or_default().to_owned())
}

fn table(text: &str, title: &str) -> BTreeMap<String, String> {
    let rows = text.lines().skip_while(|line| *line != format!("| {title} | |")).skip(2);
    let rows = rows.map_while(|row| row.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.map(|(what, said)| (what.to_owned(), said.to_owned())).collect()
}

/// As GitHub makes it of a heading.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}
