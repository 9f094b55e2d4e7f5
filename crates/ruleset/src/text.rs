//! Files as text: UTF-8, with or without a byte order mark.

use std::io::Read;
use std::path::Path;

use distributary_syntax::{Diagnostic, FileId, Span, codes};

use crate::bundle::MAGIC;
use crate::error::RulesetError;

/// What a file holds. Text that is not UTF-8 comes back with a mark at each wrong place, so that it
/// can be shown, and with the finding.
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) refused: Option<Diagnostic>,
}

/// Reads a file, or standard input for `-`. `file` is the id under which findings name it.
pub(crate) fn read(path: &Path, file: FileId) -> Result<Text, RulesetError> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    let bytes = bytes.map_err(|error| RulesetError::unreadable(path, &error))?;
    Ok(decode(bytes, file))
}

fn decode(bytes: Vec<u8>, file: FileId) -> Text {
    let error = match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            return Text { text, refused: None };
        }
        Err(error) => error,
    };
    let help = match error.as_bytes() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file looks like UTF-16: save it as UTF-8",
        bytes if bytes.starts_with(MAGIC) => {
            "the file is a bundle: name the rules that it was made from"
        }
        _ => "save the file as UTF-8",
    };
    let start = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
    let message = format!("byte {} is not UTF-8", start + 1);
    let refused =
        Diagnostic::error(codes::NOT_UTF8, message, Span::new(file, start..end)).help(help);
    Text { text, refused: Some(refused) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = decode(b"\xef\xbb\xbfrule".to_vec(), FileId(0));
        assert_eq!(text.text, "rule");
        assert!(text.refused.is_none());
    }

    #[test]
    fn a_wrong_byte_is_named_and_stays_visible() {
        let text = decode(b"let a = \"caf\xe9\"".to_vec(), FileId(0));
        let refused = text.refused.unwrap();
        assert_eq!(refused.message, "byte 13 is not UTF-8");
        assert_eq!(&text.text[refused.span().unwrap().range()], "\u{fffd}");
    }

    #[test]
    fn utf16_is_recognised() {
        let refused = decode(b"\xff\xfer\0u\0l\0e\0".to_vec(), FileId(0)).refused.unwrap();
        assert_eq!(refused.help.unwrap(), "the file looks like UTF-16: save it as UTF-8");
    }
}
