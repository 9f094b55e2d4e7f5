//! What stands between two pieces of one line.

use super::piece::{Piece, Role, Shape};

/// The space before each piece that does not start a line.
pub(super) fn space(pieces: &mut [Piece<'_>]) {
    let mut shapes: Vec<Option<Shape>> = Vec::new();
    let mut before: Option<&Piece<'_>> = None;
    let mut spaces = Vec::with_capacity(pieces.len());
    for piece in pieces.iter() {
        spaces.push(
            before.map_or("", |before| between(before, piece, shapes.last().copied().flatten())),
        );
        if piece.is_open() {
            shapes.push(piece.shape);
        } else if piece.is_close() {
            shapes.pop();
        }
        before = Some(piece);
    }
    for (piece, space) in pieces.iter_mut().zip(spaces) {
        piece.space = space;
    }
}

fn between(before: &Piece<'_>, piece: &Piece<'_>, around: Option<Shape>) -> &'static str {
    let is_tight =
        |bracket: &Piece<'_>| matches!(bracket.shape, Some(Shape::Inline | Shape::Elements));
    if piece.is_comment() {
        return "  ";
    }
    if before.is_open() || piece.is_close() {
        let is_empty = before.is_open() && piece.is_close();
        let bracket = if before.is_open() { before } else { piece };
        return if is_empty || is_tight(bracket) { "" } else { " " };
    }
    let is_signed = before.text == "-" && !matches!(before.role, Role::Operator(_));
    let is_bound = piece.role == Role::Suffix || matches!(piece.text, "," | ":" | "?" | ".");
    if is_bound || is_signed || matches!(before.text, "." | "...") {
        return "";
    }
    match (piece.role, around) {
        (Role::Entry, Some(Shape::Settings)) => "  ",
        (Role::Entry, Some(Shape::Entries)) => ", ",
        _ => " ",
    }
}
