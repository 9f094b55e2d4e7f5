//! Whatever fires on whatever bytes, a payload can be rendered and is JSON.
#![no_main]

use distributary_rules::payload;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

mod input;

fuzz_target!(|input: &[u8]| {
    let Some((program, records)) = input::read(input) else { return };
    for record in records {
        let source = program.source_of(&record.table);
        for (at, rule) in program.rules().iter().enumerate() {
            for output in 0..rule.outputs.len() {
                let message = payload::message(&program, at, output, &record, source);
                let json = serde_json::from_slice::<&RawValue>(&message.body);
                assert!(json.is_ok(), "a payload is no JSON: {:?}", message.body);
            }
        }
    }
});
