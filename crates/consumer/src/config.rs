//! What the function is told by its environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tracing::Level;

use crate::error::StartError;
use crate::metrics::Metrics;
use crate::place::Place;

const RULES: &str = "DISTRIBUTARY_RULES";
const STAGE: &str = "DISTRIBUTARY_STAGE";
const DEPLOY: &str = "DISTRIBUTARY_DEPLOY";
const RULES_HASH: &str = "DISTRIBUTARY_RULES_HASH";
const PARTIAL_BATCH_RESPONSE: &str = "DISTRIBUTARY_PARTIAL_BATCH_RESPONSE";
const LEDGER: &str = "DISTRIBUTARY_LEDGER";
const METRICS: &str = "DISTRIBUTARY_METRICS";
const LOG: &str = "DISTRIBUTARY_LOG";
const LOG_OF_LAMBDA: &str = "AWS_LAMBDA_LOG_LEVEL";
const FUNCTION: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// What names a parameter begins with.
const PARAM: &str = "DISTRIBUTARY_PARAM_";

/// The settings of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the rules are.
    pub rules: Place,
    /// The rules that were deployed with the executable, which there may be.
    pub beside: PathBuf,
    /// The hash of the rules that the template was made for.
    pub rules_hash: Option<String>,
    /// The section of `rules.toml` that parameters come from, before its plain `[params]`.
    pub stage: Option<String>,
    /// The section `[deploy.<name>]` of `rules.toml` that this function is; it has only the rules
    /// of the sources that are named there.
    pub deploy: Option<String>,
    /// Whether the event source mapping is known to read partial batch responses. An event does not
    /// tell: the template that sets the one says so.
    pub partial_batch_response: bool,
    /// The DynamoDB table, by name or ARN, in which sandboxes share what they settled and operators
    /// pause routes.
    pub ledger: Option<String>,
    /// How much is measured.
    pub metrics: Metrics,
    /// The least level that is logged.
    pub log: Level,
    /// The function's name.
    pub function: String,
    /// The whole environment, where parameters are looked for.
    pub environment: BTreeMap<String, String>,
}

impl Config {
    /// The variables that are read here, or by whoever compares a deployment with its rules.
    /// `docs/configuration.md` says what they mean.
    pub const VARIABLES: [&str; 10] = [
        RULES,
        STAGE,
        DEPLOY,
        RULES_HASH,
        PARTIAL_BATCH_RESPONSE,
        LEDGER,
        METRICS,
        LOG,
        LOG_OF_LAMBDA,
        FUNCTION,
    ];

    /// Reads the settings. Rules are expected in `rules.bundle` or a folder `rules` beside the
    /// executable, which is in `folder`. A variable that is empty is not set.
    ///
    /// # Errors
    /// A variable with a value that it cannot have, or with a name like a setting's that is none.
    pub fn new(environment: BTreeMap<String, String>, folder: &Path) -> Result<Self, StartError> {
        if let Some(name) = environment.keys().find(|name| is_misspelt(name)) {
            let own = Config::VARIABLES.iter().filter(|own| own.starts_with("DISTRIBUTARY_"));
            let own: Vec<String> = own.map(|own| format!("`{own}`")).collect();
            return Err(StartError::new(format!(
                "`{name}` is no setting: there are {} and `{PARAM}<NAME>`",
                own.join(", ")
            )));
        }
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let log_of_lambda = || set(LOG_OF_LAMBDA).and_then(|text| level(text));
        let beside = Place::beside(folder);
        Ok(Config {
            rules: match set(RULES) {
                Some(text) => Place::read(text)?,
                None => Place::Path(beside.clone()),
            },
            beside,
            rules_hash: set(RULES_HASH).cloned(),
            stage: set(STAGE).cloned(),
            deploy: set(DEPLOY).cloned(),
            partial_batch_response: chosen(PARTIAL_BATCH_RESPONSE, set, |text| match text {
                "on" => Ok(true),
                "off" => Ok(false),
                _ => Err("`on` or `off`"),
            })?
            .unwrap_or(false),
            ledger: set(LEDGER).cloned(),
            metrics: chosen(METRICS, set, |text| match text {
                "off" => Ok(Metrics::Off),
                "few" => Ok(Metrics::Few),
                "all" => Ok(Metrics::All),
                _ => Err("`off`, `few` or `all`"),
            })?
            .unwrap_or_default(),
            log: chosen(LOG, set, |text| {
                level(text).ok_or("`error`, `warn`, `info`, `debug` or `trace`")
            })?
            .or_else(log_of_lambda)
            .unwrap_or(Level::INFO),
            function: set(FUNCTION).map_or("distributary", String::as_str).to_owned(),
            environment,
        })
    }

    /// The variables that set parameters.
    pub(crate) fn params(&self) -> impl Iterator<Item = &str> {
        let set = self.environment.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, _)| name.as_str()).filter(|name| name.starts_with(PARAM))
    }
}

fn is_misspelt(name: &str) -> bool {
    name.starts_with("DISTRIBUTARY_")
        && !name.starts_with(PARAM)
        && !Config::VARIABLES.contains(&name)
}

/// The value of a variable that has a few; `read` says which those are where the text is none.
fn chosen<'a, T>(
    name: &str,
    set: impl FnOnce(&str) -> Option<&'a String>,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, StartError> {
    let Some(text) = set(name) else { return Ok(None) };
    let wrong = |values| StartError::new(format!("`{name}` is {values}, not `{text}`"));
    read(text).map(Some).map_err(wrong)
}

/// The level of this name, in any case. `FATAL` is one that Lambda has and nothing here reaches.
fn level(text: &str) -> Option<Level> {
    let levels = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
    let named = levels.into_iter().find(|level| text.eq_ignore_ascii_case(level.as_str()));
    named.or_else(|| text.eq_ignore_ascii_case("fatal").then_some(Level::ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Result<Config, StartError> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Config::new(variables.iter().map(pair).collect(), Path::new("/var/task"))
    }

    #[test]
    fn without_variables_rules_are_beside_the_executable_and_nobody_reads_a_partial_answer() {
        for variables in [&[][..], &[("DISTRIBUTARY_RULES", ""), ("DISTRIBUTARY_STAGE", "")]] {
            let config = config(variables).unwrap();
            assert_eq!(config.rules, Place::Path("/var/task/rules".into()));
            assert_eq!(config.stage, None);
            assert_eq!(config.deploy, None);
            assert_eq!(config.ledger, None);
            assert!(!config.partial_batch_response);
            assert_eq!(config.metrics, Metrics::Few);
            assert_eq!(config.log, Level::INFO);
        }
    }

    #[test]
    fn variables_override() {
        let config = config(&[
            ("DISTRIBUTARY_RULES", "/opt/rules"),
            ("DISTRIBUTARY_STAGE", "prod"),
            ("DISTRIBUTARY_DEPLOY", "orders"),
            ("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE", "on"),
            ("DISTRIBUTARY_LEDGER", "settled"),
            ("DISTRIBUTARY_METRICS", "all"),
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_LOG_LEVEL", "ERROR"),
            ("DISTRIBUTARY_LOG", "debug"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.rules, Place::Path("/opt/rules".into()));
        assert_eq!(config.stage.as_deref(), Some("prod"));
        assert_eq!(config.deploy.as_deref(), Some("orders"));
        assert!(config.partial_batch_response);
        assert_eq!(config.ledger.as_deref(), Some("settled"));
        assert_eq!(config.metrics, Metrics::All);
        assert_eq!(config.function, "orders");
        assert_eq!(config.log, Level::DEBUG);
    }

    #[test]
    fn what_only_lambda_sets_is_taken_as_far_as_it_is_understood() {
        let config = config(&[("AWS_LAMBDA_LOG_LEVEL", "LOUD")]).unwrap();
        assert_eq!(config.log, Level::INFO);
    }

    #[test]
    fn a_value_or_name_that_means_nothing_is_refused() {
        for (variable, value, message) in [
            (
                "DISTRIBUTARY_PARTIAL_BATCH_RESPONSE",
                "true",
                "`DISTRIBUTARY_PARTIAL_BATCH_RESPONSE` is `on` or `off`, not `true`",
            ),
            (
                "DISTRIBUTARY_LOG",
                "all",
                "`DISTRIBUTARY_LOG` is `error`, `warn`, `info`, `debug` or `trace`, not `all`",
            ),
            (
                "DISTRIBUTARY_METRICS",
                "many",
                "`DISTRIBUTARY_METRICS` is `off`, `few` or `all`, not `many`",
            ),
            (
                "DISTRIBUTARY_LEGDER",
                "settled",
                "`DISTRIBUTARY_LEGDER` is no setting: there are `DISTRIBUTARY_RULES`, \
                 `DISTRIBUTARY_STAGE`, `DISTRIBUTARY_DEPLOY`, `DISTRIBUTARY_RULES_HASH`, \
                 `DISTRIBUTARY_PARTIAL_BATCH_RESPONSE`, `DISTRIBUTARY_LEDGER`, `DISTRIBUTARY_METRICS`, `DISTRIBUTARY_LOG` and `DISTRIBUTARY_PARAM_<NAME>`",
            ),
        ] {
            assert_eq!(config(&[(variable, value)]).unwrap_err().to_string(), message);
        }
    }
}
