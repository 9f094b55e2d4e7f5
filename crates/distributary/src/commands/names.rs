//! Names on the command line that the rules declare.

use anyhow::anyhow;

/// The places of names among those that are declared, in the order in which they are asked for.
pub(crate) fn indices<'a>(
    kind: &str,
    asked: &[String],
    declared: impl Iterator<Item = &'a str> + Clone,
) -> anyhow::Result<Vec<usize>> {
    let place = |name: &String| {
        let place = declared.clone().position(|declared| declared == name);
        place.ok_or_else(|| unknown(kind, name, declared.clone()))
    };
    asked.iter().map(place).collect()
}

/// Nothing of this kind has the name.
pub(crate) fn unknown<'a>(
    kind: &str,
    name: &str,
    declared: impl Iterator<Item = &'a str>,
) -> anyhow::Error {
    let names: Vec<_> = declared.map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => anyhow!("there is no {kind} `{name}`: the rules declare none"),
        false => anyhow!("there is no {kind} `{name}`: the rules declare {}", names.join(", ")),
    }
}
