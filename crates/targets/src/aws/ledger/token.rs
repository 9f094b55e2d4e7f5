//! A token as bytes: compressed JSON with its version.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use distributary_delivery::{Identity, hash};
use distributary_router::{Settled, Token};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

const VERSION: u64 = 1;
/// What a token may unpack to: 10,000 records with 60 deliveries each.
const UNPACKED: u64 = 32 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Written {
    version: u64,
    #[serde(default)]
    rules: String,
    /// Sequence numbers and what was settled of them.
    #[serde(default)]
    records: Vec<(String, BTreeSet<String>)>,
}

pub(super) fn encode(token: &Token) -> Result<Vec<u8>, String> {
    let record = |record: &Settled| {
        let deliveries = record.deliveries.iter().map(|identity| identity.as_str().to_owned());
        (record.sequence.clone(), deliveries.collect())
    };
    let records = token.records.iter().map(record).collect();
    let written = Written { version: VERSION, rules: token.rules.clone(), records };
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_vec(&written)
        .map_err(Into::into)
        .and_then(|json| encoder.write_all(&json))
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("the token cannot be written: {error}"))
}

pub(super) fn decode(bytes: &[u8]) -> Result<Token, String> {
    let mut json = Vec::new();
    let read = ZlibDecoder::new(bytes).take(UNPACKED).read_to_end(&mut json);
    let written: Option<Written> = read.ok().and_then(|_| serde_json::from_slice(&json).ok());
    let written = written.ok_or("the token is not one of this program")?;
    if written.version != VERSION {
        let found = written.version;
        return Err(format!(
            "the token has version {found}, and this program reads version {VERSION}"
        ));
    }
    let record = |(sequence, deliveries): (String, BTreeSet<String>)| {
        let deliveries = deliveries.iter().map(|identity| Identity::parse(identity));
        Some(Settled { sequence, deliveries: deliveries.collect::<Option<_>>()? })
    };
    let records = written.records.into_iter().map(record).collect::<Option<_>>();
    let records = records.ok_or("the token is not one of this program")?;
    Ok(Token { rules: written.rules, records })
}

/// What tells whether rows belong together: two sandboxes may write at once.
pub(super) fn sum(bytes: &[u8]) -> String {
    hash(&[&URL_SAFE_NO_PAD.encode(bytes)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_a_broken_one_refused() {
        let identity = Identity::new("e", "r", "bus");
        let settled = |sequence: &str, deliveries: &[&Identity]| Settled {
            sequence: sequence.to_owned(),
            deliveries: deliveries.iter().map(|identity| (*identity).clone()).collect(),
        };
        let records = vec![settled("1", &[&identity]), settled("2", &[])];
        let token = Token { rules: "h".to_owned(), records };
        let bytes = encode(&token).unwrap();
        assert_eq!(decode(&bytes), Ok(token));
        assert_eq!(decode(&bytes[..9]), Err("the token is not one of this program".to_owned()));
        let mut later = ZlibEncoder::new(Vec::new(), Compression::fast());
        later.write_all(br#"{"version":7,"sets":[]}"#).unwrap();
        let expected = "the token has version 7, and this program reads version 1";
        assert_eq!(decode(&later.finish().unwrap()), Err(expected.to_owned()));
    }
}
