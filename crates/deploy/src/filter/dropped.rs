//! What a filter leaves out, and why.

use distributary_syntax::Span;

/// A condition that the filter does not ask, or asks less exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// The condition.
    pub span: Span,
    /// Why.
    pub reason: Reason,
}

/// Why a filter cannot ask a question as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// `1`, `1.0` and `1E0` are one number and three texts.
    Number,
    /// Two attributes are compared.
    Attributes,
    /// The order of texts or of binary values.
    Order,
    /// A part within a text, or a regular expression.
    Inside,
    /// The negation of a beginning or end.
    Negated,
    /// Something is there, whatever its type.
    Exists,
    /// A list, map, set or binary value as a whole, or what is in it.
    Collection,
    /// A single element, or all of them.
    Element,
    /// The value of a function or template.
    Computed,
    /// A parameter that has its value where the function runs.
    Elsewhere,
    /// A field of the event.
    Event,
    /// A name with a dot, or one that starts with `$`.
    Name,
    /// A part of the record outside of `dynamodb`.
    Strict,
    /// Too many alternatives.
    Alternatives,
}

impl Reason {
    /// The reason as the end of a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Number => "a filter compares numbers by their spelling, so any number passes",
            Reason::Attributes => "a filter compares an attribute with constants alone",
            Reason::Order => "a filter knows no order of texts",
            Reason::Inside => "a filter knows the beginnings and ends of texts alone",
            Reason::Negated => "a filter cannot ask for texts that do not begin or end so",
            Reason::Exists => "a filter asks whether a value of one type is there, not of any type",
            Reason::Collection => "a filter does not look at lists, maps, sets or binary values",
            Reason::Element => "a filter asks whether any element is so, and no more",
            Reason::Computed => "a filter computes nothing",
            Reason::Elsewhere => {
                "a filter is one for all regions, and the parameter is set where the function runs"
            }
            Reason::Event => "a filter knows no such field of the event before it is there",
            Reason::Name => "a filter takes a dot or `$` in a name for something else",
            Reason::Strict => "`--strict` asks about the `dynamodb` key alone",
            Reason::Alternatives => "it has too many alternatives to be joined with the others",
        }
    }
}
