//! Resume tokens: what a later invocation is told of the records that come again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use distributary_change::RawRecord;
use distributary_delivery::Identity;
use distributary_plan::Seen;
use distributary_router::{Settled, Token, TokenKey};

/// The key of a batch; `None` where its first record does not say which one it is, or no record
/// says of which stream.
pub(crate) fn key(batch: &[RawRecord]) -> Option<TokenKey> {
    let (first, rest) = batch.split_first()?;
    match first.decode() {
        Ok(record) => Some(TokenKey {
            stream: record.stream_arn,
            sequence: record.sequence.as_str().to_owned(),
        }),
        Err(error) => {
            let sequence = error.sequence.filter(|sequence| !sequence.is_empty())?;
            let stream = rest.iter().find_map(|raw| raw.decode().ok())?.stream_arn;
            Some(TokenKey { stream, sequence })
        }
    }
}

/// Whether a token speaks of the batch with this key under these rules; if not, why.
pub(crate) fn distrust(token: &Token, key: &TokenKey, rules: &str) -> Option<&'static str> {
    let first = token.records.first().map(|record| &record.sequence);
    if token.rules != rules {
        Some("it was written under other rules")
    } else if first != Some(&key.sequence) {
        Some("it does not begin with the first record of the batch")
    } else {
        None
    }
}

/// What either of two tokens of one batch knows.
pub(crate) fn union(known: Vec<Settled>, other: Vec<Settled>) -> Vec<Settled> {
    let (mut longer, shorter) =
        if known.len() < other.len() { (other, known) } else { (known, other) };
    let places: HashMap<String, usize> =
        longer.iter().enumerate().map(|(at, record)| (record.sequence.clone(), at)).collect();
    for record in shorter {
        match places.get(&record.sequence).and_then(|at| longer.get_mut(*at)) {
            Some(same) => same.deliveries.extend(record.deliveries),
            None => longer.push(record),
        }
    }
    longer
}

/// What is to be remembered of a batch for the invocation that goes on from the record at `from`;
/// the batch's length where nothing comes again. `None` where nothing needs remembering.
///
/// What was `known` before stays known of every record that is still to come: those of this batch,
/// and those beyond it, since a retry can be smaller than the batch that the token was written for.
pub(crate) fn remember(
    records: &[Seen],
    settled: &BTreeMap<usize, BTreeSet<Identity>>,
    known: &[Settled],
    from: usize,
) -> Option<(String, Vec<Settled>)> {
    let before: HashMap<&str, &BTreeSet<Identity>> =
        known.iter().map(|record| (record.sequence.as_str(), &record.deliveries)).collect();
    let again = records.iter().enumerate().skip(from).filter_map(|(position, seen)| {
        let sequence = seen.sequence.as_deref().filter(|sequence| !sequence.is_empty())?;
        let mut deliveries = settled.get(&position).cloned().unwrap_or_default();
        deliveries.extend(before.get(sequence).into_iter().copied().flatten().cloned());
        Some(Settled { sequence: sequence.to_owned(), deliveries })
    });
    let mut all: Vec<Settled> = again.collect();
    all.extend_from_slice(beyond(records, known));
    let says_something = all.iter().any(|record| !record.deliveries.is_empty());
    let first = all.first().filter(|_| says_something)?.sequence.clone();
    Some((first, all))
}

/// What is known of records after those of the batch.
fn beyond<'a>(records: &[Seen], known: &'a [Settled]) -> &'a [Settled] {
    let here: HashSet<&str> = records.iter().filter_map(|seen| seen.sequence.as_deref()).collect();
    let last = known.iter().rposition(|record| here.contains(record.sequence.as_str()));
    known.get(last.map_or(0, |last| last + 1)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use distributary_change::Batch;
    use distributary_plan::Verdict;
    use proptest::prelude::*;

    use super::*;

    fn identity(record: usize, route: usize) -> Identity {
        Identity::new(&format!("e-{record}"), "rule", &route.to_string())
    }

    fn settled(record: usize, routes: &[usize]) -> Settled {
        Settled {
            sequence: record.to_string(),
            deliveries: routes.iter().map(|route| identity(record, *route)).collect(),
        }
    }

    /// The records of a batch; their sequence numbers are their numbers.
    fn batch(records: std::ops::Range<usize>) -> Vec<Seen> {
        let seen = |record: usize| Seen {
            event: None,
            sequence: Some(record.to_string().into()),
            verdict: Verdict::Skipped,
        };
        records.map(seen).collect()
    }

    /// What a run reports as settled, by position.
    fn report(first: usize, records: &[(usize, &[usize])]) -> BTreeMap<usize, BTreeSet<Identity>> {
        let of = |(record, routes): &(usize, &[usize])| {
            (record - first, settled(*record, routes).deliveries)
        };
        records.iter().map(of).collect()
    }

    #[test]
    fn what_is_settled_of_records_that_come_again_is_remembered_with_all_that_follow() {
        let settled_now = report(100, &[(100, &[0, 1]), (101, &[0]), (103, &[0, 1])]);
        assert_eq!(
            remember(&batch(100..104), &settled_now, &[], 1),
            Some((
                "101".to_owned(),
                vec![settled(101, &[0]), settled(102, &[]), settled(103, &[0, 1])]
            ))
        );
    }

    #[test]
    fn nothing_is_remembered_where_nothing_is_known_of_what_comes() {
        let settled_now = report(100, &[(100, &[0, 1])]);
        assert_eq!(remember(&batch(100..103), &settled_now, &[], 3), None);
        assert_eq!(remember(&batch(100..103), &settled_now, &[], 1), None);
    }

    #[test]
    fn a_smaller_retry_keeps_what_is_known_beyond_it() {
        let known = [settled(100, &[0]), settled(101, &[0]), settled(102, &[0, 1])];
        let settled_now = report(100, &[(100, &[0]), (101, &[0])]);
        let again = remember(&batch(100..102), &settled_now, &known, 0);
        assert_eq!(again, Some(("100".to_owned(), known.to_vec())));
        let done = remember(&batch(100..102), &settled_now, &known, 2);
        assert_eq!(done, Some(("102".to_owned(), vec![settled(102, &[0, 1])])));
    }

    #[test]
    fn a_record_without_a_sequence_number_is_left_out() {
        let mut records = batch(100..103);
        records[1].sequence = None;
        let settled_now = report(100, &[(100, &[0]), (101, &[0]), (102, &[0])]);
        assert_eq!(
            remember(&records, &settled_now, &[], 0),
            Some(("100".to_owned(), vec![settled(100, &[0]), settled(102, &[0])]))
        );
    }

    #[test]
    fn a_batch_is_named_by_its_first_record_even_if_that_cannot_be_decoded() {
        let record = |sequence: &str, keys: &str| {
            format!(
                r#"{{"eventID":"e","eventName":"REMOVE","eventSource":"aws:dynamodb","awsRegion":"eu-central-1","eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/s","dynamodb":{{"ApproximateCreationDateTime":1767225600{keys},"SequenceNumber":"{sequence}","StreamViewType":"KEYS_ONLY"}}}}"#
            )
        };
        let whole = |sequence| record(sequence, r#","Keys":{"pk":{"S":"a"}}"#);
        let broken = |sequence| record(sequence, "");
        let of = |records: [String; 2]| {
            let event = format!(r#"{{"Records":[{}]}}"#, records.join(","));
            key(&Batch::split(&event.into()).unwrap()).map(|key| key.sequence)
        };
        assert_eq!(of([whole("100"), broken("101")]).as_deref(), Some("100"));
        assert_eq!(of([broken("100"), whole("101")]).as_deref(), Some("100"));
        assert_eq!(of([broken(""), whole("101")]), None, "nothing says where it begins");
        assert_eq!(of([broken("100"), broken("101")]), None, "nothing says of which stream it is");
    }

    #[test]
    fn a_union_has_the_order_of_the_token_that_knows_more_records() {
        let longer: Vec<_> = (100..104).map(|record| settled(record, &[0])).collect();
        let shorter = vec![settled(100, &[1]), settled(103, &[])];
        let mut both = longer.clone();
        both[0] = settled(100, &[0, 1]);
        assert_eq!(union(longer.clone(), shorter.clone()), both);
        assert_eq!(union(shorter, longer), both);
    }

    #[test]
    fn only_a_token_of_these_rules_and_this_batch_is_trusted() {
        let key = TokenKey { stream: "arn".to_owned(), sequence: "100".to_owned() };
        let token = |rules: &str, records| Token { rules: rules.to_owned(), records };
        let told = |token| distrust(&token, &key, "mine");
        assert_eq!(told(token("mine", vec![settled(100, &[0])])), None);
        assert_eq!(
            told(token("other", vec![settled(100, &[0])])),
            Some("it was written under other rules")
        );
        for records in [vec![], vec![settled(101, &[0])]] {
            assert_eq!(
                told(token("mine", records)),
                Some("it does not begin with the first record of the batch")
            );
        }
    }

    const ROUTES: usize = 3;

    proptest! {
        /// However a mapping cuts what comes again into batches, and whatever fails in each of
        /// them: what was settled once is known for as long as its record comes again, and nothing
        /// is known that was not settled.
        #[test]
        fn what_was_settled_stays_known_until_its_record_is_done(
            total in 1_usize..30,
            invocations in prop::collection::vec(
                (1_usize..30, prop::collection::vec(any::<bool>(), 30 * ROUTES), any::<bool>()),
                1..30,
            ),
        ) {
            let mut ever: BTreeSet<(usize, usize)> = BTreeSet::new();
            let mut tokens: HashMap<String, Vec<Settled>> = HashMap::new();
            let mut at = 0;
            for (size, outcomes, fails) in invocations {
                if at == total {
                    break;
                }
                let end = total.min(at + size);
                let known = tokens.remove(&at.to_string()).unwrap_or_default();
                let told: BTreeSet<_> = known.iter().flat_map(|r| r.deliveries.clone()).collect();
                for record in at..end {
                    for route in 0..ROUTES {
                        let knows = told.contains(&identity(record, route));
                        prop_assert_eq!(knows, ever.contains(&(record, route)));
                    }
                }

                let mut settled_now = BTreeMap::<usize, BTreeSet<Identity>>::new();
                let mut lowest = None;
                for record in at..end {
                    for route in 0..ROUTES {
                        if outcomes[(record * ROUTES + route) % outcomes.len()] {
                            ever.insert((record, route));
                        }
                        if ever.contains(&(record, route)) {
                            let of_record = settled_now.entry(record - at).or_default();
                            of_record.insert(identity(record, route));
                        } else {
                            lowest = lowest.or(Some(record - at));
                        }
                    }
                }
                // An invocation that fails as a whole goes on from its own start.
                let from = match lowest {
                    Some(_) if fails => 0,
                    Some(lowest) => lowest,
                    None => end - at,
                };
                if let Some((first, records)) =
                    remember(&batch(at..end), &settled_now, &known, from)
                {
                    prop_assert_eq!(&first, &(at + from).to_string());
                    tokens.insert(first, records);
                }
                at += from;
            }
        }

        #[test]
        fn a_union_knows_what_either_knows_and_no_more(
            one in prop::collection::vec(0_usize..8, 0..12),
            other in prop::collection::vec(0_usize..8, 0..12),
        ) {
            let token = |bits: &[usize]| -> Vec<Settled> {
                let of = |(n, bits): (usize, &usize)| {
                    let routes: Vec<_> = (0..ROUTES).filter(|r| bits >> r & 1 == 1).collect();
                    settled(n, &routes)
                };
                bits.iter().enumerate().map(of).collect()
            };
            let longer = one.len().max(other.len());
            let bits = |n: usize| one.get(n).unwrap_or(&0) | other.get(n).unwrap_or(&0);
            let both: Vec<usize> = (0..longer).map(bits).collect();
            prop_assert_eq!(union(token(&one), token(&other)), token(&both));
        }
    }
}
