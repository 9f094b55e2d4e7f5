//! The rule set's fingerprint: it tells whether two functions run the same rules.

use std::fmt::Write as _;

use distributary_syntax::Sources;
use sha2::{Digest, Sha256};

use crate::program::Param;

/// Hashes the texts, whatever their files are called and in whatever order they were found, and
/// the parameters' values. Line ends do not count: a checkout on another system is the same rules.
pub(crate) fn of(sources: &Sources, params: &[Param]) -> String {
    let mut texts: Vec<String> =
        sources.iter().map(|(_, source)| source.text.replace("\r\n", "\n")).collect();
    texts.sort_unstable();
    let mut values: Vec<(&str, String)> =
        params.iter().map(|param| (&*param.name, value(param))).collect();
    values.sort_unstable();

    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    texts.iter().for_each(|text| add(text));
    for (name, value) in &values {
        add(name);
        add(value);
    }
    hexadecimal(&digest.finalize())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn value(param: &Param) -> String {
    let mut json = Vec::new();
    if let Some(value) = &param.value {
        distributary_change::json::plain::write(value, &mut json);
    }
    String::from_utf8_lossy(&json).into_owned()
}
