//! The settings of an event source mapping.

use std::time::Duration;

/// The size of a synchronous invocation's payload: 6 MB ("Lambda quotas").
pub const PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// What can be set, under the names and with the defaults of "Lambda parameters for Amazon DynamoDB
/// event source mappings".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `BatchSize`: records of one invocation, 1 to 10,000.
    pub batch_size: usize,
    /// `MaximumBatchingWindowInSeconds`: how long to gather records, 0 to 300 s.
    pub batching_window: Duration,
    /// `ParallelizationFactor`: batches of one shard that may be under way at once, 1 to 10.
    pub parallelization_factor: usize,
    /// `ReportBatchItemFailures` among the `FunctionResponseTypes`.
    pub report_batch_item_failures: bool,
    /// `BisectBatchOnFunctionError`: a failed batch is split in two.
    pub bisect_batch_on_function_error: bool,
    /// `MaximumRetryAttempts`: 0 to 10,000; `None` (−1) retries until the records expire.
    pub maximum_retry_attempts: Option<u32>,
    /// `MaximumRecordAgeInSeconds`: 60 to 604,800 s; `None` (−1) sets no limit.
    pub maximum_record_age: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            batch_size: 100,
            batching_window: Duration::ZERO,
            parallelization_factor: 1,
            report_batch_item_failures: false,
            bisect_batch_on_function_error: false,
            maximum_retry_attempts: None,
            maximum_record_age: None,
        }
    }
}

/// A setting that Lambda would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `BatchSize`
    #[error("the batch size is a number of records from 1 to 10000, not `{0}`")]
    BatchSize(usize),
    /// `MaximumBatchingWindowInSeconds`
    #[error("the batching window is a whole number of seconds from 0 to 300, not `{0:?}`")]
    BatchingWindow(Duration),
    /// `ParallelizationFactor`
    #[error("the parallelization factor is a number from 1 to 10, not `{0}`")]
    ParallelizationFactor(usize),
    /// `MaximumRetryAttempts`
    #[error("the maximum of retry attempts is a number from 0 to 10000, or -1 for none, not `{0}`")]
    RetryAttempts(u32),
    /// `MaximumRecordAgeInSeconds`
    #[error(
        "the maximum record age is a whole number of seconds from 60 to 604800, or -1 for none, \
         not `{0:?}`"
    )]
    RecordAge(Duration),
}

impl Settings {
    /// Gives the settings back if Lambda would take them.
    ///
    /// # Errors
    /// The first setting that is out of its range.
    pub fn validate(self) -> Result<Self, SettingsError> {
        let whole = |time: Duration| time.subsec_nanos() == 0;
        if !(1..=10_000).contains(&self.batch_size) {
            return Err(SettingsError::BatchSize(self.batch_size));
        }
        let window = self.batching_window;
        if !whole(window) || window.as_secs() > 300 {
            return Err(SettingsError::BatchingWindow(window));
        }
        if !(1..=10).contains(&self.parallelization_factor) {
            return Err(SettingsError::ParallelizationFactor(self.parallelization_factor));
        }
        if let Some(attempts) = self.maximum_retry_attempts.filter(|attempts| *attempts > 10_000) {
            return Err(SettingsError::RetryAttempts(attempts));
        }
        let fits = |age: &Duration| whole(*age) && (60..=604_800).contains(&age.as_secs());
        if let Some(age) = self.maximum_record_age.filter(|age| !fits(age)) {
            return Err(SettingsError::RecordAge(age));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: Settings) -> String {
        settings.validate().unwrap_err().to_string()
    }

    #[test]
    fn defaults_and_extremes_are_taken() {
        let seconds = Duration::from_secs;
        let widest = Settings {
            batch_size: 10_000,
            batching_window: seconds(300),
            parallelization_factor: 10,
            maximum_retry_attempts: Some(10_000),
            maximum_record_age: Some(seconds(604_800)),
            ..Settings::default()
        };
        let least = Settings {
            batch_size: 1,
            maximum_retry_attempts: Some(0),
            maximum_record_age: Some(seconds(60)),
            ..Settings::default()
        };
        for settings in [Settings::default(), widest, least] {
            assert_eq!(settings.clone().validate(), Ok(settings));
        }
    }

    #[test]
    fn what_lambda_refuses_is_refused() {
        let good = Settings::default;
        let cases = [
            (Settings { batch_size: 0, ..good() }, "batch size"),
            (Settings { batch_size: 10_001, ..good() }, "batch size"),
            (Settings { batching_window: Duration::from_secs(301), ..good() }, "batching window"),
            (Settings { batching_window: Duration::from_millis(1500), ..good() }, "`1.5s`"),
            (Settings { parallelization_factor: 0, ..good() }, "parallelization factor"),
            (Settings { parallelization_factor: 11, ..good() }, "from 1 to 10, not `11`"),
            (Settings { maximum_retry_attempts: Some(10_001), ..good() }, "retry attempts"),
            (
                Settings { maximum_record_age: Some(Duration::from_secs(59)), ..good() },
                "from 60 to 604800, or -1 for none, not `59s`",
            ),
        ];
        for (settings, expected) in cases {
            let message = refused(settings);
            assert!(message.contains(expected), "{message}");
        }
    }
}
