//! The compressed form: an envelope of version 1 inside of one of version 2.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::{COMPRESSED, Envelope, EnvelopeError};

/// What an envelope may unpack to. A record has two images of 400 KB, and a body made of them is
/// not much more; escapes in JSON make six bytes of one.
const UNPACKED: u64 = 32 * 1024 * 1024;

impl Envelope {
    /// The JSON text, compressed as zlib does (RFC 1950), for lots that keep bytes.
    ///
    /// # Errors
    /// As [`Envelope::to_json`].
    pub fn pack(&self) -> Result<Vec<u8>, EnvelopeError> {
        compress(&self.to_json()?)
    }

    /// Reads what [`Envelope::pack`] wrote.
    ///
    /// # Errors
    /// The bytes are no compressed envelope of a version that this program reads.
    pub fn unpack(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        Self::parse(&decompress(bytes)?)
    }

    /// The JSON text, in its compressed form where it has more than `most` bytes.
    ///
    /// # Errors
    /// As [`Envelope::to_json`].
    pub fn to_json_within(&self, most: usize) -> Result<Vec<u8>, EnvelopeError> {
        let json = self.to_json()?;
        if json.len() <= most {
            return Ok(json);
        }
        let packed = STANDARD.encode(compress(&json)?);
        Ok(format!("{{\"version\":{COMPRESSED},\"compressed\":\"{packed}\"}}").into_bytes())
    }
}

/// The JSON text inside of the compressed form.
pub(super) fn inner(compressed: &str) -> Result<Vec<u8>, EnvelopeError> {
    decompress(&STANDARD.decode(compressed).map_err(|_| WRONG)?)
}

const WRONG: EnvelopeError =
    EnvelopeError::Wrong { field: "compressed", expected: "a compressed envelope" };

fn compress(json: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(json).and_then(|()| encoder.finish()).map_err(|_| WRONG)
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    let mut json = Vec::new();
    let read = ZlibDecoder::new(bytes).take(UNPACKED + 1).read_to_end(&mut json);
    match read {
        Ok(length) if length as u64 <= UNPACKED => Ok(json),
        _ => Err(WRONG),
    }
}
