//! Says in the words of the language what pest could not match.

use std::ops::Range;

use pest::error::{ErrorVariant, InputLocation};

use crate::grammar::Rule;
use crate::tokens::{Kind, Tokens};
use crate::wishes::{CLAUSE, wish};
use crate::words::{self, DECLARATIONS};
use crate::{Diagnostic, FileId, Span, codes};

const DECLARATIONS_HELP: &str = "a file has declarations, which start with `param`, `source`, `schema`, `let`, `lot`, `route`, \
     `rule`, `ignore` or `test`";

/// A word where the keyword of a declaration belongs.
pub(crate) fn unknown_declaration(word: &str, span: Span) -> Diagnostic {
    let help = match words::closest(word, DECLARATIONS) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => DECLARATIONS_HELP.to_owned(),
    };
    let message = format!("`{word}` declares nothing");
    Diagnostic::error(codes::UNKNOWN_DECLARATION, message, span).help(help)
}

/// Text at the top level that starts no declaration.
pub(crate) fn no_declaration(id: FileId, text: &str, range: Range<usize>) -> Diagnostic {
    let first = Tokens::from(text, range.start).next().map_or(range, |token| token.range);
    let found = text.get(first.clone()).unwrap_or("");
    let message = format!("no declaration starts with {}", shown(found));
    let help = match found {
        "{" | "[" => format!("rules are not written in JSON; {DECLARATIONS_HELP}"),
        _ => DECLARATIONS_HELP.to_owned(),
    };
    Diagnostic::error(codes::UNKNOWN_DECLARATION, message, Span::new(id, first)).help(help)
}

/// What was expected where the declaration at `range` could not be read on.
pub(crate) fn explain(
    id: FileId,
    text: &str,
    range: &Range<usize>,
    error: &pest::error::Error<Rule>,
) -> Diagnostic {
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let at = range.start + at;
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        // Its guard against a stack overflow is the only message that pest makes up itself.
        let message = "this declaration nests too deeply";
        return Diagnostic::error(codes::TOO_DEEP, message, Span::new(id, range.clone()));
    };
    let text = text.get(..range.end).unwrap_or("");
    let stop = match positives.iter().any(|rule| wish(*rule).is_some()) {
        true => Stop::new(text, range.start, at, positives),
        // Only a path could have gone on here, so the word before it was no value.
        false => {
            Stop::new(text, range.start, last_token(text, range.start, at).start, &[Rule::value])
        }
    };
    let message = format!("expected {}, found {}", stop.wanted(), stop.found());
    let error = Diagnostic::error(codes::UNEXPECTED, message, Span::new(id, stop.range.clone()));
    match stop.advice() {
        Some(help) => error.help(help),
        None => error,
    }
}

/// Where a declaration could not be read on.
pub(crate) struct Stop<'s> {
    pub(crate) wanted: &'s [Rule],
    /// The token that does not fit; none at the end.
    pub(crate) found: Option<(Kind, &'s str)>,
    range: Range<usize>,
    /// The token before it.
    pub(crate) before: &'s str,
}

impl<'s> Stop<'s> {
    fn new(text: &'s str, start: usize, at: usize, wanted: &'s [Rule]) -> Self {
        let token = Tokens::from(text, at).meaningful().next();
        let range = token.as_ref().map_or(at..at, |t| t.range.clone());
        let found = token.map(|t| (t.kind, text.get(t.range).unwrap_or("")));
        let before = text.get(last_token(text, start, at)).unwrap_or("");
        Stop { wanted, found, range, before }
    }

    pub(crate) fn wants(&self, what: &str) -> bool {
        self.wanted.iter().any(|rule| wish(*rule) == Some(what))
    }

    fn wanted(&self) -> String {
        let mut wishes: Vec<_> = self.wanted.iter().filter_map(|rule| wish(*rule)).collect();
        wishes.sort_by_key(|wish| (wish.starts_with('`'), *wish));
        wishes.dedup();
        // Which clause it is says more only where no other is.
        if wishes.contains(&CLAUSE) {
            wishes.retain(|wish| !["`from`", "`when`", "`with`"].contains(wish));
        }
        let last = wishes.pop().unwrap_or("something else");
        match wishes.as_slice() {
            [] => last.to_owned(),
            others => format!("{} or {last}", others.join(", ")),
        }
    }

    fn found(&self) -> String {
        self.found.map_or("the end of the declaration".to_owned(), |(_, text)| shown(text))
    }
}

/// The last token before `at`.
fn last_token(text: &str, start: usize, at: usize) -> Range<usize> {
    let tokens = Tokens::from(text.get(..at).unwrap_or(""), start).meaningful();
    tokens.last().map_or(start..start, |token| token.range)
}

/// User input for a message: in backticks, on one line, and not endless.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let plain = |c: char| match c {
        '`' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    let text: String = text.chars().take(MOST + 1).map(plain).collect();
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(MOST) {
        line.truncate(cut);
        line.push('…');
    }
    format!("`{line}`")
}
