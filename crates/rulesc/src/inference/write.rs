//! Schemas as text.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::{Fields, Shape};

/// One declaration for each type; `discriminator` is the attribute whose values they are.
pub(super) fn declarations(
    discriminator: Option<&str>,
    types: &BTreeMap<Option<&str>, Fields>,
) -> String {
    let mut names = BTreeSet::new();
    let schemas = types.iter().map(|(entity, fields)| {
        let name = free(schema_name(entity.unwrap_or("Item")), &mut names);
        let mut out = format!("schema {name}");
        let tag = discriminator.zip(*entity);
        if let Some((attribute, entity)) = tag {
            out.push_str(&format!(" when item{} == {}", step(attribute), quoted(entity)));
        }
        out.push_str(" {\n");
        for (name, shape) in &fields.fields {
            let optional = if shape.count < fields.maps { "?" } else { "" };
            let ty = match tag {
                Some((attribute, entity)) if attribute == name => quoted(entity),
                _ => shape.written(),
            };
            out.push_str(&format!("{}{optional}: {ty}\n", key(name)));
        }
        out + "}\n"
    });
    schemas.collect::<Vec<_>>().join("\n")
}

impl Shape {
    /// The type as a schema writes it.
    fn written(&self) -> String {
        let mut types: Vec<String> = Vec::new();
        match self.enumeration() {
            Some(texts) => types.extend(texts.iter().map(|text| quoted(text))),
            None if self.has_texts() => types.push("string".to_owned()),
            None => {}
        }
        types.extend(self.simple.iter().map(|&simple| simple.to_owned()));
        if let Some(elements) = &self.elements {
            types.push(match elements.written() {
                empty if empty.is_empty() => "list".to_owned(),
                element => format!("list<{element}>"),
            });
        }
        types.extend(self.map.as_ref().map(Fields::written));
        types.join(" | ")
    }
}

impl Fields {
    fn written(&self) -> String {
        if self.is_dictionary() {
            return "map".to_owned();
        }
        let field = |(name, shape): (&String, &Shape)| {
            let optional = if shape.count < self.maps { "?" } else { "" };
            format!("{}{optional}: {}", key(name), shape.written())
        };
        format!("{{ {} }}", self.fields.iter().map(field).collect::<Vec<_>>().join(", "))
    }
}

/// `order_line`, `order-line` and `orderLine` are `OrderLine`.
fn schema_name(entity: &str) -> String {
    let words = entity.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or_default();
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    let name: String = words.map(capital).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("Item{name}") }
}

/// The name, or the name with a number where it is taken.
fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let mut choices = std::iter::once(name.clone()).chain(numbered);
    let free = choices.find(|choice| !taken.contains(choice)).unwrap_or(name);
    taken.insert(free.clone());
    free
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn key(name: &str) -> String {
    if is_name(name) { name.to_owned() } else { quoted(name) }
}

fn step(name: &str) -> String {
    if is_name(name) { format!(".{name}") } else { format!("[{}]", quoted(name)) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}
