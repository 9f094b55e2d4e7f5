//! A place in a JSON text, and steps over what stands there.

use crate::found::Kind;
use crate::stride::{digits, plain, short_number};
use crate::{Doubt, Range};

/// Steps over JSON. The text is known to be UTF-8 and shorter than 4 GiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'r> {
    bytes: &'r [u8],
    /// What was not stepped over, to the end of the bytes.
    rest: &'r [u8],
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
        Cursor { bytes, rest: bytes }
    }

    pub(crate) fn at(&self) -> u32 {
        (self.bytes.len() - self.rest.len()) as u32
    }

    pub(crate) fn since(&self, start: u32) -> Range {
        Range { start, end: self.at() }
    }

    pub(crate) fn bytes(&self, range: Range) -> &'r [u8] {
        range.of(self.bytes)
    }

    pub(crate) fn rest(&self) -> &'r [u8] {
        self.rest
    }

    /// The next byte that is no white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        // As streams write them, records have none.
        match self.rest.first() {
            Some(byte) if *byte > b' ' => Some(*byte),
            _ => self.peek_behind_white_space(),
        }
    }

    #[cold]
    fn peek_behind_white_space(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }

    /// Whether the next byte is this one, which is then stepped over.
    #[inline]
    pub(crate) fn took(&mut self, byte: u8) -> bool {
        self.took_one(byte) || (self.peek() == Some(byte) && self.took_one(byte))
    }

    /// Whether the very next byte is this one, which is then stepped over.
    #[inline]
    pub(crate) fn took_one(&mut self, byte: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> Result<(), Doubt> {
        if self.took(byte) { Ok(()) } else { Err(Doubt) }
    }

    /// Steps over this many bytes, which are known.
    #[inline]
    pub(crate) fn pass(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Steps to what is left, an end of the text.
    #[inline]
    pub(crate) fn pass_to(&mut self, rest: &'r [u8]) {
        self.rest = rest;
    }

    /// Steps over exactly these bytes, without white space in them.
    #[inline]
    pub(crate) fn took_all(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Steps over an attribute's value and its brace where they are of the usual form.
    #[inline(always)]
    pub(crate) fn took_usual(&mut self, kind: Kind) -> bool {
        match usual(kind, self.rest) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
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
        let start = self.at();
        self.pass(plain(self.rest));
        let range = self.since(start);
        if self.took_one(b'"') {
            return Ok(Text { bytes: self.bytes(range), range, escaped: false });
        }
        self.with_escapes(start)
    }

    /// The rest of a string that has escapes, or is none.
    #[cold]
    fn with_escapes(&mut self, start: u32) -> Result<Text<'r>, Doubt> {
        let (mut escaped, mut unicode) = (false, false);
        loop {
            match self.rest {
                [b'"', ..] => break,
                [b'\\', escape, rest @ ..] => {
                    escaped = true;
                    unicode |= *escape == b'u';
                    if !matches!(
                        escape,
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u'
                    ) {
                        return Err(Doubt);
                    }
                    self.rest = rest;
                }
                _ => return Err(Doubt),
            }
            self.pass(plain(self.rest));
        }
        let range = self.since(start);
        self.pass(1);
        let bytes = self.bytes(range);
        if unicode && unescape(bytes).is_none() {
            return Err(Doubt);
        }
        Ok(Text { bytes, range, escaped })
    }

    /// The digits before the point of a number in its plain form, and those behind it where there
    /// is one. Any of them may be missing.
    pub(crate) fn decimal(&mut self) -> (&'r [u8], Option<&'r [u8]>) {
        let whole = self.digits();
        let fraction = self.took_one(b'.').then(|| self.digits());
        (whole, fraction)
    }

    fn digits(&mut self) -> &'r [u8] {
        let start = self.at();
        self.pass(digits(self.rest));
        self.bytes(self.since(start))
    }
}

/// What follows an attribute's value and its brace, where they are of the form that most have: a
/// text without escapes, a short number, a boolean. `None` says nothing.
#[inline(always)]
pub(crate) fn usual(kind: Kind, bytes: &[u8]) -> Option<&[u8]> {
    let (text, length) = match (kind, bytes) {
        (Kind::String, [b'"', text @ ..]) => (text, plain(text)),
        (Kind::Number, [b'"', text @ ..]) => (text, short_number(text)?),
        (Kind::True, [b't', b'r', b'u', b'e', b'}', rest @ ..]) => return Some(rest),
        (Kind::True, [b'f', b'a', b'l', b's', b'e', b'}', rest @ ..]) => return Some(rest),
        _ => return None,
    };
    match text.split_at_checked(length)?.1 {
        [b'"', b'}', rest @ ..] => Some(rest),
        _ => None,
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
