//! What the function is told by its environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tracing::Level;

use crate::error::StartError;

/// The settings of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder with the rule set.
    pub rules: PathBuf,
    /// The section of `rules.toml` that parameters come from, before its plain `[params]`.
    pub stage: Option<String>,
    /// Whether the event source mapping is known to read partial batch responses.
    pub partial_batch_response: bool,
    /// The DynamoDB table, by name or ARN, in which sandboxes share what they settled and operators
    /// pause routes.
    pub ledger: Option<String>,
    /// The least level that is logged.
    pub log: Level,
    /// The whole environment, where parameters are looked for.
    pub environment: BTreeMap<String, String>,
}

impl Config {
    /// Reads the settings. Rules are expected in a folder `rules` beside the executable, which is
    /// in `folder`.
    ///
    /// | variable | |
    /// | --- | --- |
    /// | `DISTRIBUTARY_RULES` | the folder with the rule set, instead of `rules` beside the executable |
    /// | `DISTRIBUTARY_STAGE` | the stage, for `[params.<stage>]` in `rules.toml` |
    /// | `DISTRIBUTARY_PARTIAL_BATCH_RESPONSE` | `on` where the event source mapping has `ReportBatchItemFailures`; the template that sets the one sets the other |
    /// | `DISTRIBUTARY_LEDGER` | the ledger's table, by name or ARN |
    /// | `DISTRIBUTARY_PARAM_<NAME>`, and those that `env "X"` names | parameters |
    /// | `DISTRIBUTARY_LOG` | `error`, `warn`, `info`, `debug` or `trace`, instead of the function's own log level |
    ///
    /// # Errors
    /// A variable with a value that it cannot have.
    pub fn new(environment: BTreeMap<String, String>, folder: &Path) -> Result<Self, StartError> {
        let set = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        let partial_batch_response = match set(PARTIAL_BATCH_RESPONSE).map(String::as_str) {
            Some("on") => true,
            None | Some("off") => false,
            Some(other) => {
                return Err(StartError::new(format!(
                    "`{PARTIAL_BATCH_RESPONSE}` is `on` or `off`, not `{other}`"
                )));
            }
        };
        let log = match set("DISTRIBUTARY_LOG") {
            Some(text) => level(text).ok_or_else(|| {
                StartError::new(format!(
                    "`DISTRIBUTARY_LOG` is `error`, `warn`, `info`, `debug` or `trace`, not `{text}`"
                ))
            })?,
            None => set("AWS_LAMBDA_LOG_LEVEL").and_then(|text| level(text)).unwrap_or(Level::INFO),
        };
        Ok(Config {
            rules: set("DISTRIBUTARY_RULES").map_or_else(|| folder.join("rules"), PathBuf::from),
            stage: set("DISTRIBUTARY_STAGE").cloned(),
            partial_batch_response,
            ledger: set("DISTRIBUTARY_LEDGER").cloned(),
            log,
            environment,
        })
    }
}

/// The variable by which the template says that it has set `ReportBatchItemFailures`. An event does
/// not tell.
pub(crate) const PARTIAL_BATCH_RESPONSE: &str = "DISTRIBUTARY_PARTIAL_BATCH_RESPONSE";

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
            assert_eq!(config.rules, Path::new("/var/task/rules"));
            assert_eq!(config.stage, None);
            assert_eq!(config.ledger, None);
            assert!(!config.partial_batch_response);
            assert_eq!(config.log, Level::INFO);
        }
    }

    #[test]
    fn variables_override() {
        let config = config(&[
            ("DISTRIBUTARY_RULES", "/opt/rules"),
            ("DISTRIBUTARY_STAGE", "prod"),
            ("DISTRIBUTARY_PARTIAL_BATCH_RESPONSE", "on"),
            ("DISTRIBUTARY_LEDGER", "settled"),
            ("AWS_LAMBDA_LOG_LEVEL", "ERROR"),
            ("DISTRIBUTARY_LOG", "debug"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.rules, Path::new("/opt/rules"));
        assert_eq!(config.stage.as_deref(), Some("prod"));
        assert!(config.partial_batch_response);
        assert_eq!(config.ledger.as_deref(), Some("settled"));
        assert_eq!(config.log, Level::DEBUG);
    }

    #[test]
    fn a_value_that_means_nothing_is_refused() {
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
        ] {
            assert_eq!(config(&[(variable, value)]).unwrap_err().to_string(), message);
        }
    }
}
