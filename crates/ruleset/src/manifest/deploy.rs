//! `[deploy.<name>]`: the functions that a rule set is deployed as.

use std::time::Duration;

use distributary_syntax::{Span, Spanned as Placed};
use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use super::read::{Entry, Reader, Takes};

/// One function with an event source mapping for each of its sources. What is not set is as in
/// [`Deploy::named`]; the limits are those of AWS Lambda for functions and for mappings of DynamoDB
/// streams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
