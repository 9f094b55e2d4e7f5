//! The kinds of findings.

use distributary_syntax::Severity;
use serde::{Serialize, Serializer};

/// A kind of finding. Its name is never used for another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    name: &'static str,
    severity: Severity,
}

impl Code {
    /// As output names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.severity
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $constant:ident: $severity:ident $name:literal;)*) => {
        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Code::$constant),*];

            $(
                $(#[doc = $doc])*
                pub const $constant: Code = Code { name: $name, severity: Severity::$severity };
            )*
        }
    };
}

codes! {
    /// Something could not be looked at.
    UNSEEN: Error "unseen";
    /// Something in another account could not be looked at.
    UNSEEN_ELSEWHERE: Warning "unseen-elsewhere";
    /// There is no such function.
    FUNCTION_MISSING: Error "function-missing";
    /// The function cannot be invoked.
    FUNCTION_STATE: Error "function-state";
    /// Memory, timeout or architecture are not those of `rules.toml`.
    FUNCTION_SETTINGS: Warning "function-settings";
    /// The function was deployed for other rules.
    RULES_DIFFER: Error "rules-differ";
    /// Nothing says which rules the function was deployed for.
    RULES_UNKNOWN: Warning "rules-unknown";
    /// A variable that is none of the function's.
    VARIABLE_UNKNOWN: Error "variable-unknown";
    /// A variable with a value that it cannot have.
    VARIABLE_VALUE: Error "variable-value";
    /// The function has another stage or parameter than was asked about.
    VARIABLE_DIFFERS: Error "variable-differs";
    /// A parameter without a value.
    PARAM_MISSING: Error "param-missing";
    /// A variable for a parameter that the rules do not have.
    PARAM_UNKNOWN: Error "param-unknown";
    /// No event source mapping reads a source's table.
    MAPPING_MISSING: Error "mapping-missing";
    /// More event source mappings than the rules need.
    MAPPING_EXTRA: Warning "mapping-extra";
    /// The event source mapping reads a stream that the table no longer writes.
    MAPPING_STREAM: Error "mapping-stream";
    /// The event source mapping is not enabled.
    MAPPING_STATE: Error "mapping-state";
    /// The last batch came to nothing.
    MAPPING_FAILING: Warning "mapping-failing";
    /// The event source mapping does not read which records have to come again.
    MAPPING_PARTIAL_BATCH: Error "mapping-partial-batch";
    /// The function does not know that the event source mapping reads that.
    PARTIAL_BATCH_VARIABLE: Warning "partial-batch-variable";
    /// A batch that fails is not bisected.
    MAPPING_BISECT: Error "mapping-bisect";
    /// Records are given up after a number of attempts.
    MAPPING_RETRIES: Error "mapping-retries";
    /// Records are given up after they have left the stream.
    MAPPING_RECORD_AGE: Error "mapping-record-age";
    /// What is given up is lost.
    MAPPING_ON_FAILURE: Error "mapping-on-failure";
    /// What is given up is kept without its records.
    MAPPING_DESTINATION: Warning "mapping-destination";
    /// The event source mapping began after its table's first changes.
    MAPPING_STARTING_POSITION: Warning "mapping-starting-position";
    /// Batch size, window or parallelization are not those of `rules.toml`.
    MAPPING_SETTINGS: Warning "mapping-settings";
    /// Records that are given up are not counted.
    MAPPING_METRICS: Warning "mapping-metrics";
    /// The filter keeps records away that the rules want.
    FILTER_NARROW: Error "filter-narrow";
    /// The filter is another one, and it is not known whether it keeps such records away.
    FILTER_UNCLEAR: Error "filter-unclear";
    /// The filter lets records pass that no rule wants.
    FILTER_WIDE: Warning "filter-wide";
    /// The role does not allow what the function does.
    PERMISSION_MISSING: Error "permission-missing";
    /// The role denies what the function does.
    PERMISSION_DENIED: Error "permission-denied";
    /// The role allows what the function does under a condition.
    PERMISSION_CONDITIONAL: Warning "permission-conditional";
    /// The role allows more than the function does.
    PERMISSION_EXTRA: Warning "permission-extra";
    /// There is no such table.
    TABLE_MISSING: Error "table-missing";
    /// The table has another key than its source says.
    TABLE_KEY: Error "table-key";
    /// The table has no stream.
    STREAM_OFF: Error "stream-off";
    /// The stream carries less than the rules read.
    STREAM_VIEW: Error "stream-view";
    /// Items do not expire as the source says.
    TABLE_TTL: Warning "table-ttl";
    /// There is no such queue, topic or bus.
    TARGET_MISSING: Error "target-missing";
    /// The address is of another service, or a queue or topic is FIFO where the route is not, or the
    /// other way round.
    TARGET_TYPE: Error "target-type";
    /// Messages of equal content are one.
    TARGET_DEDUPLICATION: Warning "target-deduplication";
    /// The role allows no use of the key that a target is encrypted with.
    TARGET_KEY: Warning "target-key";
    /// There is no such lot.
    LOT_MISSING: Error "lot-missing";
    /// What is there cannot be a lot.
    LOT_TYPE: Error "lot-type";
    /// What waits in the lot is deleted in time.
    LOT_RETENTION: Warning "lot-retention";
    /// What waits in the lot is moved elsewhere.
    LOT_REDRIVE_POLICY: Warning "lot-redrive-policy";
    /// The lot does not take every envelope.
    LOT_SIZE: Warning "lot-size";
    /// The function has no ledger.
    LEDGER_UNSET: Warning "ledger-unset";
    /// There is no such ledger, or its key is another one.
    LEDGER_TABLE: Error "ledger-table";
    /// What stands in the ledger does not expire.
    LEDGER_TTL: Warning "ledger-ttl";
    /// There is no bucket for what is given up.
    FAILURES_MISSING: Error "failures-missing";
    /// A route is paused.
    ROUTE_PAUSED: Warning "route-paused";
}
