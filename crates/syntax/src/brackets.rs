//! Follows the brackets of one declaration.

use std::ops::Range;

use crate::{Diagnostic, FileId, Span, codes};

/// Brackets, braces and `${` inside each other, all together.
pub(crate) const MAX_DEPTH: usize = 64;

/// The open brackets of a declaration.
#[derive(Debug, Default)]
pub(crate) struct Brackets {
    file: FileId,
    open: Vec<Bracket>,
    /// One that, going by indentation, was closed by a bracket meant for another.
    suspect: Option<Bracket>,
    /// Something has been reported after which counting brackets says nothing.
    lost: bool,
}

#[derive(Debug, Clone, Copy)]
struct Bracket {
    mark: char,
    at: usize,
    /// How far its line is indented, in bytes.
    indent: usize,
}

/// What a closing bracket did.
pub(crate) enum Closed {
    Its,
    /// Its own bracket, with another one still open inside.
    TooEarly(Diagnostic),
    Nothing,
}

impl Brackets {
    pub(crate) fn new(file: FileId) -> Self {
        Brackets { file, ..Self::default() }
    }

    /// Whether no bracket is open.
    pub(crate) fn is_outside(&self) -> bool {
        self.open.is_empty() && !self.lost
    }

    /// Whether this bracket is the outermost one that is open.
    pub(crate) fn is_in(&self, mark: char) -> bool {
        self.open.first().is_some_and(|bracket| bracket.mark == mark)
    }

    /// How many brackets are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Stops counting until the next declaration.
    pub(crate) fn lose(&mut self) {
        self.open.clear();
        self.lost = true;
    }

    pub(crate) fn open(&mut self, mark: char, at: usize, indent: usize) {
        if !self.lost {
            self.open.push(Bracket { mark, at, indent });
        }
    }

    /// Closes a bracket; `indent` is given for one that is the first token of its line.
    pub(crate) fn close(
        &mut self,
        mark: char,
        range: Range<usize>,
        indent: Option<usize>,
    ) -> Closed {
        if self.lost {
            return Closed::Its;
        }
        let Some(at) = self.open.iter().rposition(|b| b.mark == partner(mark)) else {
            return Closed::Nothing;
        };
        let closed = self.open.get(at).copied();
        let inside = self.open.get(at + 1).copied();
        if let (Some(indent), None) = (indent, self.suspect) {
            let is_meant = self.open.iter().take(at).any(|b| b.indent == indent);
            self.suspect = closed.filter(|b| is_meant && b.indent > indent);
        }
        self.open.truncate(at);
        match inside {
            None => Closed::Its,
            Some(inside) => {
                let place = Span::new(self.file, range);
                let label = format!("`{mark}` comes before its end");
                Closed::TooEarly(self.unclosed(inside).label(place, label))
            }
        }
    }

    /// Starts over for the next declaration, which stands at `next`. Says what was left open.
    pub(crate) fn finish(&mut self, next: Option<Range<usize>>) -> Option<Diagnostic> {
        let left = self.open.first().copied().map(|outermost| {
            let error = self.unclosed(self.suspect.unwrap_or(outermost));
            match next {
                Some(next) => {
                    let place = Span::new(self.file, next);
                    error.label(place, "the next declaration starts before its end")
                }
                None => error,
            }
        });
        *self = Self::new(self.file);
        left
    }

    fn unclosed(&self, bracket: Bracket) -> Diagnostic {
        let Bracket { mark, at, .. } = bracket;
        let span = Span::new(self.file, at..at + mark.len_utf8());
        Diagnostic::error(codes::OPEN_BRACKET, format!("`{mark}` is never closed"), span)
            .help(format!("write `{}` where it ends", partner(mark)))
    }
}

/// The bracket that belongs to this one.
fn partner(bracket: char) -> char {
    match bracket {
        '{' => '}',
        '(' => ')',
        '<' => '>',
        '>' => '<',
        '[' => ']',
        '}' => '{',
        ')' => '(',
        _ => '[',
    }
}
