//! The partial batch response.

use distributary_plan::Seen;
use distributary_router::Report;
use serde::Serialize;

/// What the event source mapping is told: nothing has to come again, or everything from one record
/// on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// At most one: the mapping goes back to the lowest anyway.
    pub batch_item_failures: Vec<ItemFailure>,
}

/// A record that has to come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

/// Something is unsettled, and the answer cannot say so: the whole batch has to come again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsettled {
    /// Perhaps nobody reads an answer that says so.
    #[error(
        "everything from record {} of the batch on has to come again, and nothing says that the \
         event source mapping reads partial batch responses: give the mapping \
         `FunctionResponseTypes: [ReportBatchItemFailures]` and the function \
         `DISTRIBUTARY_PARTIAL_BATCH_RESPONSE=on`",
        .0 + 1
    )]
    Unattested(usize),
    /// The answer has no name for the record.
    #[error(
        "record {} of the batch has to come again, and its sequence number cannot be read: give its \
         source a lot (`park`), so that such a record can be put aside",
        .0 + 1
    )]
    Nameless(usize),
}

/// The answer to a batch. `attested` says that the mapping reads partial batch responses.
pub(crate) fn answer(
    records: &[Seen],
    report: &Report,
    attested: bool,
) -> Result<Answer, Unsettled> {
    let Some(position) = report.lowest_unsettled else { return Ok(Answer::default()) };
    if !attested {
        return Err(Unsettled::Unattested(position));
    }
    let sequence = records.get(position).and_then(|seen| seen.sequence.as_deref());
    match sequence.filter(|sequence| !sequence.is_empty()) {
        Some(sequence) => Ok(Answer {
            batch_item_failures: vec![ItemFailure { item_identifier: sequence.to_owned() }],
        }),
        None => Err(Unsettled::Nameless(position)),
    }
}

#[cfg(test)]
mod tests {
    use distributary_plan::Verdict;

    use super::*;

    /// The answer to a batch whose records have these sequence numbers.
    fn of(
        sequences: &[Option<&str>],
        lowest_unsettled: Option<usize>,
        attested: bool,
    ) -> Result<String, String> {
        let seen = |sequence: &Option<&str>| Seen {
            event: None,
            sequence: sequence.map(Into::into),
            verdict: Verdict::Skipped,
        };
        let records: Vec<_> = sequences.iter().map(seen).collect();
        let report = Report { lowest_unsettled, ..Report::default() };
        answer(&records, &report, attested)
            .map(|answer| serde_json::to_string(&answer).unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_settled_batch_has_no_failures() {
        let settled = Ok(r#"{"batchItemFailures":[]}"#.to_owned());
        assert_eq!(of(&[], None, false), settled);
        assert_eq!(of(&[Some("100"), None], None, false), settled);
        assert_eq!(of(&[Some("100"), None], None, true), settled);
    }

    #[test]
    fn the_lowest_unsettled_record_is_named() {
        assert_eq!(
            of(&[None, Some("101"), Some("102")], Some(1), true),
            Ok(r#"{"batchItemFailures":[{"itemIdentifier":"101"}]}"#.to_owned())
        );
    }

    #[test]
    fn a_record_without_a_name_fails_the_invocation() {
        for records in [&[Some("100"), None][..], &[Some("100"), Some("")], &[Some("100")]] {
            let error = of(records, Some(1), true).unwrap_err();
            assert!(error.starts_with("record 2 of the batch has to come again"), "{error}");
        }
    }

    #[test]
    fn a_list_that_perhaps_nobody_reads_is_not_returned() {
        let error = of(&[Some("100"), Some("101")], Some(1), false).unwrap_err();
        assert!(error.contains("everything from record 2 of the batch on"), "{error}");
        assert!(error.contains("`DISTRIBUTARY_PARTIAL_BATCH_RESPONSE=on`"), "{error}");
    }
}
