//! From sources to syntax trees.

use pest::Parser;

use crate::ast::{Declaration, File, Name};
use crate::grammar::{Grammar, Pairs, Rule};
use crate::lower::Lower;
use crate::span::{Span, Spanned};
use crate::split::{self, Chunk, Head};
use crate::{Diagnostic, FileId, Source, Sources, codes, expected, spelling};

/// The largest file that is read. It bounds memory, and keeps offsets well inside a [`Span`].
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// What could be read, and everything that could not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// One for each source, in their order.
    pub files: Vec<File>,
    /// In the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses every file, each declaration for itself.
///
/// A declaration with an error that leaves its meaning clear, such as `&&` for `and`, is in the
/// tree and in the diagnostics; one that could not be read is among [`File::unread`].
#[must_use]
pub fn parse(sources: &Sources) -> Parsed {
    let mut parsed = Parsed::default();
    for (id, source) in sources.iter() {
        let (file, mut diagnostics) = parse_file(id, source);
        diagnostics.sort_by_key(Diagnostic::span);
        parsed.files.push(file);
        parsed.diagnostics.append(&mut diagnostics);
    }
    parsed
}

fn parse_file(id: FileId, source: &Source) -> (File, Vec<Diagnostic>) {
    let text = source.text.as_str();
    let mut file = File::default();
    if text.len() > MAX_FILE_BYTES {
        let message = format!("`{}` is larger than {} MiB", source.name, MAX_FILE_BYTES >> 20);
        let error = Diagnostic::error(codes::FILE_TOO_LARGE, message, Span::new(id, 0..0));
        return (file, vec![error.help("spread the rules over several files")]);
    }
    let (chunks, mut diagnostics) = split::split(id, text);
    for chunk in chunks {
        let mut reader = Reader { id, text, diagnostics: &mut diagnostics };
        let name = reader.name_of(&chunk.head);
        match reader.read(chunk) {
            Some(declaration) => file.declarations.push(declaration),
            None => file.unread.extend(name),
        }
    }
    (file, diagnostics)
}

struct Reader<'s, 'd> {
    id: FileId,
    text: &'s str,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    fn read(&mut self, chunk: Chunk) -> Option<Declaration> {
        match &chunk.head {
            Head::Declaration { .. } => {}
            Head::Unknown { word, .. } => {
                let found = self.text.get(word.clone()).unwrap_or("");
                let span = Span::new(self.id, word.clone());
                return self.refuse(expected::unknown_declaration(found, span));
            }
            Head::Junk if chunk.sound => {
                return self.refuse(expected::no_declaration(self.id, self.text, chunk.range));
            }
            Head::Junk => return None,
        }
        if !chunk.sound {
            return None;
        }
        match Grammar::parse(Rule::declaration, self.text.get(chunk.range.clone())?) {
            Ok(pairs) => self.lower(pairs, chunk),
            Err(error) => self.refuse(expected::explain(self.id, self.text, &chunk.range, &error)),
        }
    }

    fn lower(&mut self, pairs: Pairs<'_>, chunk: Chunk) -> Option<Declaration> {
        let known = self.diagnostics.len();
        let span = Span::new(self.id, chunk.range.clone());
        let mut lower = Lower::new(self.id, chunk.range.start, self.diagnostics);
        spelling::report(&mut lower, pairs.clone());
        let declaration = lower.declaration(pairs, chunk);
        // A rule that nobody hears of again would be the worst of all outcomes.
        if declaration.is_none() && self.diagnostics.len() == known {
            let message = "this declaration could not be read";
            return self.refuse(Diagnostic::error(codes::UNEXPECTED, message, span));
        }
        declaration
    }

    fn refuse(&mut self, error: Diagnostic) -> Option<Declaration> {
        self.diagnostics.push(error);
        None
    }

    fn name_of(&self, head: &Head) -> Option<Name> {
        let range = match head {
            Head::Declaration { name, .. } => name.clone()?,
            Head::Unknown { name, .. } => name.clone(),
            Head::Junk => return None,
        };
        let name = self.text.get(range.clone()).filter(|name| !name.starts_with('"'))?;
        Some(Spanned::new(name.to_owned(), Span::new(self.id, range)))
    }
}
