//! What earlier invocations knew, and what later ones are told: the ledger that all sandboxes share,
//! and the memory of this process.

use std::collections::{BTreeSet, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use distributary_change::RawRecord;
use distributary_delivery::Identity;
use distributary_router::{Failure, Known, Ledger, Settled, Token, TokenKey};
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout};
use tracing::warn;

use crate::memory::Memory;
use crate::resume::{distrust, key, union};

/// How long the ledger is waited for. It spares duplicates, and no batch should be late for it.
const LEDGER_TIMEOUT: Duration = Duration::from_millis(500);

/// Reads and writes tokens for one rule set.
pub(crate) struct Recall {
    rules: String,
    ledger: Option<Arc<dyn Ledger>>,
    memory: Memory,
    /// The paused routes as the ledger last named them: they stay paused while it is out of reach.
    paused: Mutex<BTreeSet<String>>,
}

/// What is known of a batch before anything of it is sent.
#[derive(Debug, Default)]
pub(crate) struct Recalled {
    /// `None` where nothing can be remembered of the batch.
    pub(crate) key: Option<TokenKey>,
    /// The batch's records and those after them, as far as an earlier invocation saw them.
    pub(crate) records: Vec<Settled>,
    /// The names of the routes that an operator has paused.
    pub(crate) paused: BTreeSet<String>,
    /// The ledger did not say what it knows.
    unheard: bool,
}

impl Recalled {
    /// All deliveries that are settled.
    pub(crate) fn settled(&self) -> HashSet<Identity> {
        self.records.iter().flat_map(|record| record.deliveries.iter().cloned()).collect()
    }
}

impl Recall {
    pub(crate) fn new(rules: &str) -> Self {
        Recall {
            rules: rules.to_owned(),
            ledger: None,
            memory: Memory::default(),
            paused: Mutex::default(),
        }
    }

    pub(crate) fn with_ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Looks up what is known of a batch. The ledger is asked at once, in a task of its own, and its
    /// answer waited for when the future is.
    pub(crate) fn read(&self, batch: &[RawRecord]) -> impl Future<Output = Recalled> + Send + '_ {
        let key = key(batch);
        let asked = self.ledger.clone().map(|ledger| {
            // Pauses are asked for even where nothing names the batch: no token has an empty key.
            let nameless = || TokenKey { stream: String::new(), sequence: String::new() };
            let key = key.clone().unwrap_or_else(nameless);
            tokio::spawn(async move { guarded(LEDGER_TIMEOUT, ledger.read(&key)).await })
        });
        async move {
            let answer = match asked {
                None => Ok(Known::default()),
                Some(asked) => {
                    asked.await.unwrap_or_else(|_| Err(Failure::transient("it was not asked")))
                }
            };
            let unheard = answer.is_err();
            let known = if self.ledger.is_some() { self.heard(answer) } else { Known::default() };
            let remembered = key.as_ref().and_then(|key| self.memory.read(key));
            let tokens = [known.token, remembered].into_iter().flatten();
            let records = tokens.filter_map(|token| self.trusted(token, key.as_ref()?));
            let records = records.reduce(union).unwrap_or_default();
            Recalled { key, records, paused: known.paused, unheard }
        }
    }

    fn heard(&self, answer: Result<Known, Failure>) -> Known {
        let mut last = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok(known) => {
                last.clone_from(&known.paused);
                known
            }
            Err(Failure { reason, .. }) => {
                warn!(
                    reason,
                    "the ledger cannot be read: what an earlier invocation delivered may be \
                     delivered again"
                );
                Known { token: None, paused: last.clone() }
            }
        }
    }

    fn trusted(&self, token: Token, key: &TokenKey) -> Option<Vec<Settled>> {
        let Some(reason) = distrust(&token, key, &self.rules) else { return Some(token.records) };
        let TokenKey { stream, sequence } = key;
        warn!(stream, sequence, reason, "a resume token is ignored");
        None
    }

    /// Remembers what is settled of records that come again, or come later, under the sequence
    /// number of the first of them; with nothing to say, what was said of the batch is forgotten.
    pub(crate) async fn write(
        &self,
        recalled: &Recalled,
        told: Option<(String, Vec<Settled>)>,
        deadline: Option<Instant>,
    ) {
        let Some(key) = &recalled.key else { return };
        self.memory.forget(key);
        let Some((sequence, records)) = told else { return };
        let key = TokenKey { stream: key.stream.clone(), sequence };
        let mut token = Token { rules: self.rules.clone(), records };
        if let Some(ledger) = &self.ledger {
            let left = deadline.map_or(Duration::MAX, |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            // An answer in time is worth more than a token.
            let allowed = LEDGER_TIMEOUT.min(left / 2);
            let unheard = recalled.unheard && recalled.key.as_ref() == Some(&key);
            let publish = self.publish(&**ledger, &key, &mut token, unheard);
            if let Err(Failure { reason, .. }) = guarded(allowed, publish).await {
                warn!(
                    reason,
                    "the ledger cannot be written: another sandbox may deliver again what this one \
                     delivered"
                );
            }
        }
        self.memory.write(key, token);
    }
}

impl Recall {
    /// Writes a token. Where what stands there was not heard, it may say more, of records that this
    /// invocation did not see: it is asked for again and joined, or else left as it is.
    async fn publish(
        &self,
        ledger: &dyn Ledger,
        key: &TokenKey,
        token: &mut Token,
        unheard: bool,
    ) -> Result<(), Failure> {
        if unheard {
            match ledger.read(key).await {
                Ok(Known { token: Some(before), .. }) => {
                    if distrust(&before, key, &self.rules).is_none() {
                        token.records = union(std::mem::take(&mut token.records), before.records);
                    }
                }
                Ok(_) => {}
                Err(failure) if failure.retryable() => return Err(failure),
                // What cannot be understood says nothing.
                Err(_) => {}
            }
        }
        ledger.write(key, token).await
    }
}

/// A call of the ledger: it ends in time, and a panic stays inside.
async fn guarded<T>(
    allowed: Duration,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match timeout(allowed, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(Failure::permanent("the client panicked")),
        Err(_) => Err(Failure::transient(format!("no answer within {allowed:?}"))),
    }
}
