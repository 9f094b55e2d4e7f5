//! The ledger that all sandboxes share and that follows a script.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use distributary_router::{Failure, Known, Ledger, Settled, Token, TokenKey};
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use crate::change::{identity, number, sequence};
use crate::process::Process;
use crate::scenario::Memory;
use crate::weather::{Mishap, Weather};
use crate::world::{Rules, World};

/// The tokens.
pub(crate) struct Book {
    memory: Memory,
    weather: Weather,
    /// The route that is paused, and when.
    paused: Option<(String, Range<Duration>)>,
    start: Instant,
    state: Mutex<State>,
}

struct State {
    rng: Rng,
    /// Every token that was written under a key, the latest last.
    tokens: BTreeMap<TokenKey, Vec<Token>>,
    faults: usize,
}

impl Book {
    pub(crate) fn new(
        memory: Memory,
        weather: Weather,
        paused: Option<(String, Range<Duration>)>,
        rng: Rng,
    ) -> Arc<Self> {
        let state = State { rng, tokens: BTreeMap::new(), faults: 0 };
        Arc::new(Book { memory, weather, paused, start: Instant::now(), state: Mutex::new(state) })
    }

    pub(crate) fn faults(&self) -> usize {
        self.state.lock().unwrap().faults + self.weather.faults()
    }

    fn latency(&self) -> Duration {
        let rng = &mut self.state.lock().unwrap().rng;
        Duration::from_millis(match self.memory {
            // Some answers come after the ledger is no longer waited for.
            Memory::Slow => rng.u64(100..900),
            _ => rng.u64(3..8),
        })
    }

    fn call(&self) -> Result<(), Failure> {
        match self.weather.strike(&[]) {
            Mishap::Nothing | Mishap::Late(_) => Ok(()),
            _ => Err(Failure::transient("ServiceUnavailable")),
        }
    }

    /// What a read finds; a fault is a read whose answer is not what was written last.
    fn find(&self, key: &TokenKey) -> Result<Option<Token>, Failure> {
        let mut state = self.state.lock().unwrap();
        let written = state.tokens.get(key).cloned().unwrap_or_default();
        let latest = written.last().cloned();
        let found = match self.memory {
            Memory::Shared | Memory::Slow | Memory::Down | Memory::None => Ok(latest.clone()),
            Memory::Stale => Ok(written.into_iter().nth_back(1)),
            Memory::Short => {
                let first = |token: Token| Token {
                    records: token.records.into_iter().take(1).collect(),
                    ..token
                };
                Ok(latest.clone().map(first))
            }
            Memory::Corrupt => match state.rng.bool() {
                true => Err(Failure::permanent("the token cannot be understood")),
                false => Ok(latest.clone().map(scrambled)),
            },
            Memory::OtherRules => Ok(Some(Token { rules: "others".to_owned(), ..settled(key, 0) })),
            Memory::Future => Ok(Some(settled(key, 1))),
        };
        state.faults += usize::from(found != Ok(latest));
        found
    }

    fn keep(&self, key: &TokenKey, token: &Token) {
        let tokens = &mut self.state.lock().unwrap().tokens;
        tokens.entry(key.clone()).or_default().push(token.clone());
    }

    fn paused(&self) -> BTreeSet<String> {
        let now = self.start.elapsed();
        let paused = self.paused.iter().filter(|(_, window)| window.contains(&now));
        paused.map(|(route, _)| route.clone()).collect()
    }
}

/// The same records behind the first, the other way round.
fn scrambled(mut token: Token) -> Token {
    if let Some((_, others)) = token.records.split_first_mut() {
        others.reverse();
    }
    token
}

/// A token that calls everything settled from a record on: whoever believes it loses all that.
fn settled(key: &TokenKey, from: usize) -> Token {
    let first = number(&key.sequence) + from;
    let record = |change| Settled {
        sequence: sequence(change),
        deliveries: ["bus", "work", "ordered"].map(|route| identity(change, route)).into(),
    };
    let rules = World::of(Rules::Park).planner.rules().to_owned();
    Token { rules, records: (first..first + 100).map(record).collect() }
}

/// A sandbox's way to the ledger.
pub(crate) struct Reader {
    pub(crate) book: Arc<Book>,
    pub(crate) process: Arc<Process>,
}

#[async_trait]
impl Ledger for Reader {
    async fn read(&self, key: &TokenKey) -> Result<Known, Failure> {
        self.process.step().await;
        sleep(self.book.latency()).await;
        self.book.call()?;
        let token = self.book.find(key)?;
        Ok(Known { token, paused: self.book.paused() })
    }

    async fn write(&self, key: &TokenKey, token: &Token) -> Result<(), Failure> {
        self.process.step().await;
        sleep(self.book.latency()).await;
        self.book.call()?;
        self.book.keep(key, token);
        self.process.step().await;
        Ok(())
    }
}
