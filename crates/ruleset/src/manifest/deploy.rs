//! `[deploy.<name>]`: the functions that a rule set is deployed as.

use std::collections::BTreeMap;
use std::time::Duration;

use distributary_rules::Program;
use distributary_syntax::{Diagnostic, Span, Spanned as Placed, closest, codes};
use toml::de::DeTable;

use super::read::{Entry, Reader, Takes};

/// One function with an event source mapping for each of its sources. What is not set is as in
/// [`Deploy::named`]; the limits are those of AWS Lambda for functions and for mappings of DynamoDB
/// streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deploy {
    /// Letters, digits, `-` and `_`, a letter first, at most 40.
    pub name: String,
    /// Where it is named; of no file where no manifest names it.
    pub span: Span,
    /// The sources whose streams it reads; `None` stands for all.
    pub sources: Option<Vec<Placed<String>>>,
    /// The sources, routes and lots whose table, queue, topic, bus or bucket is made with it.
    pub create: Vec<Placed<String>>,
    /// MiB, from 128 to 10,240.
    pub memory: u32,
    /// How long an invocation may take: whole seconds, from 1 to 900.
    pub timeout: Duration,
    /// Records in one batch at most, from 1 to 10,000.
    pub batch_size: u32,
    /// How long a batch is gathered: whole seconds, from 0 to 300.
    pub window: Duration,
    /// Batches of one shard at a time, from 1 to 10; the order of an item is kept.
    pub parallelization: u32,
    /// The processor.
    pub architecture: Architecture,
}

/// The processors that a function can run on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit ARM, the cheaper one.
    #[default]
    Arm64,
    /// 64-bit x86.
    X86_64,
}

impl Architecture {
    const ALL: [(&str, Architecture); 2] =
        [("arm64", Architecture::Arm64), ("x86_64", Architecture::X86_64)];

    /// As Lambda and `rules.toml` write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "x86_64",
        }
    }
}

const KEYS: [&str; 8] = [
    "sources",
    "create",
    "memory",
    "timeout",
    "batch_size",
    "window",
    "parallelization",
    "architecture",
];

const LONGEST_NAME: usize = 40;

impl Deploy {
    /// A function for all sources, as it is where nothing is set.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Deploy {
            name: name.into(),
            span: Span::default(),
            sources: None,
            create: Vec::new(),
            memory: 512,
            timeout: Duration::from_secs(60),
            batch_size: 1000,
            window: Duration::ZERO,
            parallelization: 1,
            architecture: Architecture::default(),
        }
    }

    /// Whether it reads the stream of the source with this name.
    #[must_use]
    pub fn serves(&self, source: &str) -> bool {
        self.sources.as_ref().is_none_or(|own| own.iter().any(|own| own.node == source))
    }

    fn read((key, written): (&super::read::Key<'_>, &DeTable<'_>), reader: &mut Reader) -> Self {
        let mut deploy = Deploy::named(key.get_ref().as_ref());
        deploy.span = reader.span(key.span());
        for entry in written {
            deploy.set(entry, reader);
        }
        deploy
    }

    fn set(&mut self, entry: Entry<'_>, reader: &mut Reader) {
        match entry.0.get_ref().as_ref() {
            "sources" => {
                let takes = Takes("a list of names", "[\"orders\"]");
                self.sources = reader.texts(entry, takes);
            }
            "create" => {
                let takes = Takes("a list of names", "[\"orders\"]");
                set(&mut self.create, reader.texts(entry, takes));
            }
            "memory" => set(&mut self.memory, reader.whole(entry, 128..=10_240)),
            "timeout" => set(&mut self.timeout, reader.seconds(entry, 1..=900)),
            "batch_size" => set(&mut self.batch_size, reader.whole(entry, 1..=10_000)),
            "window" => set(&mut self.window, reader.seconds(entry, 0..=300)),
            "parallelization" => set(&mut self.parallelization, reader.whole(entry, 1..=10)),
            "architecture" => {
                set(&mut self.architecture, reader.choice(entry, &Architecture::ALL));
            }
            _ => {
                let help =
                    format!("a function has {}", KEYS.map(|key| format!("`{key}`")).join(", "));
                reader.refuse_key(entry.0, "a function", KEYS, &help);
            }
        }
    }
}

fn set<T>(place: &mut T, read: Option<T>) {
    if let Some(value) = read {
        *place = value;
    }
}

/// Reads `[deploy.<name>]`, by name.
pub(super) fn read((key, value): Entry<'_>, reader: &mut Reader) -> Vec<Deploy> {
    let mut deploys = Vec::new();
    let help = "one for each function, as `[deploy.<name>]`, and its settings below it";
    let Some(table) = reader.table(key, value, help) else { return deploys };
    for (key, value) in table {
        let name = key.get_ref();
        let Some(written) = value.get_ref().as_table() else {
            reader.refuse_key(key, "`[deploy]`", [], "write it under `[deploy.<name>]`");
            continue;
        };
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let sound = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(letters)
            && name.len() <= LONGEST_NAME;
        if !sound {
            let message = format!("no function can be called `{name}`");
            let help = format!(
                "a name has letters, digits, `-` and `_`, a letter first, at most {LONGEST_NAME}"
            );
            reader.refuse_value(key.span(), message, &help);
        }
        deploys.push(Deploy::read((key, written), reader));
    }
    deploys
}

/// What is wrong with functions in the light of the rules.
pub(super) fn check(deploys: &[Deploy], program: &Program) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let declared: Vec<&str> = program.sources().iter().map(|source| &*source.name).collect();
    let mut served: BTreeMap<&str, &Deploy> = BTreeMap::new();
    for deploy in deploys {
        let named = deploy.sources.iter().flatten();
        for source in named.filter(|source| !declared.contains(&source.node.as_str())) {
            findings.push(undeclared(source, &declared));
        }
        findings.extend(deploy.create.iter().filter_map(|name| unmakable(name, deploy, program)));
        for source in declared.iter().filter(|source| deploy.serves(source)) {
            if let Some(first) = served.insert(source, deploy) {
                findings.push(twice(source, deploy, first));
            }
        }
    }
    let Some(last) = deploys.last() else { return findings };
    for source in declared.iter().filter(|source| !served.contains_key(*source)) {
        let message = format!("no function serves the source `{source}`");
        let help =
            format!("add `\"{source}\"` to the `sources` of a function, or a function for it");
        findings.push(Diagnostic::warning(codes::UNSERVED, message, last.span).help(help));
    }
    findings
}

fn undeclared(source: &Placed<String>, declared: &[&str]) -> Diagnostic {
    let message = format!("the rules declare no source `{}`", source.node);
    let help = match closest(&source.node, declared.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a `source` of the rules".to_owned(),
    };
    Diagnostic::error(codes::DEPLOY_SOURCE, message, source.span).help(help)
}

/// A name of which nothing can be made with a function.
fn unmakable(name: &Placed<String>, deploy: &Deploy, program: &Program) -> Option<Diagnostic> {
    let served = program.sources().iter().map(|source| &*source.name);
    let served = served.filter(|source| deploy.serves(source)).map(str::to_owned);
    let makable: Vec<String> =
        program.addresses().into_iter().map(|address| address.of).chain(served).collect();
    if makable.contains(&name.node) {
        return None;
    }
    let message = format!("nothing can be made for `{}`", name.node);
    let help = match closest(&name.node, makable.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "name a source that the function serves, a route that a rule in force sends to, or \
                 a lot that a service keeps"
                .to_owned()
        }
    };
    Some(Diagnostic::error(codes::DEPLOY_SOURCE, message, name.span).help(help))
}

/// Two functions on one stream would deliver everything twice.
fn twice(source: &str, deploy: &Deploy, first: &Deploy) -> Diagnostic {
    let place = |deploy: &Deploy| {
        let own = deploy.sources.iter().flatten().find(|own| own.node == source);
        own.map_or(deploy.span, |own| own.span)
    };
    let message = format!("`{}` and `{}` both serve `{source}`", first.name, deploy.name);
    Diagnostic::error(codes::DEPLOY_SOURCE, message, place(deploy))
        .label(place(first), "served here")
        .help("each would make every delivery: let one of them have it, and give both `sources`")
}
