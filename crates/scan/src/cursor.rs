//! A place in a JSON text, and steps over what stands there.

use crate::found::Kind;
use crate::stride::{digits, plain, short_number};
use crate::{Doubt, Range};

/// Steps over JSON. The text is known to be UTF-8 and shorter than 4 GiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'r> {
    bytes: &'r [u8],
    at: usize,
}

/// A string without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'r> {
    pub(crate) bytes: &'r [u8],
    pub(crate) range: Range,
    /// Whether it has escapes; they are sound.
    pub(crate) escaped: bool,
}

impl<'r> Cursor<'r> {
    pub(crate) fn new(bytes: &'r [u8]) -> Self {
        Cursor { bytes, at: 0 }
    }

    pub(crate) fn at(&self) -> u32 {
        self.at as u32
    }

    pub(crate) fn since(&self, start: u32) -> Range {
        Range { start, end: self.at() }
    }

    pub(crate) fn bytes(&self, range: Range) -> &'r [u8] {
        range.of(self.bytes)
    }

    pub(crate) fn rest(&self) -> &'r [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no white space.
    #[inline(never)]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Whether the next byte is this one, which is then stepped over.
    #[inline]
    pub(crate) fn took(&mut self, byte: u8) -> bool {
        let is = self.bytes.get(self.at) == Some(&byte) || self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    pub(crate) fn take(&mut self, byte: u8) -> Result<(), Doubt> {
        if self.took(byte) { Ok(()) } else { Err(Doubt) }
    }

    /// Steps over this many bytes, which are known.
    pub(crate) fn pass(&mut self, length: usize) {
        self.at += length;
    }

    /// Steps over exactly these bytes, without white space in them.
    pub(crate) fn took_all(&mut self, text: &[u8]) -> bool {
        let is = self.rest().starts_with(text);
        self.at += if is { text.len() } else { 0 };
        is
    }

    /// Whether this is the very next byte, which is then stepped over.
    #[inline]
    pub(crate) fn took_one(&mut self, byte: u8) -> bool {
        let is = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(is);
        is
    }

    /// Steps over an attribute's value and its brace where they are written as most are: a text
    /// without escapes, a short number, a boolean. What is not stepped over may be sound.
    #[inline(always)]
    pub(crate) fn took_value(&mut self, kind: Kind) -> bool {
        let rest = self.rest();
        let length = match (kind, rest) {
            (Kind::String, [b'"', text @ ..]) => Some(plain(text)),
            (Kind::Number, [b'"', text @ ..]) => short_number(text),
            (Kind::True, [b't', b'r', b'u', b'e', b'}', ..]) => return self.passed(5),
            (Kind::True, [b'f', b'a', b'l', b's', b'e', b'}', ..]) => return self.passed(6),
            _ => None,
        };
        let Some(length) = length else { return false };
        rest.get(length + 1..).is_some_and(|rest| rest.starts_with(b"\"}"))
            && self.passed(length + 3)
    }

    #[inline(always)]
    fn passed(&mut self, length: usize) -> bool {
        self.at += length;
        true
    }

    /// What follows an element: whether there is another one.
    pub(crate) fn more(&mut self, close: u8) -> Result<bool, Doubt> {
        if self.took(b',') {
            return Ok(true);
        }
        self.take(close).map(|()| false)
    }

    /// A name and its colon. One with escapes is a doubt, so that names compare by their bytes.
    pub(crate) fn name(&mut self) -> Result<Text<'r>, Doubt> {
        let name = self.string()?;
        self.take(b':')?;
        if name.escaped { Err(Doubt) } else { Ok(name) }
    }

    #[inline]
    pub(crate) fn string(&mut self) -> Result<Text<'r>, Doubt> {
        self.take(b'"')?;
        let start = self.at;
        self.at += plain(self.rest());
        if self.rest().first() == Some(&b'"') {
            let range = self.since(start as u32);
            self.at += 1;
            return Ok(Text { bytes: self.bytes(range), range, escaped: false });
        }
        self.with_escapes(start)
    }

    /// The rest of a string that has escapes, or is none.
    #[cold]
    fn with_escapes(&mut self, start: usize) -> Result<Text<'r>, Doubt> {
        let (mut escaped, mut unicode) = (false, false);
        loop {
            match self.rest() {
                [b'"', ..] => break,
                [b'\\', escape, ..] => {
                    escaped = true;
                    unicode |= *escape == b'u';
                    if !matches!(
                        escape,
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u'
                    ) {
                        return Err(Doubt);
                    }
                    self.at += 2;
                }
                _ => return Err(Doubt),
            }
            self.at += plain(self.rest());
        }
        let range = self.since(start as u32);
        self.at += 1;
        let bytes = self.bytes(range);
        if unicode && unescape(bytes).is_none() {
            return Err(Doubt);
        }
        Ok(Text { bytes, range, escaped })
    }

    /// The digits before the point of a number in its plain form, and those behind it where there
    /// is one. Any of them may be missing.
    pub(crate) fn decimal(&mut self) -> (&'r [u8], Option<&'r [u8]>) {
        self.peek();
        let whole = self.digits();
        let fraction = self.took_one(b'.').then(|| self.digits());
        (whole, fraction)
    }

    fn digits(&mut self) -> &'r [u8] {
        let start = self.at();
        self.at += digits(self.rest());
        self.bytes(self.since(start))
    }
}

/// The text of a string with escapes; `None` for half of a surrogate pair and the like.
pub(crate) fn unescape(inside: &[u8]) -> Option<String> {
    let mut quoted = Vec::with_capacity(inside.len() + 2);
    quoted.push(b'"');
    quoted.extend_from_slice(inside);
    quoted.push(b'"');
    serde_json::from_slice(&quoted).ok()
}
