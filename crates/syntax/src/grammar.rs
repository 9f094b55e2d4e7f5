//! The pest parser made from `grammar.pest`.

/// Parses one declaration.
#[derive(pest_derive::Parser)]
#[grammar = "grammar.pest"]
pub(crate) struct Grammar;

pub(crate) type Pair<'s> = pest::iterators::Pair<'s, Rule>;
pub(crate) type Pairs<'s> = pest::iterators::Pairs<'s, Rule>;
