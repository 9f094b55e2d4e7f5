//! Payloads as JSON.

use distributary_change::json::{plain, write_string};
use distributary_change::{Image, Value};

use crate::evaluate::{Scene, Seen};
use crate::term::Content;
use crate::truth::Truth;

impl<'a> Scene<'a> {
    /// The bytes of a payload. One that is absent or unknown is `null`, or, where an object is
    /// asked for, the empty object: what is sent cannot fail on what a record lacks.
    pub(crate) fn body(&self, with: Option<&'a Content>, object: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        match with {
            None => self.write_envelope(false, &mut out),
            Some(content) => {
                if !self.write(content, &mut out) {
                    out.extend_from_slice(if object { b"{}" } else { b"null" });
                }
            }
        }
        out
    }

    /// Writes content, or nothing and says so where there is nothing.
    fn write(&self, content: &'a Content, out: &mut Vec<u8>) -> bool {
        match content {
            Content::Term(term) => write_seen(&self.value(term), out),
            Content::Condition(condition) => match self.truth(condition) {
                Truth::Unknown => false,
                truth => {
                    plain::write(&Value::Bool(truth == Truth::True), out);
                    true
                }
            },
            Content::List(members) => {
                let mut list = Members::open(b'[', out);
                for member in members {
                    list.add(|out| self.write(member, out));
                }
                list.close(b']');
                true
            }
            Content::Object(entries) => {
                let mut object = Members::open(b'{', out);
                for (name, entry) in entries {
                    object.entry(name, |out| self.write(entry, out));
                }
                object.close(b'}');
                true
            }
            Content::Change => {
                self.write_envelope(true, out);
                true
            }
        }
    }

    /// `{ id, type, table, region, at, seq, keys }`, and the images where they are asked for.
    fn write_envelope(&self, images: bool, out: &mut Vec<u8>) {
        let record = self.record;
        let mut object = Members::open(b'{', out);
        let fields = [
            ("id", record.id.as_str()),
            ("type", record.kind.as_str()),
            ("table", &record.table),
            ("region", &record.region),
            ("at", &record.time.rfc3339()),
            ("seq", record.sequence.as_str()),
        ];
        for (name, text) in fields {
            object.entry(name, |out| {
                write_string(text, out);
                true
            });
        }
        object.entry("keys", |out| {
            plain::write_item(&record.keys, out);
            true
        });
        if images {
            object.entry("old", |out| write_image(&record.old, out));
            object.entry("new", |out| write_image(&record.new, out));
        }
        object.close(b'}');
    }
}

fn write_seen(seen: &Seen<'_>, out: &mut Vec<u8>) -> bool {
    match seen {
        Seen::Unknown | Seen::Absent => return false,
        Seen::Value(value) => plain::write(value, out),
        Seen::Number(decimal) => out.extend(decimal.to_string().bytes()),
    }
    true
}

fn write_image(image: &Image, out: &mut Vec<u8>) -> bool {
    match image {
        Image::Absent | Image::Omitted => false,
        Image::Present(item) => {
            plain::write_item(item, out);
            true
        }
    }
}

/// A list or object under way.
struct Members<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Members<'o> {
    fn open(bracket: u8, out: &'o mut Vec<u8>) -> Self {
        out.push(bracket);
        Members { out, empty: true }
    }

    /// Adds a member, unless there is nothing to write.
    fn add(&mut self, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        let before = self.out.len();
        if !self.empty {
            self.out.push(b',');
        }
        if write(self.out) {
            self.empty = false;
        } else {
            self.out.truncate(before);
        }
    }

    fn entry(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        self.add(|out| {
            write_string(name, out);
            out.push(b':');
            write(out)
        });
    }

    fn close(self, bracket: u8) {
        self.out.push(bracket);
    }
}
