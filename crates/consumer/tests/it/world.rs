//! A folder with rules, the function that runs them, and the files that its routes write.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use distributary_consumer::{Config, Function, InvocationError, Reply, StartError};
use distributary_engine::{Answer, Invocation};
use serde_json::{Value, json};

/// A place of a test's own.
pub(crate) struct World {
    folder: PathBuf,
    variables: BTreeMap<String, String>,
}

impl World {
    /// A folder with these files; where they declare a parameter `folder` it names one for what is
    /// delivered.
    pub(crate) fn new(test: &str, files: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&folder);
        for (name, text) in files {
            let file = folder.join("rules").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let mut variables = BTreeMap::new();
        if files.iter().any(|(_, text)| text.contains("param folder")) {
            let out = folder.join("out").display().to_string();
            variables.insert("DISTRIBUTARY_PARAM_FOLDER".to_owned(), out);
        }
        World { folder, variables }
    }

    /// The same place with one more variable in its environment.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// Starts the function.
    pub(crate) async fn start(&self) -> Result<Function, StartError> {
        Function::start(&Config::new(self.variables.clone(), &self.folder)?, 7).await
    }

    /// The findings that keep the function from starting, with paths relative to this place.
    pub(crate) async fn refusal(&self) -> Vec<String> {
        let error = self.start().await.err().expect("the function started");
        let root = format!("{}/", self.folder.display());
        error.lines().iter().map(|line| line.replace(&root, "")).collect()
    }

    /// Makes it impossible to write to one of the files.
    pub(crate) fn obstruct(&self, file: &str) {
        fs::create_dir_all(self.folder.join("out").join(file)).unwrap();
    }

    /// One field of every line in a file; nothing where there is no file.
    pub(crate) fn delivered(&self, file: &str, field: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.join("out").join(file)).unwrap_or_default();
        let line = |line| serde_json::from_str::<Value>(line).unwrap()[field].clone();
        text.lines().map(line).collect()
    }
}

/// The insertion of an item of this kind, in table `shop`.
pub(crate) fn record(sequence: &str, kind: &str) -> Value {
    json!({
        "eventID": format!("e-{sequence}"),
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000,
            "SequenceNumber": sequence,
            "SizeBytes": 10,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            "Keys": {"pk": {"S": sequence}},
            "NewImage": {"pk": {"S": sequence}, "kind": {"S": kind}},
        },
    })
}

/// Invokes the function with these records.
pub(crate) async fn invoke(
    function: &Function,
    records: &[Value],
) -> Result<Answer, InvocationError> {
    match deliver(function, json!({"Records": records}).to_string()).await? {
        Reply::Batch(answer) => Ok(answer),
        Reply::Redrive(summary) => panic!("{summary:?}"),
    }
}

/// Invokes the function with this event.
pub(crate) async fn deliver(
    function: &Function,
    event: impl Into<Bytes>,
) -> Result<Reply, InvocationError> {
    let payload = event.into();
    function.handle(Invocation { payload, now: 1_700_000_100, deadline: None }).await
}

/// The sequence number that an answer names.
pub(crate) fn named(answer: &Answer) -> Option<&str> {
    assert!(answer.batch_item_failures.len() <= 1, "{answer:?}");
    answer.batch_item_failures.first().map(|failure| failure.item_identifier.as_str())
}
