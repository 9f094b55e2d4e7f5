//! The words and marks of a text, before any grammar.
//!
//! Just enough to find where declarations start, which brackets and texts are open, and what to
//! name in a message. Every character is looked at once.

use std::ops::Range;

/// What some editors put before a text. It is no part of it.
pub(crate) const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// A word, a mark, a text or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// Whether nothing but white space precedes it on its line.
    pub(crate) first: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Number,
    /// A text, with how deeply brackets and `${` nest inside it.
    Text {
        depth: usize,
    },
    /// A text without an end on its line, with its last open `${`.
    OpenText {
        interpolation: Option<usize>,
    },
    Open(char),
    Close(char),
    /// A `///` line.
    Doc,
    Comment,
    Mark,
    /// A regular expression after `matches`.
    Regex {
        closed: bool,
    },
    /// A character that stands for nothing outside texts and comments, with what it drags along.
    Foreign,
}

/// Reads the tokens of a text from some place on.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'s> {
    text: &'s str,
    at: usize,
    first: bool,
    /// Whether the last word was `matches`, after which `/` opens a regular expression.
    matches: bool,
}

impl<'s> Tokens<'s> {
    /// Starts at the beginning, behind a byte order mark.
    pub(crate) fn new(text: &'s str) -> Self {
        let mark = text.chars().next().filter(|c| *c == BYTE_ORDER_MARK);
        Self::from(text, mark.map_or(0, char::len_utf8))
    }

    /// Starts at a byte offset; nothing is read where that is no character boundary.
    pub(crate) fn from(text: &'s str, at: usize) -> Self {
        Tokens { text, at, first: true, matches: false }
    }

    /// The tokens that mean something.
    pub(crate) fn meaningful(self) -> impl Iterator<Item = Token> {
        self.filter(|t| !matches!(t.kind, Kind::Doc | Kind::Comment))
    }

    fn skip_blanks(&mut self) -> &'s str {
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            match rest.bytes().next() {
                Some(b'\n') => self.first = true,
                Some(b' ' | b'\t' | b'\r') => {}
                _ => return rest,
            }
            self.at += 1;
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.skip_blanks();
        let (kind, length) = read(rest, self.matches)?;
        let range = self.at..self.at + length;
        if !matches!(kind, Kind::Doc | Kind::Comment) {
            self.matches = kind == Kind::Word && rest.get(..length) == Some("matches");
        }
        self.at = range.end;
        Some(Token { kind, range, first: std::mem::take(&mut self.first) })
    }
}

fn read(rest: &str, after_matches: bool) -> Option<(Kind, usize)> {
    let c = rest.chars().next()?;
    let line = || rest.find('\n').unwrap_or(rest.len());
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    Some(match c {
        '"' => text(rest),
        '/' if after_matches && !rest.starts_with("//") => regex(rest),
        '/' if rest.starts_with("///") && !rest.starts_with("////") => (Kind::Doc, line()),
        '/' if rest.starts_with("//") => (Kind::Comment, line()),
        '/' if rest.starts_with("/*") => {
            (Kind::Foreign, rest.find("*/").map_or_else(line, |end| end + 2))
        }
        '{' | '(' | '[' => (Kind::Open(c), 1),
        '}' | ')' | ']' => (Kind::Close(c), 1),
        '0'..='9' => (Kind::Number, run(|c| c.is_alphanumeric() || c == '_' || c == '.')),
        '_' => (Kind::Word, run(is_word)),
        '=' | '!' | '<' | '>' | '&' | '|' | '?' => {
            (Kind::Mark, run(|c| matches!(c, '=' | '!' | '<' | '>' | '&' | '|' | '?')))
        }
        '.' => (Kind::Mark, run(|c| c == '.')),
        '-' if rest.starts_with("->") => (Kind::Mark, 2),
        '#' => (Kind::Foreign, line()),
        '\'' | '`' => (Kind::Foreign, quoted(rest, c)),
        '\u{201C}' | '\u{201E}' | '\u{201D}' => (Kind::Foreign, quoted_by_editors(rest)),
        c if c.is_alphabetic() => (Kind::Word, run(is_word)),
        c if c.is_ascii_graphic() => (Kind::Mark, 1),
        c => (Kind::Foreign, c.len_utf8()),
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a text in foreign quotes, where it is closed on its line.
fn quoted(rest: &str, quote: char) -> usize {
    let line = rest.split('\n').next().unwrap_or("");
    let closed = line.char_indices().skip(1).find(|(_, c)| *c == quote);
    closed.map_or(quote.len_utf8(), |(i, c)| i + c.len_utf8())
}

/// As [`quoted`], with the quotation marks that word processors make of `"`.
fn quoted_by_editors(rest: &str) -> usize {
    let line = rest.split('\n').next().unwrap_or("");
    let is_end = |c: char| matches!(c, '\u{201C}' | '\u{201D}' | '"');
    let closed = line.char_indices().skip(1).find(|(_, c)| is_end(*c));
    closed.map_or('\u{201C}'.len_utf8(), |(i, c)| i + c.len_utf8())
}

/// Reads a regular expression up to the `/` that closes it on its line.
fn regex(rest: &str) -> (Kind, usize) {
    let mut escaped = false;
    for (i, b) in rest.bytes().enumerate().skip(1) {
        match b {
            b'\n' => return (Kind::Regex { closed: false }, i),
            b'/' if !escaped => return (Kind::Regex { closed: true }, i + 1),
            _ => escaped = b == b'\\' && !escaped,
        }
    }
    (Kind::Regex { closed: false }, rest.len())
}

/// Reads a text that starts at a quotation mark, with the texts inside its `${…}`.
fn text(rest: &str) -> (Kind, usize) {
    // What is open: quotation marks, `$` for an interpolation, brackets inside one.
    let mut open: Vec<(u8, usize)> = Vec::new();
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut bytes = rest.bytes().enumerate().peekable();
    while let Some((i, byte)) = bytes.next() {
        let in_text = matches!(open.last(), Some((b'"', _)));
        match byte {
            b'\n' | b'\r' => break,
            b'\\' if in_text => {
                bytes.next_if(|(_, b)| !matches!(b, b'\n' | b'\r'));
            }
            b'"' if in_text => {
                open.pop();
                if open.is_empty() {
                    return (Kind::Text { depth: deepest }, i + 1);
                }
            }
            b'$' if in_text && bytes.next_if(|(_, b)| *b == b'{').is_some() => {
                open.push((b'$', i));
                depth += 1;
            }
            b'$' if in_text => {}
            b'"' => open.push((b'"', i)),
            b'{' | b'(' | b'[' if !in_text => {
                open.push((byte, i));
                depth += 1;
            }
            b')' | b']' if !in_text => {
                let opener = if byte == b')' { b'(' } else { b'[' };
                depth -= usize::from(open.pop_if(|(b, _)| *b == opener).is_some());
            }
            // An interpolation ends at its brace, whatever else is open inside it.
            b'}' if !in_text => {
                while let Some((opener, _)) = open.pop_if(|(b, _)| *b != b'"') {
                    depth -= 1;
                    if matches!(opener, b'{' | b'$') {
                        break;
                    }
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    let interpolation = open.iter().rev().find(|(b, _)| *b == b'$').map(|(_, i)| *i);
    let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
    (Kind::OpenText { interpolation }, line)
}
