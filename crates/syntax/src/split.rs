//! Cuts a file into its declarations, each of which is then parsed alone.
//!
//! A cut is made where a top-level keyword starts a line, even inside an open bracket when the
//! line can only be a declaration. So one error does not hide the rest of the file.

use std::ops::Range;

use crate::tokens::{Kind, Token, Tokens};
use crate::words::{self, DECLARATIONS};
use crate::{Code, Diagnostic, FileId, Span, codes};

/// Brackets, braces and `${` inside each other, all together.
pub(crate) const MAX_DEPTH: usize = 64;

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
    /// With a keyword, followed by a name.
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
        open: Vec::new(),
        suspect: None,
        lost: false,
        indent: 0,
        after_dot: false,
    };
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next() {
        splitter.take(token, &tokens);
    }
    splitter.finish(None);
    (splitter.chunks, splitter.diagnostics)
}

struct Splitter<'s> {
    file: FileId,
    text: &'s str,
    chunks: Vec<Chunk>,
    diagnostics: Vec<Diagnostic>,
    docs: Vec<String>,
    current: Option<Chunk>,
    open: Vec<Bracket>,
    /// A bracket that, going by indentation, was closed by one meant for another.
    suspect: Option<Bracket>,
    /// Brackets nest too deeply to be followed further in this declaration.
    lost: bool,
    /// How far the current line is indented, in bytes.
    indent: usize,
    after_dot: bool,
}

/// An open bracket.
#[derive(Debug, Clone, Copy)]
struct Bracket {
    mark: char,
    at: usize,
    /// How far its line is indented, in bytes.
    indent: usize,
}

impl<'s> Splitter<'s> {
    fn take(&mut self, token: Token, rest: &Tokens<'s>) {
        if token.first {
            let before = self.at(&(0..token.range.start));
            self.indent = before.len() - before.rfind('\n').map_or(0, |i| i + 1);
        }
        match token.kind {
            Kind::Comment => return,
            Kind::Doc => {
                if self.is_outside() {
                    let line = self.at(&token.range).trim_start_matches('/').trim();
                    self.docs.push(line.to_owned());
                }
                return;
            }
            _ => {}
        }
        if let Some(head) = self.head(&token, rest) {
            self.finish(Some(&token));
            self.begin(head, &token);
        } else if self.current.is_none() && !matches!(token.kind, Kind::Close(_)) {
            self.begin(Head::Junk, &token);
        }
        if let Some(chunk) = &mut self.current {
            chunk.range.end = token.range.end;
        }
        self.check(&token);
        self.after_dot = self.at(&token.range) == ".";
        if self.is_outside() && token.kind == Kind::Close('}') && self.ends_with_brace() {
            self.finish(None);
        }
    }

    /// Whether no bracket is open.
    fn is_outside(&self) -> bool {
        self.open.is_empty() && !self.lost
    }

    fn at(&self, range: &Range<usize>) -> &'s str {
        self.text.get(range.clone()).unwrap_or("")
    }

    fn begin(&mut self, head: Head, token: &Token) {
        let docs = std::mem::take(&mut self.docs);
        self.current = Some(Chunk { docs, head, range: token.range.clone(), sound: true });
    }

    fn ends_with_brace(&self) -> bool {
        let head = self.current.as_ref().map(|chunk| &chunk.head);
        !matches!(head, Some(Head::Declaration { keyword: "let" | "param", .. } | Head::Junk))
    }

    /// What starts at this token, if a declaration does.
    fn head(&self, token: &Token, rest: &Tokens<'s>) -> Option<Head> {
        if token.kind != Kind::Word || self.after_dot {
            return None;
        }
        let word = self.at(&token.range);
        let keyword = DECLARATIONS.into_iter().find(|k| k.eq_ignore_ascii_case(word));
        if keyword.is_none() && !(token.first && self.is_outside()) {
            return None;
        }
        let mut next = rest.clone().meaningful();
        let name = next.next().filter(|t| !t.first && is_name(t));
        let named = name.is_some();
        let shaped = named && next.next().is_some_and(|t| self.opens_body(&t));
        let name = name.map(|t| t.range);
        let exact = keyword == Some(word);
        match (keyword, name) {
            (Some(keyword), name)
                if (self.is_outside() && (shaped || exact && token.first && named))
                    || (exact && token.first && (shaped || self.stands_alone(rest))) =>
            {
                Some(Head::Declaration { keyword, name })
            }
            (None, Some(name)) if shaped && !words::is_reserved(word) => {
                Some(Head::Unknown { word: token.range.clone(), name })
            }
            _ => None,
        }
    }

    /// A keyword at the margin with no name and a body after all.
    fn stands_alone(&self, rest: &Tokens<'s>) -> bool {
        self.is_outside()
            && rest.clone().meaningful().next().is_some_and(|t| t.kind == Kind::Open('{'))
    }

    fn opens_body(&self, token: &Token) -> bool {
        token.kind == Kind::Open('{') || matches!(self.at(&token.range), "=" | "==" | ":")
    }

    fn finish(&mut self, next: Option<&Token>) {
        if let Some(outermost) = self.open.first().copied() {
            let mut error = self.unclosed(self.suspect.unwrap_or(outermost));
            if let Some(next) = next {
                let place = self.span(next.range.clone());
                error = error.label(place, "the next declaration starts before its end");
            }
            self.report(error);
        }
        self.open.clear();
        self.suspect = None;
        self.lost = false;
        self.chunks.extend(self.current.take());
    }

    /// Follows brackets, and reports what no grammar needs to see.
    fn check(&mut self, token: &Token) {
        let range = token.range.clone();
        match token.kind {
            Kind::Open(mark) if !self.lost => {
                self.open.push(Bracket { mark, at: range.start, indent: self.indent });
                self.check_depth(0, range);
            }
            Kind::Text { depth } => self.check_depth(depth, range),
            Kind::Close(c) if !self.lost => self.close(c, token),
            Kind::OpenText { interpolation } => self.open_text(range, interpolation),
            Kind::Foreign => self.foreign(range),
            Kind::Word if !self.at(&range).is_ascii() => self.foreign_word(range),
            _ => {}
        }
    }

    fn check_depth(&mut self, inside: usize, range: Range<usize>) {
        if self.open.len() + inside > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} brackets inside each other");
            let help = "give a part of it a name with `let`";
            self.report(self.error(codes::TOO_DEEP, message, range).help(help));
            self.open.clear();
            self.lost = true;
        }
    }

    fn close(&mut self, mark: char, token: &Token) {
        let Some(at) = self.open.iter().rposition(|b| b.mark == partner(mark)) else {
            let message = format!("`{mark}` closes nothing");
            let error = self.error(codes::STRAY_CLOSE, message, token.range.clone());
            self.report(error.help("remove it, or look for the bracket that should be open"));
            return;
        };
        if let Some(unclosed) = self.open.get(at + 1).copied() {
            let place = self.span(token.range.clone());
            let error =
                self.unclosed(unclosed).label(place, format!("`{mark}` comes before its end"));
            self.report(error);
        }
        let closed = self.open.get(at).copied();
        if token.first && self.suspect.is_none() {
            let meant = self.open.iter().take(at).any(|b| b.indent == self.indent);
            self.suspect = closed.filter(|b| meant && b.indent > self.indent);
        }
        self.open.truncate(at);
    }

    fn unclosed(&self, bracket: Bracket) -> Diagnostic {
        let Bracket { mark, at, .. } = bracket;
        self.error(codes::OPEN_BRACKET, format!("`{mark}` is never closed"), at..at + 1)
            .help(format!("write `{}` where it ends", partner(mark)))
    }

    fn open_text(&mut self, range: Range<usize>, interpolation: Option<usize>) {
        let mut error =
            self.error(codes::OPEN_TEXT, "this text has no end on its line", range.clone());
        if let Some(at) = interpolation {
            let place = self.span(range.start + at..range.start + at + 2);
            error = error.label(place, "perhaps because this has no `}`");
        }
        self.report(error.help("close it with `\"`; a line break inside a text is written `\\n`"));
    }

    fn foreign(&mut self, range: Range<usize>) {
        let found = self.at(&range);
        let first = found.chars().next().unwrap_or(' ');
        let shown = crate::expected::shown(found);
        let (message, help) = match first {
            '\'' | '`' | '\u{201C}' | '\u{201D}' | '\u{201E}' => {
                (format!("{shown} is not a text"), "write texts in straight double quotes: `\"…\"`")
            }
            '#' | '/' => ("this is not a comment".to_owned(), "start comments with `//`"),
            c if c.is_control() || c.is_whitespace() || c.len_utf8() > 1 => {
                let name = format!("the character U+{:04X} has no place outside a text", c as u32);
                (name, "remove it, or write a plain blank")
            }
            _ => (format!("{shown} has no place outside a text"), "remove it"),
        };
        self.report(self.error(codes::FOREIGN_CHARACTER, message, range).help(help));
    }

    fn foreign_word(&mut self, range: Range<usize>) {
        let word = self.at(&range);
        let message = format!("`{word}` is not a name");
        let help = format!(
            "names have ASCII letters, digits and `_`; for an attribute write `item[\"{word}\"]`"
        );
        self.report(self.error(codes::NAME, message, range).help(help));
    }

    fn error(&self, code: Code, message: impl Into<String>, range: Range<usize>) -> Diagnostic {
        Diagnostic::error(code, message, self.span(range))
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

/// The bracket that belongs to this one.
fn partner(bracket: char) -> char {
    match bracket {
        '{' => '}',
        '(' => ')',
        '[' => ']',
        '}' => '{',
        ')' => '(',
        _ => '[',
    }
}
