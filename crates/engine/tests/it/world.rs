//! An engine over two scripted routes, `well` and `sick`, and a ledger that sandboxes share.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use distributary_delivery::{Delivery, Message};
use distributary_engine::{Engine, Handled, Invocation};
use distributary_plan::Planner;
use distributary_router::{Failure, Known, Lane, Ledger, Limits, Router, Target, Token, TokenKey};
use distributary_rules::{Given, check};
use distributary_syntax::Sources;
use serde_json::{Value, json};

pub(crate) const RULES: &str = "
route well = console { on_failure: block }
route sick = console { on_failure: block }
rule each { on ANY to well to sick }
";

/// A route's destination: it takes everything but what it is told to refuse.
#[derive(Default)]
pub(crate) struct Script {
    sent: Mutex<Vec<String>>,
    refused: Mutex<BTreeSet<String>>,
}

impl Script {
    /// Refuses the records with these numbers from here on, and takes all others.
    pub(crate) fn refuse(&self, records: impl IntoIterator<Item = usize>) {
        *self.refused.lock().unwrap() = records.into_iter().map(event).collect();
    }

    /// What was taken since the last call.
    pub(crate) fn taken(&self) -> Vec<String> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

#[async_trait]
impl Target for Script {
    fn limits(&self) -> Limits {
        Limits { entries: 10, bytes: 1 << 20, one_per_group: false }
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        Ok(message.body.len())
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let refused = self.refused.lock().unwrap();
        let mut sent = self.sent.lock().unwrap();
        let each = batch.iter().map(|delivery| {
            let event = delivery.origin.event.to_string();
            if refused.contains(&event) {
                return Err(Failure::permanent("refused"));
            }
            sent.push(event);
            Ok(())
        });
        Ok(each.collect())
    }
}

/// What befalls a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum State {
    #[default]
    Up,
    Down,
    /// It fails once.
    Stumbles,
    Hangs,
    Panics,
}

/// A ledger in memory.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) state: Mutex<State>,
    pub(crate) paused: Mutex<BTreeSet<String>>,
    pub(crate) tokens: Mutex<BTreeMap<TokenKey, Token>>,
}

impl Shelf {
    async fn answer(&self) -> Result<(), Failure> {
        let state = *self.state.lock().unwrap();
        if state == State::Stumbles {
            *self.state.lock().unwrap() = State::Up;
        }
        match state {
            State::Up => Ok(()),
            State::Down | State::Stumbles => Err(Failure::transient("the table is gone")),
            State::Hangs => std::future::pending().await,
            State::Panics => panic!("a bug in the ledger"),
        }
    }
}

#[async_trait]
impl Ledger for Shelf {
    async fn read(&self, key: &TokenKey) -> Result<Known, Failure> {
        self.answer().await?;
        let token = self.tokens.lock().unwrap().get(key).cloned();
        Ok(Known { token, paused: self.paused.lock().unwrap().clone() })
    }

    async fn write(&self, key: &TokenKey, token: &Token) -> Result<(), Failure> {
        self.answer().await?;
        self.tokens.lock().unwrap().insert(key.clone(), token.clone());
        Ok(())
    }
}

/// Sandboxes of one function, and what they share.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) well: Arc<Script>,
    pub(crate) sick: Arc<Script>,
    pub(crate) ledger: Arc<Shelf>,
}

impl World {
    /// A sandbox without a ledger.
    pub(crate) fn alone(&self) -> Engine {
        self.with_rules(RULES).with_partial_batch_response(true)
    }

    /// Forgets what the routes took.
    pub(crate) fn forget(&self) {
        self.well.taken();
        self.sick.taken();
    }

    /// A sandbox that shares the ledger.
    pub(crate) fn sandbox(&self) -> Engine {
        self.alone().with_ledger(self.ledger.clone())
    }

    /// A sandbox with rules of its own, for the same two routes.
    pub(crate) fn with_rules(&self, rules: &str) -> Engine {
        let mut sources = Sources::new();
        sources.add("test.rules", rules);
        let checked = check(&sources, &Given::default());
        assert!(!checked.has_errors(), "{:#?}", checked.diagnostics);
        let program = checked.program;
        let target = |name: &str| match name {
            "well" => self.well.clone(),
            _ => self.sick.clone(),
        };
        let routes = program.resolve().unwrap().routes.into_iter();
        let lanes = routes.map(|route| Lane { target: target(&route.name), route }).collect();
        let router = Router::new(lanes, Vec::new(), program.hash(), 7);
        Engine::new(Planner::new(Arc::new(program)), router)
    }
}

fn event(record: usize) -> String {
    format!("e-{record}")
}

/// The names of these records' events.
pub(crate) fn events(records: impl IntoIterator<Item = usize>) -> Vec<String> {
    records.into_iter().map(event).collect()
}

fn record(number: usize) -> Value {
    json!({
        "eventID": event(number),
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/shop/stream/2026",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000,
            "SequenceNumber": number.to_string(),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            "Keys": {"pk": {"S": number.to_string()}},
            "NewImage": {"pk": {"S": number.to_string()}},
        },
    })
}

/// Invokes an engine with the records of these numbers.
pub(crate) async fn invoke(engine: &Engine, records: Range<usize>) -> Handled {
    let event = json!({"Records": records.map(record).collect::<Vec<_>>()});
    let payload = Bytes::from(event.to_string());
    engine.handle(Invocation { payload, now: 1_700_000_100, deadline: None }).await.unwrap()
}

/// The number of the record that the mapping is told to go on from.
pub(crate) fn goes_on_from(handled: &Handled) -> Option<usize> {
    let answer = handled.answer.as_ref().unwrap();
    answer.batch_item_failures.first().map(|failure| failure.item_identifier.parse().unwrap())
}
