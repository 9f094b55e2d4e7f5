//! The parts of the language that this version reads and refuses.
//!
//! A construct leaves this file when it gets its place in the syntax tree.

use crate::grammar::{Pairs, Rule};
use crate::lower::Lower;
use crate::{Diagnostic, Span, codes};

/// What a refused declaration is called, if its keyword starts one.
pub(crate) fn declaration(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "schema" => "`schema` declarations",
        "ignore" => "`ignore` declarations",
        "test" => "`test` declarations",
        _ => return None,
    })
}

/// What a refused part of a declaration is called.
fn construct(rule: Rule, text: &str) -> Option<String> {
    let fixed = match rule {
        Rule::of => "schemas, and so no `of`",
        Rule::guard => "guards such as `only when`",
        Rule::mode => "`mode`",
        Rule::formerly => "`formerly`",
        Rule::quantifier => "`any … in` or `all … in`",
        Rule::matching => "`matches`",
        Rule::type_test => "`is` with a type",
        Rule::call => "functions",
        Rule::spread => "spreads with `...`",
        Rule::pick => "picks such as `.{a, b}`",
        Rule::binary => "binary literals",
        Rule::set => "set literals",
        Rule::setting_name => return setting(text).then(|| format!("setting `{text}`")),
        Rule::target_kind => {
            return matches!(text, "dynamodb" | "s3").then(|| format!("kind `{text}`"));
        }
        _ => return None,
    };
    Some(fixed.to_owned())
}

fn setting(name: &str) -> bool {
    matches!(name, "format" | "numbers" | "max_block" | "oversize" | "ttl" | "unmatched" | "then")
}

/// Reports every refused construct, the outermost of those inside each other. Says if any was.
pub(crate) fn report(lower: &mut Lower<'_>, declaration: Pairs<'_>) -> bool {
    let mut covered = 0;
    for pair in declaration.flatten() {
        let range = pair.as_span();
        if range.start() < covered {
            continue;
        }
        if let Some(construct) = construct(pair.as_rule(), pair.as_str()) {
            covered = range.end();
            let span = lower.span(&pair);
            lower.report(not_yet(&construct, span));
        }
    }
    covered > 0
}

pub(crate) fn not_yet(construct: &str, span: Span) -> Diagnostic {
    let message = format!("this version of the language has no {construct}");
    Diagnostic::error(codes::LATER, message, span)
}
