//! Captured events in every form; `captured.txt` says what each file of `captured/` holds.

use std::fmt::Write as _;

use bytes::Bytes;
use distributary_change::{RawRecord, captured};

use crate::golden;

#[test]
fn every_form() {
    let mut files: Vec<_> = std::fs::read_dir(golden::data("captured"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 20);

    let mut found = String::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy();
        let text = Bytes::from(std::fs::read(&file).unwrap());
        writeln!(found, "{name}: {}", contents(&text)).unwrap();
    }
    let path = golden::data("captured.txt");
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    golden::compare(&expected, &found, &path);
}

fn contents(text: &Bytes) -> String {
    match captured::read(text) {
        Ok(records) => {
            let places: Vec<_> = records.iter().map(|record| sequence(record, text)).collect();
            format!("{} records [{}]", records.len(), places.join(", "))
        }
        Err(error) => error.to_string(),
    }
}

/// The record's sequence number, or why it cannot be decoded.
fn sequence(record: &RawRecord, text: &Bytes) -> String {
    assert!(text.as_ptr_range().contains(&record.bytes.as_ptr()), "the record is a slice");
    match record.decode() {
        Ok(record) => record.sequence.to_string(),
        Err(error) => error.to_string(),
    }
}
