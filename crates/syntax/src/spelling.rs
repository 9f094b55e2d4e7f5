//! Operators and keywords that are understood and written differently.

use crate::grammar::{Pairs, Rule};
use crate::lower::Lower;
use crate::{Diagnostic, codes};

/// The only spelling of an operator or keyword.
pub(crate) fn spelling(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::and => "and",
        Rule::or => "or",
        Rule::not | Rule::misplaced_not => "not",
        Rule::equal => "==",
        Rule::not_equal => "!=",
        Rule::less_equal => "<=",
        Rule::greater_equal => ">=",
        Rule::contains => "contains",
        Rule::starts_with => "starts with",
        Rule::ends_with => "ends with",
        Rule::in_list => "in",
        Rule::not_in => "not in",
        Rule::has_one => "has",
        Rule::has_any => "has any",
        Rule::has_all => "has all",
        Rule::exists => "exists",
        Rule::missing => "missing",
        Rule::from_value | Rule::kw_from => "from",
        Rule::kw_changed => "changed",
        Rule::kw_became => "became",
        Rule::kw_env => "env",
        Rule::kw_param => "param",
        Rule::kw_source => "source",
        Rule::kw_schema => "schema",
        Rule::kw_let => "let",
        Rule::kw_lot => "lot",
        Rule::kw_route => "route",
        Rule::kw_rule => "rule",
        Rule::kw_ignore => "ignore",
        Rule::kw_test => "test",
        Rule::kw_mode => "mode",
        Rule::kw_formerly => "formerly",
        Rule::kw_only => "only",
        Rule::kw_skip => "skip",
        Rule::kw_given => "given",
        Rule::kw_insert => "insert",
        Rule::kw_modify => "modify",
        Rule::kw_remove => "remove",
        Rule::kw_expire => "expire",
        Rule::kw_events => "events",
        Rule::kw_expect => "expect",
        Rule::kw_times => "times",
        Rule::kw_any => "any",
        Rule::kw_all => "all",
        Rule::kw_in => "in",
        Rule::dots => "...",
        Rule::kw_is => "is",
        Rule::kw_matches => "matches",
        Rule::nothing => "nothing",
        Rule::alternative => "|",
        Rule::becomes => "=>",
        Rule::arrow => "->",
        Rule::kw_on => "on",
        Rule::kw_of => "of",
        Rule::kw_when => "when",
        Rule::kw_to => "to",
        Rule::kw_with => "with",
        Rule::null => "null",
        Rule::colon => ":",
        Rule::assign => "=",
        Rule::event_comma => ",",
        _ => return None,
    })
}

/// Reports every operator and keyword that is written differently.
pub(crate) fn report(lower: &mut Lower<'_>, declaration: Pairs<'_>) {
    for pair in declaration.flatten() {
        let written = pair.as_str();
        let right = match pair.as_rule() {
            Rule::divide => {
                let span = lower.span(&pair);
                let message = format!("there is no `{written}`, because its result is not exact");
                let help = "multiply instead: `a > b * 2` for `a / 2 > b`, `a * 0.5` for `a / 2`";
                lower.report(Diagnostic::error(codes::DIVISION, message, span).help(help));
                continue;
            }
            Rule::boolean => {
                if written.eq_ignore_ascii_case("true") {
                    "true"
                } else {
                    "false"
                }
            }
            rule => match spelling(rule) {
                Some(right) => right,
                None => continue,
            },
        };
        if written == right || written.split_ascii_whitespace().eq(right.split(' ')) {
            continue;
        }
        let span = lower.span(&pair);
        let words: Vec<&str> = written.split_whitespace().collect();
        let message = format!("`{}` is written `{right}` here", words.join(" "));
        lower.report(Diagnostic::error(codes::SPELLING, message, span));
    }
}
