//! Where lines start, and how far they are indented.

use std::ops::Range;

use super::piece::{Piece, Rank, Role, Shape, WIDTH, Written};
use super::space;

/// Sets the spaces, line starts and indentations of all pieces.
pub(super) fn arrange(pieces: &mut [Piece<'_>]) {
    space::space(pieces);
    for at in 0..pieces.len() {
        let starts_line = starts_line(pieces, at) || author_starts_line(pieces, at);
        if let Some(piece) = pieces.get_mut(at) {
            piece.starts_line = starts_line;
        }
    }
    let mut start = 0;
    while start < pieces.len() {
        let behind = pieces.iter().skip(start + 1).position(|piece| piece.starts_line);
        let line = start..behind.map_or(pieces.len(), |length| start + 1 + length);
        let indent = indentation(pieces, start);
        let width = indent + width(pieces.get(line.clone()).unwrap_or(&[]));
        if width > WIDTH && break_line(pieces, &line) {
            continue;
        }
        for piece in pieces.get_mut(line.clone()).unwrap_or(&mut []) {
            piece.indent = indent;
        }
        start = line.end;
    }
}

/// Whether a piece can only be the first of its line.
fn starts_line(pieces: &[Piece<'_>], at: usize) -> bool {
    let Some(piece) = pieces.get(at) else { return false };
    let Some(before) = at.checked_sub(1).and_then(|before| pieces.get(before)) else {
        return false;
    };
    if before.is_comment() || piece.is_comment() {
        return before.is_comment() || piece.is_own_line_comment();
    }
    let is_end = piece.is_close() && piece.shape != Some(Shape::Inline);
    match piece.role {
        Role::Declaration(_) => true,
        Role::Entry => is_broken(pieces, piece),
        _ => is_end && is_broken(pieces, piece),
    }
}

fn is_broken(pieces: &[Piece<'_>], piece: &Piece<'_>) -> bool {
    piece.around.and_then(|open| pieces.get(open)).is_some_and(|opener| opener.broken)
}

/// Whether a piece starts a line because the author had one there.
fn author_starts_line(pieces: &[Piece<'_>], at: usize) -> bool {
    let line_before =
        |at: usize| pieces.get(at).is_some_and(|piece| piece.written >= Written::Line);
    let before = at.checked_sub(1).and_then(|before| pieces.get(before));
    let is_operator = pieces.get(at).is_some_and(|piece| matches!(piece.role, Role::Operator(_)));
    is_operator && (line_before(at) || line_before(at + 1))
        || before.is_some_and(|before| before.role == Role::Definition) && line_before(at)
}

/// The columns of a line behind its indentation.
fn width(line: &[Piece<'_>]) -> usize {
    // A comment may be as long as it likes.
    let code = line.iter().take_while(|piece| !piece.is_comment()).enumerate();
    code.map(|(i, piece)| piece.text.chars().count() + if i > 0 { piece.space.len() } else { 0 })
        .sum()
}

/// Where a line that is too long can be broken, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Body,
    BehindDefinition,
    Or,
    And,
    Alternative,
    Brackets,
    Arithmetic,
}

/// Breaks a line at the best of its outermost places, if it has any.
fn break_line(pieces: &mut [Piece<'_>], line: &Range<usize>) -> bool {
    let places = || line.clone().filter_map(|at| place(pieces, line, at));
    let Some((depth, best)) = places().map(|(depth, place, _)| (depth, place)).min() else {
        return false;
    };
    let chosen: Vec<usize> = places()
        .filter(|(d, place, _)| (*d, *place) == (depth, best))
        .map(|(_, _, at)| at)
        .collect();
    for at in chosen {
        if let Some(piece) = pieces.get_mut(at) {
            match best {
                Place::Body | Place::Brackets => piece.broken = true,
                _ => piece.starts_line = true,
            }
        }
    }
    for at in line.clone().skip(1) {
        let starts_line = starts_line(pieces, at);
        if let Some(piece) = pieces.get_mut(at) {
            piece.starts_line |= starts_line;
        }
    }
    true
}

/// The place that a piece makes, if it makes one: how deep inside, what it is, and the piece
/// to change.
fn place(pieces: &[Piece<'_>], line: &Range<usize>, at: usize) -> Option<(usize, Place, usize)> {
    let piece = pieces.get(at)?;
    let is_empty = || pieces.get(at + 1).is_some_and(Piece::is_close);
    let can_break = piece.is_open() && piece.shape != Some(Shape::Inline) && !piece.broken;
    let place = match piece.role {
        Role::Body(_) if can_break && !is_empty() => Place::Body,
        _ if can_break && !is_empty() => Place::Brackets,
        Role::Definition if at + 1 < line.end => {
            let value = pieces.get(at..line.end)?;
            let is_condition = value.iter().any(|part| {
                part.depth == 0 && matches!(part.role, Role::Operator(Rank::Or | Rank::And))
            });
            return is_condition.then_some((0, Place::BehindDefinition, at + 1));
        }
        Role::Operator(rank) if at > line.start => match rank {
            Rank::Or => Place::Or,
            Rank::And => Place::And,
            Rank::Alternative => Place::Alternative,
            Rank::Arithmetic => Place::Arithmetic,
        },
        _ => return None,
    };
    Some((piece.depth, place, at))
}

/// The columns before the piece that starts a line.
fn indentation(pieces: &[Piece<'_>], at: usize) -> usize {
    const STEP: usize = 2;
    let Some(piece) = pieces.get(at) else { return 0 };
    let is_start = matches!(piece.role, Role::Declaration(_) | Role::Entry);
    match piece.around.and_then(|open| pieces.get(open)) {
        None if is_start => 0,
        None => STEP,
        Some(opener) if piece.is_close() => opener.indent,
        Some(opener) if is_start || opener.shape == Some(Shape::Inline) => opener.indent + STEP,
        Some(opener) => opener.indent + 2 * STEP,
    }
}
