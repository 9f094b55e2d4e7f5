//! The captured events that tests name: `events "file.json"`.

use std::collections::BTreeMap;
use std::path::Path;

use distributary_change::{Record, captured};
use distributary_rules::test::Test;
use distributary_syntax::{Diagnostic, Sources, codes};

/// The records of each file that a test names, seen from the file that the test is in.
pub(super) fn read(
    test: Option<&Test>,
    sources: &Sources,
) -> Result<BTreeMap<String, Vec<Record>>, Vec<Diagnostic>> {
    let mut records = BTreeMap::new();
    let mut findings = Vec::new();
    for (file, span) in test.into_iter().flat_map(Test::files) {
        let rules = sources.get(span.file).map_or("", |source| &source.name);
        let path = Path::new(rules).parent().unwrap_or(Path::new("")).join(file);
        match records_of(&path) {
            Ok(read) => {
                records.insert(file.to_owned(), read);
            }
            Err(reason) => {
                let message = format!("cannot read the events in `{}`", path.display());
                findings.push(Diagnostic::error(codes::TEST_EVENTS, message, span).note(reason));
            }
        }
    }
    if findings.is_empty() { Ok(records) } else { Err(findings) }
}

fn records_of(path: &Path) -> Result<Vec<Record>, String> {
    let bytes = std::fs::read(path).map_err(|error| distributary_cli::reason(&error))?;
    let records = captured::read(&bytes.into()).map_err(|error| error.to_string())?;
    let decoded = records.iter().map(|record| record.decode().map_err(|error| error.to_string()));
    decoded.collect()
}
