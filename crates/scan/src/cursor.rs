//! A place in a JSON text, and steps over what stands there.

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
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Whether the next byte is this one, which is then stepped over.
    pub(crate) fn took(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    pub(crate) fn take(&mut self, byte: u8) -> Result<(), Doubt> {
        if self.took(byte) { Ok(()) } else { Err(Doubt) }
    }

    /// Steps over bytes that are known.
    pub(crate) fn pass(&mut self, range: Range) {
        self.at += range.end.saturating_sub(range.start) as usize;
    }

    /// Steps over exactly these bytes, without white space in them.
    pub(crate) fn took_all(&mut self, text: &[u8]) -> bool {
        let is = self.rest().starts_with(text);
        self.at += if is { text.len() } else { 0 };
        is
    }

    /// What follows an element: whether there is another one.
    pub(crate) fn more(&mut self, close: u8) -> Result<bool, Doubt> {
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == close => {
                self.at += 1;
                return Ok(false);
            }
            _ => return Err(Doubt),
        }
        Ok(true)
    }

    /// A name and its colon. One with escapes is a doubt, so that names compare by their bytes.
    pub(crate) fn name(&mut self) -> Result<Text<'r>, Doubt> {
        let name = self.string()?;
        self.take(b':')?;
        if name.escaped { Err(Doubt) } else { Ok(name) }
    }

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

    /// The digits of a number in its plain form, a fraction included.
    pub(crate) fn digits(&mut self) -> Result<&'r [u8], Doubt> {
        self.peek();
        let length = self.rest().iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let digits = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        Ok(digits)
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

/// How many bytes stand before a quote, a backslash or a control character: eight at a time.
fn plain(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let ends = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    words.len() * 8 + tail.iter().position(ends).unwrap_or(tail.len())
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);

/// A bit in the lowest byte that ends plain text. Bits above it mean nothing: subtraction borrows.
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control)
        & HIGHS
}
