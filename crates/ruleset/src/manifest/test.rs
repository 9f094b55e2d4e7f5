//! `[test]`: what `rulesc test` asks of the rule set.

use toml::de::DeTable;

use super::read::Reader;

/// What has to hold beside the tests themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Test {
    /// So many percent of what tests can reach they have to reach.
    pub coverage: Option<u8>,
}

impl Test {
    pub(super) fn read(written: &DeTable<'_>, reader: &mut Reader) -> Self {
        let mut test = Test::default();
        for (key, value) in written {
            if key.get_ref() == "coverage" {
                let percent = reader.whole((key, value), 0..=100);
                test.coverage = percent.and_then(|percent| u8::try_from(percent).ok());
            } else {
                reader.refuse_key(key, "`[test]`", ["coverage"], "its key is `coverage`");
            }
        }
        test
    }
}
