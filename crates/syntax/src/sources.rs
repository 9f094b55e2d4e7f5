//! The texts that spans point into.

use crate::span::{FileId, Span};
use crate::tokens::BYTE_ORDER_MARK;

/// One rules file: its name as the user knows it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as it is shown in messages.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// All files of one rule set, in the order in which they are reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<Source>,
    /// Where the lines of each file start, so that a place is found without reading the file.
    lines: Vec<Vec<usize>>,
}

/// A place for people: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Sources {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and says under which id spans name it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let (name, text) = (name.into(), text.into());
        let starts = text.match_indices('\n').map(|(i, _)| i + 1);
        self.lines.push(std::iter::once(0).chain(starts).collect());
        self.files.push(Source { name, text });
        id
    }

    /// The file with this id.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(i, s)| (FileId(i as u32), s))
    }

    /// The text under a span; empty where the span is not in these sources.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|s| s.text.get(span.range())).unwrap_or("")
    }

    /// Where a span starts.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        let start = span.start as usize;
        let lines = self.lines.get(span.file.0 as usize).map_or(&[][..], Vec::as_slice);
        let line = lines.partition_point(|first| *first <= start).max(1);
        let first = lines.get(line - 1).copied().unwrap_or(0);
        let before = self.get(span.file).and_then(|s| s.text.get(first..start)).unwrap_or("");
        let column = before.trim_start_matches(BYTE_ORDER_MARK).chars().count() + 1;
        Position { line, column }
    }
}
