//! What a file is made of on its way to the one style.

use crate::tokens::Kind;
use crate::words::{LITERALS, ROOTS, is_reserved};

/// The number of columns that a line should have at most.
pub(super) const WIDTH: usize = 100;

/// A token, or some that only mean something together, such as `1e-5`.
#[derive(Debug, Clone)]
pub(super) struct Piece<'s> {
    pub(super) text: &'s str,
    pub(super) kind: Kind,
    /// What the author wrote before it.
    pub(super) written: Written,
    pub(super) role: Role,
    /// The kind of bracket, of both ends.
    pub(super) shape: Option<Shape>,
    /// The innermost bracket around it, which for a closing one is its own other end.
    pub(super) around: Option<usize>,
    /// How many brackets are around it.
    pub(super) depth: usize,
    /// Of an opening bracket: whether its entries have lines of their own.
    pub(super) broken: bool,
    /// What stands before it unless it starts a line.
    pub(super) space: &'static str,
    pub(super) starts_line: bool,
    /// The indentation of its line, in columns.
    pub(super) indent: usize,
}

/// The white space before a piece, as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Written {
    Nothing,
    Space,
    Line,
    BlankLine,
}

/// What a piece is to its neighbours. Comments share the role of what they stand above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The keyword of a declaration.
    Declaration(&'static str),
    /// The opening brace of a declaration's body.
    Body(Shape),
    /// The first of an entry, setting, clause, step or element.
    Entry,
    Operator(Rank),
    /// The `=` of a `let`.
    Definition,
    /// A word behind a dot, which has no meaning of its own.
    Field,
    /// An opening bracket that belongs to the word before it.
    Suffix,
    Part,
}

/// Operators in whose front a line may end, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Or,
    And,
    /// `|` between types.
    Alternative,
    Arithmetic,
}

/// What stands between two brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Of a rule or an `ignore`.
    Clauses,
    /// Of a test.
    Steps,
    Settings,
    /// Of an object, a schema or a map.
    Entries,
    /// Of a list or a set.
    Elements,
    /// Something that is never spread over lines: `(…)`, `["key"]`, `.{a, b}`, `<…>`.
    Inline,
}

impl Piece<'_> {
    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Comment | Kind::Doc)
    }

    pub(super) fn is_own_line_comment(&self) -> bool {
        self.is_comment() && self.written >= Written::Line
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Open(_))
    }

    pub(super) fn is_close(&self) -> bool {
        matches!(self.kind, Kind::Close(_))
    }

    /// Whether a value can end here, so that a minus behind it has two operands.
    pub(super) fn ends_value(&self) -> bool {
        match self.kind {
            Kind::Word => self.role == Role::Field || self.is_value_word(),
            Kind::Number | Kind::Text { .. } | Kind::Close(_) => true,
            _ => false,
        }
    }

    fn is_value_word(&self) -> bool {
        !is_reserved(self.text) || ROOTS.contains(&self.text) || LITERALS.contains(&self.text)
    }
}
