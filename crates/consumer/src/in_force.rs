//! The rules in force: those that the function started with, until it can read those that it was told
//! to run.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::config::Config;
use crate::error::StartError;
use crate::function::Function;
use crate::rules::{Fallback, Rules};

/// The function as it stands.
pub(crate) struct InForce {
    config: Config,
    current: Mutex<Current>,
}

struct Current {
    function: Arc<Function>,
    /// Reads the rules that could not be read.
    again: Option<JoinHandle<Result<Function, StartError>>>,
}

impl InForce {
    pub(crate) fn new(config: Config, function: Function) -> Self {
        let current = Mutex::new(Current { function: Arc::new(function), again: None });
        InForce { config, current }
    }

    /// The function for an invocation. Rules that could not be read are read again beside every one,
    /// and a later one has them: no batch is late for that.
    pub(crate) fn function(&self, seed: u64) -> Arc<Function> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.function.fallback == Some(Fallback::Unread) {
            match current.again.take() {
                Some(again) if !again.is_finished() => current.again = Some(again),
                Some(again) => match again.now_or_never() {
                    Some(Ok(Ok(function))) => {
                        let rules = &*function.rules;
                        info!(
                            rules,
                            "the rules of `DISTRIBUTARY_RULES` can be read and are in force"
                        );
                        current.function = Arc::new(function);
                    }
                    Some(Ok(Err(error))) => {
                        error.lines().iter().for_each(|line| warn!("{line}"));
                    }
                    Some(Err(_)) | None => warn!("reading the rules again was broken off"),
                },
                None => {
                    let config = self.config.clone();
                    current.again = Some(tokio::spawn(async move {
                        Function::of(&config, Rules::told(&config).await?, seed).await
                    }));
                }
            }
        }
        Arc::clone(&current.function)
    }
}
