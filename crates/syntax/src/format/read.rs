//! From a text to its pieces, in one row.

use std::ops::Range;

use super::piece::{Piece, Role, Shape, Written};
use crate::split::{Chunk, Head};
use crate::tokens::{Kind, Token, Tokens};

/// The pieces of a text that consists of these declarations.
pub(super) fn read<'s>(text: &'s str, declarations: &[Chunk]) -> Vec<Piece<'s>> {
    let mut reader = Reader { text, pieces: Vec::new(), start: 0, end: 0 };
    let mut declarations = declarations.iter().peekable();
    let mut inside = None;
    for token in Tokens::new(text) {
        if let Some(chunk) = declarations.next_if(|next| next.range.start <= token.range.start) {
            inside = Some(Declaration::new(text, chunk));
        }
        reader.take(&token, inside.as_ref());
    }
    reader.pieces
}

/// What the meaning of a mark can depend on.
struct Declaration {
    keyword: &'static str,
    start: usize,
    /// Where its last opening brace is that stands in no other bracket.
    body: Option<usize>,
}

impl Declaration {
    fn new(text: &str, chunk: &Chunk) -> Self {
        let Range { start, end } = chunk.range;
        let (mut depth, mut body) = (0_usize, None);
        for token in Tokens::from(text, start).take_while(|token| token.range.start < end) {
            match token.kind {
                Kind::Open(mark) => {
                    if depth == 0 && mark == '{' {
                        body = Some(token.range.start);
                    }
                    depth += 1;
                }
                Kind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let keyword = match chunk.head {
            Head::Declaration { keyword, .. } => keyword,
            Head::Unknown { .. } | Head::Junk => "",
        };
        Declaration { keyword, start, body }
    }

    fn role(&self, at: usize) -> Role {
        let shape = match self.keyword {
            "rule" | "ignore" => Shape::Clauses,
            "test" => Shape::Steps,
            "schema" => Shape::Entries,
            _ => Shape::Settings,
        };
        match (self.keyword, self.body) {
            _ if at == self.start => Role::Declaration(self.keyword),
            ("let" | "param", _) => Role::Part,
            (_, Some(body)) if at == body => Role::Body(shape),
            _ => Role::Part,
        }
    }
}

struct Reader<'s> {
    text: &'s str,
    pieces: Vec<Piece<'s>>,
    /// Where the last piece is.
    start: usize,
    end: usize,
}

impl<'s> Reader<'s> {
    fn take(&mut self, token: &Token, inside: Option<&Declaration>) {
        let Range { start, end } = token.range;
        let keyword = inside.map_or("", |declaration| declaration.keyword);
        let body = inside.and_then(|declaration| declaration.body);
        let text = self.at(&token.range);
        let last = self.pieces.last().filter(|_| self.end == start);
        if last.is_some_and(|last| self.belongs(last, token.kind, text, end)) {
            self.extend(end);
        } else if keyword == "param" && last.is_some_and(|last| is_type(last, token.kind, text)) {
            // `list<string>=` without a space.
            let length = text.find('=').unwrap_or(text.len());
            self.extend(start + length);
            if length < text.len() {
                self.push(Kind::Mark, start + length..end, Role::Part);
            }
        } else if keyword == "schema" && body < Some(start) && token.kind == Kind::Mark {
            // `list<set<string>>`: each mark for itself.
            for (i, mark) in text.char_indices() {
                let kind = match mark {
                    '<' => Kind::Open(mark),
                    '>' => Kind::Close(mark),
                    _ => Kind::Mark,
                };
                self.push(kind, start + i..start + i + mark.len_utf8(), Role::Part);
            }
        } else {
            let role = inside.map_or(Role::Part, |declaration| declaration.role(start));
            self.push(token.kind, token.range.clone(), role);
        }
    }

    /// Whether what stands directly behind a piece is the rest of it: `1e-5`, `b64"…"`.
    fn belongs(&self, last: &Piece<'_>, kind: Kind, text: &str, end: usize) -> bool {
        match (last.kind, kind) {
            (Kind::Number, Kind::Mark) => {
                let is_exponent = last.text.ends_with(['e', 'E']) && matches!(text, "+" | "-");
                let rest = self.text.get(end..).unwrap_or("");
                is_exponent && rest.starts_with(|c: char| c.is_ascii_digit())
            }
            (Kind::Number, Kind::Number) => true,
            (Kind::Word, Kind::Text { .. }) => last.text == "b64",
            _ => false,
        }
    }

    fn extend(&mut self, end: usize) {
        let text = self.at(&(self.start..end));
        if let Some(last) = self.pieces.last_mut() {
            last.text = text;
        }
        self.end = end;
    }

    fn push(&mut self, kind: Kind, range: Range<usize>, role: Role) {
        let between = self.at(&(self.end..range.start));
        let written = match between.matches('\n').count() {
            0 if between.is_empty() => Written::Nothing,
            0 => Written::Space,
            1 => Written::Line,
            _ => Written::BlankLine,
        };
        self.pieces.push(Piece {
            text: self.at(&range).trim_end(),
            kind,
            written,
            role,
            shape: None,
            around: None,
            depth: 0,
            broken: false,
            space: "",
            starts_line: false,
            indent: 0,
        });
        (self.start, self.end) = (range.start, range.end);
    }

    fn at(&self, range: &Range<usize>) -> &'s str {
        self.text.get(range.clone()).unwrap_or("")
    }
}

/// Whether what stands directly behind a piece of a parameter's type is more of it.
fn is_type(last: &Piece<'_>, kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Mark => last.kind == Kind::Word && text.starts_with(['<', '>']),
        Kind::Word => last.kind == Kind::Word && last.text.ends_with(['<', '>']),
        _ => false,
    }
}
