//! Any bytes are loaded as a bundle or refused, also where their header is right; what is loaded can be
//! used.
#![no_main]

use distributary_matcher::Matcher;
use distributary_rules::Given;
use distributary_ruleset::RuleSet;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

/// What a bundle of this version begins with.
const BEGIN: &[u8] = b"\0rules\r\n\0\0\0\x01";

fuzz_target!(|bytes: &[u8]| {
    load(bytes);
    let content = bytes.get(52..).unwrap_or_default();
    let length = (content.len() as u64).to_be_bytes();
    load(&[BEGIN, &length, &Sha256::digest(content), content].concat());
});

fn load(bytes: &[u8]) {
    let Ok(rule_set) = RuleSet::of_bundle("fuzz.bundle", bytes) else { return };
    let given = rule_set.given(None, Default::default(), Default::default());
    let checked = rule_set.check(&given.unwrap_or_else(|_| Given::default()));
    if !checked.has_errors() {
        let _ = checked.program.resolve();
        let _ = Matcher::new(checked.program.into());
    }
}
