//! The members of an object by name.

use std::collections::HashSet;

use crate::fault::Fault;
use crate::layer::{Layer, Members};

/// What is wrong with a name that is there twice: readers differ in which member they take.
pub(crate) const TWICE: &str = "is there twice";

/// An object whose members are looked up by name; what nobody asks for is not looked at.
pub(crate) struct Fields<'a>(Members<'a>);

impl<'a> Fields<'a> {
    pub(crate) fn of(text: &'a str) -> Result<Self, Fault> {
        let fields = Self::lenient(text)?;
        let mut seen = HashSet::with_capacity(fields.0.len());
        match fields.0.iter().find(|(name, _)| !seen.insert(name)) {
            Some((name, _)) => Err(Fault::new(TWICE).under(name)),
            None => Ok(fields),
        }
    }

    /// Of two members of one name the first is taken.
    pub(crate) fn lenient(text: &'a str) -> Result<Self, Fault> {
        Layer::open(text)?.object().map(Fields)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A member that may be missing. Null counts as missing: captures write it where a stream
    /// leaves a member out.
    pub(crate) fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a str) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let found = self.find(name).filter(|text| *text != "null");
        found.map(read).transpose().map_err(|fault| fault.under(name))
    }

    pub(crate) fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a str) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let text = self.find(name).ok_or_else(|| Fault::new("is missing").under(name))?;
        read(text).map_err(|fault| fault.under(name))
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, text)| *text)
    }
}
