//! One file per command.

pub(crate) mod bench;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod fmt;
pub(crate) mod iam;
pub(crate) mod schema;
pub(crate) mod template;
pub(crate) mod test;
