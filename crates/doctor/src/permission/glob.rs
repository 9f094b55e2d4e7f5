//! Patterns with `*` and `?`, as policies have them.

/// Whether a pattern matches whatever another one does, as far as its text shows it: the other's
/// wildcards are matched by wildcards alone.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow): (Vec<char>, Vec<char>) = (wide.chars().collect(), narrow.chars().collect());
    let (mut w, mut n) = (0, 0);
    // Behind the last `*`, and what it has taken so far.
    let mut back: Option<(usize, usize)> = None;
    while n < narrow.len() {
        match (wide.get(w), narrow.get(n)) {
            (Some('*'), _) => {
                back = Some((w + 1, n));
                w += 1;
            }
            (Some('?'), Some(other)) if *other != '*' => (w, n) = (w + 1, n + 1),
            (Some(own), Some(other)) if own == other => (w, n) = (w + 1, n + 1),
            _ => {
                let Some((behind, taken)) = back else { return false };
                back = Some((behind, taken + 1));
                (w, n) = (behind, taken + 1);
            }
        }
    }
    wide.iter().skip(w).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn wildcards_are_matched_by_wildcards() {
        for (wide, narrow, expected) in [
            ("*", "anything", true),
            ("*", "a*", true),
            ("a*", "*", false),
            ("a*c", "abbc", true),
            ("a*c", "ab*bc", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "a*c", false),
            ("arn:aws:sqs:*:*:work", "arn:aws:sqs:eu-west-1:1:work", true),
            ("arn:aws:sqs:*:*:work", "arn:aws:sqs:eu-west-1:1:worked", false),
            ("table/*", "table/a/stream/*", true),
            ("", "a", false),
            ("a", "", false),
        ] {
            assert_eq!(covers(wide, narrow), expected, "{wide} {narrow}");
        }
    }
}
