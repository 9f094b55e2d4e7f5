//! On any rules and any bytes, the matcher finds the rules that fire by the reference evaluator.
#![no_main]

use std::sync::Arc;

use distributary_matcher::Matcher;
use distributary_rules::{Truth, evaluate};
use libfuzzer_sys::fuzz_target;

mod input;

fuzz_target!(|input: &[u8]| {
    let Some((program, records)) = input::read(input) else { return };
    let program = Arc::new(program);
    let matcher = Matcher::new(Arc::clone(&program));
    for record in records {
        let source = program.source_of(&record.table);
        let mut firing = Vec::new();
        matcher.firing(&record, source, &mut firing);
        let fires = |rule: &usize| evaluate::fires(&program, *rule, &record, source) == Truth::True;
        let reference: Vec<usize> = (0..program.rules().len()).filter(fires).collect();
        assert_eq!(firing, reference, "the matcher and the reference disagree");
    }
});
