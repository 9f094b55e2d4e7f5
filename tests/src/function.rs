//! The real `bootstrap` binary, behind a Runtime API of our own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::program;
use crate::runtime_api::{Outcome, RuntimeApi};

/// How long Lambda lets the function run unless a test says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What a function is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder with its rules.
    pub rules: PathBuf,
    /// Parameters of the rules, by name.
    pub params: BTreeMap<String, String>,
    /// Whether its event source mapping reads partial batch responses.
    pub partial_batch_response: bool,
    /// The endpoint of all AWS services.
    pub endpoint: String,
    /// Endpoints of single services, by the name that `AWS_ENDPOINT_URL_…` has, such as `SQS`.
    pub endpoints: BTreeMap<String, String>,
    /// Further variables of its environment.
    pub variables: BTreeMap<String, String>,
}

impl Settings {
    /// A function with these rules, behind a mapping that reads partial batch responses.
    #[must_use]
    pub fn new(rules: PathBuf, endpoint: &str) -> Self {
        Self {
            rules,
            params: BTreeMap::new(),
            partial_batch_response: true,
            endpoint: endpoint.to_owned(),
            endpoints: BTreeMap::new(),
            variables: BTreeMap::new(),
        }
    }
}

/// A running function. It ends when this is dropped.
#[derive(Debug)]
pub struct Function {
    api: RuntimeApi,
    process: Child,
    log: JoinHandle<String>,
}

impl Function {
    /// Starts the function; it reads its rules and asks for its first event.
    ///
    /// # Errors
    /// When the binary cannot be built or started.
    pub async fn start(settings: &Settings) -> Result<Self> {
        Self::start_program(program::bootstrap().await?, settings).await
    }

    /// Starts another function in the same way, to compare it with.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub async fn start_program(program: &Path, settings: &Settings) -> Result<Self> {
        let api = RuntimeApi::start().await?;
        let mut command = Command::new(program);
        command
            // Nothing of this machine's own AWS configuration may reach the function.
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "distributary")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/distributary")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &settings.endpoint)
            .env("DISTRIBUTARY_RULES", &settings.rules);
        if settings.partial_batch_response {
            command.env("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE", "on");
        }
        for (service, endpoint) in &settings.endpoints {
            command.env(format!("AWS_ENDPOINT_URL_{service}"), endpoint);
        }
        for (name, value) in &settings.params {
            command.env(format!("DISTRIBUTARY_PARAM_{}", name.to_uppercase()), value);
        }
        command.envs(&settings.variables);
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start `{}`", program.display()))?;

        // Lambda takes both as one log.
        let mut out = process.stdout.take().context("no standard output")?;
        let mut err = process.stderr.take().context("no standard error")?;
        let log = tokio::spawn(async move {
            let (mut first, mut second) = (String::new(), String::new());
            let _ = tokio::join!(out.read_to_string(&mut first), err.read_to_string(&mut second));
            first + &second
        });
        Ok(Self { api, process, log })
    }

    /// Gives it an event and returns its answer.
    ///
    /// # Errors
    /// When it reports an error, answers with no JSON, or does not answer in time.
    pub async fn invoke(&mut self, event: String) -> Result<Value> {
        match self.outcome(event, TIMEOUT).await? {
            Outcome::Response(body) => {
                serde_json::from_slice(&body).context("the answer is no JSON")
            }
            Outcome::Error(body) => {
                bail!("the function reports an error: {}", String::from_utf8_lossy(&body))
            }
        }
    }

    /// Gives it an event and says how it ends, within the time that Lambda gives it.
    ///
    /// # Errors
    /// When it does not answer in time, or ends.
    pub async fn outcome(&mut self, event: String, limit: Duration) -> Result<Outcome> {
        tokio::select! {
            outcome = timeout(limit, self.api.invoke(event, limit)) => {
                outcome.context("the function ran into its timeout")?
            }
            status = self.process.wait() => {
                bail!("the function ended with {}:\n{}", status?, (&mut self.log).await?)
            }
        }
    }

    /// As [`outcome`](Self::outcome), for an event that comes when the time for it is over.
    ///
    /// # Errors
    /// As [`outcome`](Self::outcome).
    pub async fn outcome_too_late(&mut self, event: String) -> Result<Outcome> {
        timeout(TIMEOUT, self.api.invoke(event, Duration::ZERO))
            .await
            .context("the function does not answer")?
    }

    /// Gives it two events at once, of which the second is answered while the first still takes its
    /// time.
    ///
    /// # Errors
    /// When it takes one at a time, does not answer in time, or ends.
    pub async fn overtake(&mut self, slow: String, quick: String) -> Result<[Outcome; 2]> {
        let both = async {
            let slow = self.api.invoke(slow, TIMEOUT);
            let quick = self.api.invoke(quick, TIMEOUT);
            tokio::pin!(slow);
            let quick = tokio::select! {
                biased;
                _ = &mut slow => bail!("the first event was answered first"),
                outcome = quick => outcome?,
            };
            Ok([slow.await?, quick])
        };
        timeout(TIMEOUT, both).await.context("the function ran into its timeout")?
    }

    /// The process, unless it has ended.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Stops it and returns what it logged.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub async fn stop(mut self) -> Result<String> {
        self.process.kill().await?;
        Ok(self.log.await?)
    }

    /// Waits until it ends by itself, as it should without good rules.
    ///
    /// # Errors
    /// When it is still there after ten seconds, the time that Lambda allows for
    /// initialisation.
    pub async fn ended(mut self) -> Result<(ExitStatus, String)> {
        let status = timeout(Duration::from_secs(10), self.process.wait())
            .await
            .context("the function runs on")??;
        Ok((status, self.log.await?))
    }
}
