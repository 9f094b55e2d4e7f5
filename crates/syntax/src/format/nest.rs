//! Finds the brackets, and what starts an entry inside them.

use super::piece::{Piece, Rank, Role, Shape, Written};
use crate::tokens::Kind;
use crate::words::{ROOTS, is_reserved};

/// Gives each piece its place and role, and takes out the commas that line ends stand for.
pub(super) fn nest(row: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut nest = Nest { pieces: Vec::with_capacity(row.len()), open: Vec::new(), last: None };
    let mut dropped = Written::Nothing;
    for (i, mut piece) in row.iter().cloned().enumerate() {
        piece.written = piece.written.max(std::mem::replace(&mut dropped, Written::Nothing));
        if piece.is_comment() {
            nest.push(piece);
            continue;
        }
        let mut ahead = row.iter().skip(i + 1).filter(|next| !next.is_comment());
        let ahead = [ahead.next(), ahead.next(), ahead.next()];
        if piece.text == "," && nest.is_needless(&piece, ahead) {
            nest.note_line(&piece);
            dropped = piece.written;
        } else {
            nest.take(piece, ahead);
        }
    }
    inherit(&mut nest.pieces);
    nest.pieces
}

type Ahead<'p, 's> = [Option<&'p Piece<'s>>; 3];

struct Nest<'s> {
    pieces: Vec<Piece<'s>>,
    /// The open brackets.
    open: Vec<usize>,
    /// The last piece that is no comment.
    last: Option<usize>,
}

impl<'s> Nest<'s> {
    fn take(&mut self, mut piece: Piece<'s>, ahead: Ahead<'_, 's>) {
        if piece.role == Role::Part {
            piece.role = self.role(&piece, ahead);
        }
        match piece.kind {
            Kind::Open(mark) => {
                let shape = self.shape(&piece, mark);
                piece.shape = Some(shape);
                let at = self.push(piece);
                self.open.push(at);
            }
            Kind::Close(_) => self.close(piece),
            // A comma behind a comment belongs before it.
            _ if piece.text == "," => {
                self.note_line(&piece);
                let at = self.last.map_or(0, |last| last + 1);
                piece.written = Written::Nothing;
                self.place(&mut piece);
                self.pieces.insert(at, piece);
                self.last = Some(at);
            }
            _ => {
                self.push(piece);
            }
        }
    }

    fn push(&mut self, mut piece: Piece<'s>) -> usize {
        self.note_line(&piece);
        self.place(&mut piece);
        let at = self.pieces.len();
        if !piece.is_comment() {
            self.last = Some(at);
        }
        self.pieces.push(piece);
        at
    }

    fn place(&self, piece: &mut Piece<'s>) {
        piece.around = self.open.last().copied();
        piece.depth = self.open.len();
    }

    fn close(&mut self, mut piece: Piece<'s>) {
        piece.shape = self.opener().and_then(|opener| opener.shape);
        let at = self.push(piece);
        let Some(open) = self.open.pop() else { return };
        let is_broken = self.pieces.get(open).is_some_and(|opener| opener.broken);
        if let Some(opener) = self.pieces.get_mut(open).filter(|_| open + 1 == at) {
            opener.broken = false;
        }
        if is_broken {
            self.break_innermost();
        }
    }

    fn note_line(&mut self, piece: &Piece<'s>) {
        if piece.written >= Written::Line {
            self.break_innermost();
        }
    }

    fn break_innermost(&mut self) {
        let open = self.open.last().copied();
        if let Some(opener) = open.and_then(|open| self.pieces.get_mut(open)) {
            opener.broken = true;
        }
    }

    fn opener(&self) -> Option<&Piece<'s>> {
        self.pieces.get(*self.open.last()?)
    }

    fn before(&self) -> Option<&Piece<'s>> {
        self.pieces.get(self.last?)
    }

    /// Whether a comma stands where the end of a line, or of the brackets, says as much.
    fn is_needless(&self, comma: &Piece<'s>, [next, after, third]: Ahead<'_, 's>) -> bool {
        let Some(next) = next else { return false };
        next.is_close()
            || match self.opener().and_then(|opener| opener.shape) {
                Some(shape @ (Shape::Entries | Shape::Settings)) => {
                    starts(shape, Some(comma), next, [after, third])
                }
                _ => false,
            }
    }

    fn role(&self, piece: &Piece<'s>, [next, after, _]: Ahead<'_, 's>) -> Role {
        let before = self.before();
        let shape = self.opener().and_then(|opener| opener.shape);
        let is_field = piece.kind == Kind::Word && before.is_some_and(|before| before.text == ".");
        let has_left = before.is_some_and(Piece::ends_value);
        match piece.text {
            _ if is_field => Role::Field,
            _ if piece.is_close() => Role::Part,
            _ if shape.is_some_and(|shape| starts(shape, before, piece, [next, after])) => {
                Role::Entry
            }
            "(" | "[" | "{" | "<" if self.is_suffix(piece) => Role::Suffix,
            "or" => Role::Operator(Rank::Or),
            "and" => Role::Operator(Rank::And),
            "|" => Role::Operator(Rank::Alternative),
            "+" | "-" | "??" if has_left => Role::Operator(Rank::Arithmetic),
            "=" if shape.is_none() && self.is_in_let() => Role::Definition,
            _ => Role::Part,
        }
    }

    /// `len(`, `item["key"]`, `set[`, `item.{`, `list<`.
    fn is_suffix(&self, piece: &Piece<'s>) -> bool {
        let Some(before) = self.before() else { return false };
        if piece.written > Written::Nothing {
            return false;
        }
        let is_word = before.kind == Kind::Word;
        match piece.text {
            "(" => is_word && before.role != Role::Field && !is_reserved(before.text),
            "[" => {
                let is_base = !is_reserved(before.text) || ROOTS.contains(&before.text);
                before.role == Role::Field || is_word && is_base || before.text == "]"
            }
            "{" => before.text == ".",
            _ => true,
        }
    }

    /// Whether these are the words between `let` and its value.
    fn is_in_let(&self) -> bool {
        let mut back = self.pieces.iter().rev().filter(|piece| !piece.is_comment());
        back.nth(1).is_some_and(|piece| piece.role == Role::Declaration("let"))
    }

    fn shape(&self, piece: &Piece<'s>, mark: char) -> Shape {
        let is_set = self.before().is_some_and(|before| before.text == "set");
        match (mark, piece.role) {
            (_, Role::Body(shape)) => shape,
            ('[', Role::Suffix) if is_set => Shape::Elements,
            ('(' | '<', _) | (_, Role::Suffix) => Shape::Inline,
            ('[', _) => Shape::Elements,
            _ => Shape::Entries,
        }
    }
}

/// Whether a piece is the first of an entry.
fn starts(
    shape: Shape,
    before: Option<&Piece<'_>>,
    piece: &Piece<'_>,
    [next, after]: [Option<&Piece<'_>>; 2],
) -> bool {
    let [before_text, next_text, after_text] =
        [before, next, after].map(|piece| piece.map_or("", |piece| piece.text));
    let is_text = matches!(piece.kind, Kind::Text { .. });
    let is_key = (piece.kind == Kind::Word || is_text)
        && (next_text == ":" || next_text == "?" && after_text == ":");
    // `formerly name`, where no operand is missing before it.
    let is_named = || {
        next.is_some_and(|next| next.kind == Kind::Word && !is_reserved(next.text))
            && before.is_none_or(|before| before.ends_value() || before.is_open())
    };
    let is_first = before.is_some_and(|before| before.is_open() && before.shape == Some(shape));
    match shape {
        Shape::Inline => false,
        _ if is_first => true,
        Shape::Elements => before_text == ",",
        Shape::Entries => is_key || piece.text == "...",
        Shape::Settings => match piece.text {
            "only" | "skip" => next_text == "when",
            "formerly" => is_key || is_named(),
            _ => is_key,
        },
        Shape::Clauses => match piece.text {
            "on" | "when" | "to" => true,
            "mode" | "formerly" => is_key || is_named(),
            _ => false,
        },
        Shape::Steps => {
            let is_name = matches!(before_text, "expect" | "not" | "->");
            let is_step = matches!(
                piece.text,
                "given" | "insert" | "modify" | "remove" | "expire" | "events" | "expect"
            );
            is_step && !is_name
        }
    }
}

/// Gives each comment the role of what it stands above.
fn inherit(pieces: &mut [Piece<'_>]) {
    let mut role = Role::Declaration("");
    for piece in pieces.iter_mut().rev() {
        role = match piece.role {
            _ if piece.is_comment() => {
                piece.role = role;
                continue;
            }
            Role::Declaration(_) => Role::Declaration(""),
            Role::Entry => Role::Entry,
            _ if piece.is_close() => Role::Entry,
            _ => Role::Part,
        };
    }
}
