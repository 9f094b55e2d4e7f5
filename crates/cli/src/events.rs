//! Captured events from files or standard input, a chunk at a time.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use bytes::Bytes;
use distributary_change::{RawRecord, Record, captured};
use distributary_ruleset::reason;
use serde::de::IgnoredAny;

use crate::account::Account;

/// How much of a file of JSON lines is in memory at once, beside the rest of the last line.
const BLOCK: u64 = 4 * 1024 * 1024;

/// Captured events in every form that people have. JSON lines are read as they are worked on; a
/// file in another form is read as a whole.
#[derive(Debug)]
pub struct Events {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<Reader>,
    /// Whether there is one file only, so that nothing can be done without it.
    alone: bool,
}

/// Some of the events, in their order.
#[derive(Debug)]
pub struct Chunk {
    /// The records.
    pub records: Vec<RawRecord>,
    /// Lines and files that could not be taken apart, each with its place and why, and no more.
    pub faults: Vec<String>,
    /// How many bytes of the input this was.
    pub bytes: usize,
}

impl Events {
    /// The events in a file, or in every `*.json` and `*.jsonl` file of a directory in the order of
    /// their names; `-` is standard input.
    ///
    /// # Errors
    /// The directory cannot be read, or has no such file.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let files = if path.is_dir() { listed(path)? } else { vec![path.to_owned()] };
        Ok(Events { alone: files.len() == 1, files: files.into_iter(), open: None })
    }

    /// The size of all that was not opened yet, in bytes; what has no size counts as nothing.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.files.as_slice().iter().map(|file| file.metadata().map_or(0, |m| m.len()));
        sizes.sum()
    }

    /// One bad file among several is one fault; its neighbours are read.
    fn chunk(&mut self) -> anyhow::Result<Option<Chunk>> {
        loop {
            let read = match &mut self.open {
                Some(reader) => reader.chunk(),
                None => match self.files.next() {
                    Some(file) => {
                        Reader::open(&file).and_then(|reader| self.open.insert(reader).chunk())
                    }
                    None => return Ok(None),
                },
            };
            match read {
                Ok(Some(chunk)) => return Ok(Some(chunk)),
                Ok(None) => self.open = None,
                Err(error) if self.alone => return Err(error),
                Err(error) => {
                    self.open = None;
                    let faults = vec![error.to_string()];
                    return Ok(Some(Chunk { records: Vec::new(), faults, bytes: 0 }));
                }
            }
        }
    }
}

impl Iterator for Events {
    type Item = anyhow::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunk().transpose()
    }
}

/// Decodes every captured event in its turn; see [`Events::open`] for the path. What cannot be read is
/// a fault of the account.
///
/// # Errors
/// There are no events, or the only file cannot be read.
pub fn each_record(
    path: &Path,
    account: &mut Account,
    mut visit: impl FnMut(&RawRecord, Record),
) -> anyhow::Result<()> {
    for chunk in Events::open(path)? {
        let chunk = chunk?;
        account.add_faults(chunk.faults);
        for raw in &chunk.records {
            match raw.decode() {
                Ok(record) => visit(raw, record),
                Err(error) => account.add_faults([error.to_string()]),
            }
        }
    }
    Ok(())
}

fn listed(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || -> io::Result<Vec<PathBuf>> {
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect()
    };
    let mut files = read().map_err(|error| unreadable(&directory.display(), &error))?;
    files.retain(|file| file.extension().is_some_and(|e| e == "json" || e == "jsonl"));
    if files.is_empty() {
        bail!("there are no `*.json` or `*.jsonl` files in `{}`", directory.display());
    }
    files.sort();
    Ok(files)
}

fn unreadable(file: &dyn Display, error: &io::Error) -> anyhow::Error {
    anyhow!("cannot read `{file}`: {}", reason(error))
}

struct Reader {
    file: String,
    input: BufReader<Box<dyn Read>>,
    /// Lines that were read before.
    lines: usize,
    started: bool,
}

impl Reader {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let (file, input): (_, Box<dyn Read>) = if path == Path::new("-") {
            ("<stdin>".to_owned(), Box::new(io::stdin()))
        } else {
            let opened = File::open(path).map_err(|error| unreadable(&path.display(), &error))?;
            (path.display().to_string(), Box::new(opened))
        };
        Ok(Reader { file, input: BufReader::new(input), lines: 0, started: false })
    }

    fn chunk(&mut self) -> anyhow::Result<Option<Chunk>> {
        let text = self.block().map_err(|error| unreadable(&self.file, &error))?;
        if text.is_empty() && self.started {
            return Ok(None);
        }
        let bytes = text.len();
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        let chunk = match captured::read(&text) {
            Ok(records) => Chunk { records, faults: Vec::new(), bytes },
            Err(error) if !is_json_lines(&text) && !self.started || self.is_one_line(&text)? => {
                return Err(anyhow!("`{}`, {error}", self.file));
            }
            Err(_) => self.line_by_line(&text),
        };
        self.lines += lines;
        self.started = true;
        Ok(Some(chunk))
    }

    /// Whether this is all that there is: then there is no neighbour to read.
    fn is_one_line(&mut self, text: &[u8]) -> anyhow::Result<bool> {
        let rest = self.input.fill_buf().map_err(|error| unreadable(&self.file, &error))?;
        Ok(!self.started && rest.is_empty() && lines(text).nth(1).is_none())
    }

    /// Whole lines of JSON lines, or all of another form.
    fn block(&mut self) -> io::Result<Bytes> {
        let mut text = Vec::new();
        self.input.by_ref().take(BLOCK).read_to_end(&mut text)?;
        self.input.read_until(b'\n', &mut text)?;
        if !self.started && !is_json_lines(&text) {
            self.input.read_to_end(&mut text)?;
        }
        Ok(text.into())
    }

    /// One bad line is one fault; its neighbours are read.
    fn line_by_line(&self, text: &Bytes) -> Chunk {
        let mut chunk = Chunk { records: Vec::new(), faults: Vec::new(), bytes: text.len() };
        let mut start = 0;
        for (number, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let slice = text.slice(start..start + line.len());
            start += line.len();
            if line.trim_ascii().is_empty() {
                continue;
            }
            match captured::read(&slice) {
                Ok(records) => chunk.records.extend(records),
                Err(error) => {
                    let line = self.lines + number + 1;
                    chunk.faults.push(format!("`{}`, line {line}: {}", self.file, error.message));
                }
            }
        }
        chunk
    }
}

/// Whether one of the first two lines that are not blank is a JSON value of its own: a bad first
/// line does not hide what the others are.
fn is_json_lines(text: &[u8]) -> bool {
    lines(text).take(2).any(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok())
}

/// The lines that are not blank.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty())
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("file", &self.file).finish_non_exhaustive()
    }
}
