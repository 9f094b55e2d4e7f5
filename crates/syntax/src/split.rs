//! Cuts a file into its declarations, each of which is then parsed alone.
//!
//! A cut is made where a top-level keyword starts a declaration, even inside an open bracket when
//! the line can be nothing else. So one error does not hide the rest of the file.

use std::ops::Range;

use crate::brackets::{Brackets, Closed, MAX_DEPTH};
use crate::tokens::{Kind, Token, Tokens};
use crate::words::{self, DECLARATIONS};
use crate::{Diagnostic, FileId, Span, codes, foreign};

/// The text of one declaration.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The `///` lines above it, without the slashes.
    pub(crate) docs: Vec<String>,
    pub(crate) head: Head,
    /// From its first token to its last.
    pub(crate) range: Range<usize>,
    /// Whether its brackets and texts are closed. If not, that has been reported.
    pub(crate) sound: bool,
}

/// How a piece of text starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    /// With a keyword, mostly followed by a name.
    Declaration { keyword: &'static str, name: Option<Range<usize>> },
    /// Like a declaration, with an unknown word.
    Unknown { word: Range<usize>, name: Range<usize> },
    /// With something else.
    Junk,
}

/// The declarations of a text, and what is wrong with its characters and brackets.
pub(crate) fn split(file: FileId, text: &str) -> (Vec<Chunk>, Vec<Diagnostic>) {
    let mut splitter = Splitter {
        file,
        text,
        chunks: Vec::new(),
        diagnostics: Vec::new(),
        docs: Vec::new(),
        current: None,
        brackets: Brackets::new(file),
        indent: 0,
        after_dot: false,
    };
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        splitter.take(&token, &tokens);
    }
    splitter.finish(None);
    (splitter.chunks, splitter.diagnostics)
}

struct Splitter<'s> {
    file: FileId,
    text: &'s str,
    chunks: Vec<Chunk>,
    diagnostics: Vec<Diagnostic>,
    /// The `///` lines since the last declaration.
    docs: Vec<String>,
    current: Option<Chunk>,
    brackets: Brackets,
    /// How far the current line is indented, in bytes.
    indent: usize,
    after_dot: bool,
}

impl<'s> Splitter<'s> {
    /// Takes the next token; `rest` is what follows it.
    fn take(&mut self, token: &Token, rest: &Tokens<'s>) {
        match token.kind {
            Kind::Comment => return,
            Kind::Doc if self.brackets.is_outside() => {
                let line = self.at(&token.range).trim_start_matches('/').trim();
                return self.docs.push(line.to_owned());
            }
            Kind::Doc => return,
            _ => {}
        }
        if token.first {
            let before = self.at(&(0..token.range.start));
            self.indent = before.len() - before.rfind('\n').map_or(0, |i| i + 1);
        }
        if let Some(head) = self.head(token, rest) {
            self.finish(Some(token.range.clone()));
            self.begin(head, token);
        } else if self.current.is_none() && !matches!(token.kind, Kind::Close(_)) {
            self.begin(Head::Junk, token);
        }
        if let Some(chunk) = &mut self.current {
            chunk.range.end = token.range.end;
        }
        self.after_dot = self.at(&token.range) == ".";
        self.check(token);
        let is_end = token.kind == Kind::Close('}') && self.brackets.is_outside();
        if is_end && self.ends_with_brace() && !self.goes_on(rest) {
            self.finish(None);
        }
    }

    fn begin(&mut self, head: Head, token: &Token) {
        let docs = std::mem::take(&mut self.docs);
        self.current = Some(Chunk { docs, head, range: token.range.clone(), sound: true });
    }

    fn finish(&mut self, next: Option<Range<usize>>) {
        if let Some(unclosed) = self.brackets.finish(next) {
            self.report(unclosed);
        }
        self.chunks.extend(self.current.take());
    }

    fn ends_with_brace(&self) -> bool {
        let head = self.current.as_ref().map(|chunk| &chunk.head);
        !matches!(head, Some(Head::Declaration { keyword: "let" | "param", .. } | Head::Junk))
    }

    /// Whether another brace belongs to the current declaration: `test "…" with { … } { … }`.
    fn goes_on(&self, rest: &Tokens<'s>) -> bool {
        let Some(next) = rest.clone().meaningful().next() else { return false };
        match self.keyword() {
            Some("schema") => next.kind == Kind::Open('{'),
            Some("test") => next.kind == Kind::Open('{') || self.at(&next.range) == "from",
            _ => false,
        }
    }

    fn keyword(&self) -> Option<&'static str> {
        match self.current.as_ref()?.head {
            Head::Declaration { keyword, .. } => Some(keyword),
            _ => None,
        }
    }

    /// What starts at this token, if a declaration does.
    fn head(&self, token: &Token, rest: &Tokens<'s>) -> Option<Head> {
        if token.kind != Kind::Word || self.after_dot && !token.first {
            return None;
        }
        let is_outside = self.brackets.is_outside();
        let word = self.at(&token.range);
        let keyword = DECLARATIONS.into_iter().find(|k| k.eq_ignore_ascii_case(word));
        if keyword.is_none() && !(token.first && is_outside) {
            return None;
        }
        let mut next = rest.clone().meaningful().take_while(|t| !t.first);
        let second = next.next();
        let is_anonymous = second.as_ref().is_some_and(|t| t.kind == Kind::Open('{'));
        let name = second.filter(is_name);
        let is_shaped = name.is_some() && next.next().is_some_and(|t| self.opens_body(keyword, &t));
        let name = name.map(|t| t.range);
        let is_exact = token.first && keyword == Some(word);
        match (keyword, name) {
            (Some(keyword), name)
                if is_exact && is_shaped
                    || is_outside
                        && (is_shaped || is_exact && (name.is_some() || is_anonymous)) =>
            {
                Some(Head::Declaration { keyword, name })
            }
            // What stands directly behind a word is no name: `b64"…"`.
            (None, Some(name))
                if is_shaped && name.start > token.range.end && !words::is_reserved(word) =>
            {
                Some(Head::Unknown { word: token.range.clone(), name })
            }
            _ => None,
        }
    }

    fn opens_body(&self, keyword: Option<&str>, token: &Token) -> bool {
        let word = self.at(&token.range);
        token.kind == Kind::Open('{')
            || matches!(word, "=" | "==" | ":")
            || match keyword {
                Some("schema") => word.eq_ignore_ascii_case("when"),
                Some("test") => ["from", "with"].iter().any(|w| word.eq_ignore_ascii_case(w)),
                _ => false,
            }
    }

    /// Follows brackets, and reports what no grammar needs to see.
    fn check(&mut self, token: &Token) {
        let range = token.range.clone();
        match token.kind {
            Kind::Open(mark) => {
                self.brackets.open(mark, range.start, self.indent);
                self.check_depth(0, range);
            }
            Kind::Close(mark) => self.close(mark, token),
            Kind::Text { depth } => self.check_depth(depth, range),
            Kind::OpenText { interpolation } => {
                let start = range.start;
                let place = interpolation.map(|i| self.span(start + i..start + i + "${".len()));
                self.report(foreign::open_text(self.span(range), place));
                self.brackets.lose();
            }
            Kind::Regex { closed: false } => {
                self.report(foreign::open_regex(self.span(range)));
                self.brackets.lose();
            }
            Kind::Mark if self.keyword() == Some("schema") && self.brackets.is_in('{') => {
                self.check_angles(range);
            }
            Kind::Foreign => {
                self.report(foreign::explain(self.at(&range), self.span(range.clone())));
            }
            Kind::Word if !self.at(&range).is_ascii() => {
                self.report(foreign::word(self.at(&range), self.span(range.clone())));
            }
            _ => {}
        }
    }

    /// Between the braces of a schema `<` and `>` are brackets, as in `list<string>`.
    fn check_angles(&mut self, range: Range<usize>) {
        for (at, mark) in self.at(&range).char_indices() {
            let place = range.start + at..range.start + at + 1;
            if mark == '<' {
                self.brackets.open(mark, place.start, self.indent);
                self.check_depth(0, place);
            } else if mark == '>'
                && let Closed::TooEarly(error) = self.brackets.close(mark, place, None)
            {
                self.report(error);
            }
        }
    }

    fn check_depth(&mut self, inside: usize, range: Range<usize>) {
        if self.brackets.depth() + inside > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} brackets inside each other");
            let error = Diagnostic::error(codes::TOO_DEEP, message, self.span(range));
            self.report(error.help("give a part of it a name with `let`"));
            self.brackets.lose();
        }
    }

    fn close(&mut self, mark: char, token: &Token) {
        let range = token.range.clone();
        let indent = token.first.then_some(self.indent);
        match self.brackets.close(mark, range.clone(), indent) {
            Closed::Its => {}
            Closed::TooEarly(error) => self.report(error),
            // The grammar has better words for a declaration that never opened its brace.
            Closed::Nothing if mark == '}' && self.current.is_some() && self.ends_with_brace() => {}
            Closed::Nothing => {
                let message = format!("`{mark}` closes nothing");
                let error =
                    Diagnostic::error(codes::STRAY_CLOSE, message, self.span(range.clone()));
                if let Some(chunk) = &mut self.current {
                    chunk.range.end = range.start;
                }
                self.finish(None);
                // What follows was probably part of the same thing.
                self.begin(Head::Junk, token);
                self.report(error.help("remove it, or look for the bracket that should be open"));
            }
        }
    }

    fn at(&self, range: &Range<usize>) -> &'s str {
        self.text.get(range.clone()).unwrap_or("")
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Reports a fault that the grammar could only stumble over.
    fn report(&mut self, error: Diagnostic) {
        if let Some(chunk) = &mut self.current {
            chunk.sound = false;
        }
        self.diagnostics.push(error);
    }
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, Kind::Word | Kind::Text { .. } | Kind::OpenText { .. })
}
