//! Results as the programs around `rulesc` read them.

pub(crate) mod github;
pub(crate) mod junit;
pub(crate) mod sarif;
