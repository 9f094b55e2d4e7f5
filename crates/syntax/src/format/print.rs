//! Writes the pieces down, with the blank lines between them.

use super::piece::{Piece, Role, Written};
use crate::tokens::Kind;

/// The text that arranged pieces make.
pub(super) fn print(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    let mut last: Option<Unit> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| pieces.get(before));
        if let (Some(before), true) = (before, piece.starts_line) {
            out.push('\n');
            let is_parted = matches!(piece.role, Role::Declaration(_))
                && last.take().is_some_and(|last| is_parted(last, pieces, at));
            if is_parted || keeps_blank_line(before, piece) {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n(' ', piece.indent));
        } else {
            out.push_str(piece.space);
        }
        out.push_str(piece.text);
        if let (Role::Declaration(_), false) = (piece.role, piece.is_comment()) {
            last = Some(Unit::at(pieces, at));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// What decides whether two declarations may stand close together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unit {
    role: Role,
    is_line: bool,
}

impl Unit {
    /// The declaration that starts at a piece.
    fn at(pieces: &[Piece<'_>], at: usize) -> Self {
        let role = pieces.get(at).map_or(Role::Part, |piece| piece.role);
        let end = pieces.iter().skip(at + 1).find(|piece| piece.starts_line);
        let is_line = end.is_none_or(|end| matches!(end.role, Role::Declaration(_)));
        Unit { role, is_line }
    }
}

/// Whether a blank line must stand between a declaration and the next, whose first comment or
/// keyword is at a piece.
fn is_parted(last: Unit, pieces: &[Piece<'_>], at: usize) -> bool {
    let next = pieces.iter().enumerate().skip(at).find(|(_, piece)| !piece.is_comment());
    next.is_some_and(|(next, _)| {
        let next = Unit::at(pieces, next);
        last.role != next.role || !last.is_line || !next.is_line
    })
}

fn keeps_blank_line(before: &Piece<'_>, piece: &Piece<'_>) -> bool {
    let is_documented = before.kind == Kind::Doc && before.around.is_none();
    matches!(piece.role, Role::Declaration(_) | Role::Entry)
        && piece.written == Written::BlankLine
        && !before.is_open()
        && !is_documented
}
