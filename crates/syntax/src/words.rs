//! The words of the language, and which of them somebody may have meant.

/// What starts a declaration, in the whole language.
pub(crate) const DECLARATIONS: [&str; 9] =
    ["param", "source", "schema", "let", "lot", "route", "rule", "ignore", "test"];

/// What starts a clause of a rule, or a part of one.
pub(crate) const CLAUSES: [&str; 6] = ["on", "of", "from", "when", "to", "with"];

/// What else stands in a rule.
pub(crate) const RULE_SETTINGS: [&str; 2] = ["mode", "formerly"];

/// What starts a line of a test.
pub(crate) const TEST_LINES: [&str; 7] =
    ["given", "insert", "modify", "remove", "expire", "events", "expect"];

/// What `on` takes.
pub(crate) const EVENTS: [&str; 4] = ["INSERT", "MODIFY", "REMOVE", "ANY"];

/// Words between, before and after values.
pub(crate) const OPERATORS: [&str; 17] = [
    "and", "or", "not", "in", "has", "any", "all", "contains", "starts", "ends", "matches", "is",
    "exists", "missing", "changed", "became", "from",
];

/// What can be called.
pub(crate) const FUNCTIONS: [&str; 10] =
    ["len", "lower", "upper", "number", "string", "abs", "cidr", "sha256", "hmac", "join"];

/// Where a path can start.
pub(crate) const ROOTS: [&str; 6] = ["old", "new", "item", "keys", "event", "change"];

/// Words that stand for a value.
pub(crate) const LITERALS: [&str; 3] = ["true", "false", "null"];

/// Whether a word means something inside a rule, so that nothing can be called by it.
pub(crate) fn is_reserved(word: &str) -> bool {
    [&CLAUSES[..], &OPERATORS, &ROOTS, &LITERALS].iter().any(|words| words.contains(&word))
}

/// The candidate that was most likely meant by a misspelt word, if any is close enough.
///
/// Letter case does not count, and neither does a `-` written for a `_`.
#[must_use]
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let fold = |s: &str| s.to_lowercase().replace('-', "_");
    let word = fold(word);
    // One slip in a short word, one in every three letters of a long one.
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&word, &fold(c)), c))
        .filter(|(distance, c)| *distance <= limit && *distance < c.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}
