//! Text that SQS takes, and SNS on its way to queues: what XML 1.0 allows.

use std::borrow::Cow;

/// The payload as text. Two characters that JSON allows and SQS refuses are written as escapes,
/// which mean the same to every reader: outside of strings JSON text has neither.
pub(crate) fn json(body: &[u8]) -> Result<Cow<'_, str>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the payload is not UTF-8".to_owned())?;
    if text.contains(['\u{FFFE}', '\u{FFFF}']) {
        Ok(text.replace('\u{FFFE}', r"\ufffe").replace('\u{FFFF}', r"\uffff").into())
    } else {
        Ok(text.into())
    }
}

/// Whether a text outside of JSON can be sent as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.contains(|character| {
        matches!(character, '\0'..'\t' | '\u{B}' | '\u{C}' | '\u{E}'..' ' | '\u{FFFE}' | '\u{FFFF}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_characters_become_escapes_of_the_same_json() {
        let body = "{\"name\":\"a\u{FFFE}b\u{FFFF}c\u{1F600}\"}";
        let sent = json(body.as_bytes()).unwrap();
        assert_eq!(sent, "{\"name\":\"a\\ufffeb\\uffffc\u{1F600}\"}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&sent), read(body));
    }

    #[test]
    fn everything_else_is_sent_as_it_is() {
        assert!(matches!(
            json("{\"a\":\"\u{7f}é\u{1FFFE}\"}".as_bytes()).unwrap(),
            Cow::Borrowed(_)
        ));
    }

    #[test]
    fn plain_text_has_no_control_characters_but_white_space() {
        for text in ["", "a b", "tab\tline\r\n", "\u{7f}\u{85}", "\u{1F600}"] {
            assert!(is_plain(text), "{text:?}");
        }
        for text in ["\0", "a\u{8}", "\u{b}", "\u{1f}", "\u{FFFE}", "\u{FFFF}"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
