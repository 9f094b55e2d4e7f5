//! `b64"…"`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::expected::shown;
use crate::grammar::Pair;
use crate::{Diagnostic, codes};

use super::Lower;

impl Lower<'_> {
    pub(super) fn bytes(&mut self, text: Pair<'_>) -> Option<Vec<u8>> {
        let text = self.plain_text(text)?;
        let bytes = STANDARD.decode(&text.node);
        if bytes.is_err() {
            let message = format!("{} is not Base64", shown(&text.node));
            let help = "Base64 has groups of four of `A`–`Z`, `a`–`z`, `0`–`9`, `+` and `/`, the \
                        last one filled up with `=`";
            self.report(Diagnostic::error(codes::UNEXPECTED, message, text.span).help(help));
        }
        Some(bytes.unwrap_or_default())
    }
}
