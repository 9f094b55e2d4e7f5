//! Which streams the function reads.

use std::collections::BTreeMap;

use anyhow::bail;
use distributary_delivery::Arn;
use distributary_deploy::policy::{Home, Resource, Stream};
use distributary_rules::Program;

use super::{Format, Iam, is_logical_id};

impl Iam {
    /// What `--stream` says, by source.
    pub(super) fn given_streams(
        &self,
        program: &Program,
    ) -> anyhow::Result<BTreeMap<String, &str>> {
        let names: Vec<&str> = program.sources().iter().map(|source| &*source.name).collect();
        let mut given = BTreeMap::new();
        for text in &self.streams {
            let (source, place) = match (text.split_once('='), names.as_slice()) {
                (Some((source, place)), _) if names.contains(&source) => (source, place),
                (Some((source, _)), _) => bail!("`--stream` names `{source}`, which is no source"),
                (None, [] | [_]) => (names.first().copied().unwrap_or("*"), text.as_str()),
                (None, _) => bail!(
                    "`--stream {text}` does not say which source it is for: write \
                     `--stream SOURCE={text}`"
                ),
            };
            given.insert(source.to_owned(), place);
        }
        Ok(given)
    }

    /// The streams that the function reads.
    pub(super) fn streams(
        &self,
        program: &Program,
        given: &BTreeMap<String, &str>,
    ) -> anyhow::Result<Vec<Stream>> {
        let mut sources: Vec<(&str, Option<&str>)> =
            program.sources().iter().map(|s| (&*s.name, s.table.as_deref())).collect();
        if sources.is_empty() {
            sources.push(("*", None));
        }
        let stream = |(name, table): (&str, Option<&str>)| {
            let cfn = self.format == Format::Cfn;
            match (given.get(name), table) {
                (Some(text), _) if text.starts_with("arn:") => of_arn(name, table, text),
                (Some(id), _) if cfn && is_logical_id(id) => Ok(Stream {
                    stream: Resource::attribute(id, "StreamArn"),
                    all: Resource::attribute(id, "Arn").then("/stream/*"),
                }),
                (Some(text), _) => {
                    bail!("`--stream {text}` is not the ARN of a table's stream")
                }
                (None, Some(table)) if cfn => {
                    let all =
                        Home::Template.resource("dynamodb", &format!("table/{table}/stream/*"));
                    Ok(Stream { stream: all.clone(), all })
                }
                (None, _) if name == "*" => bail!("name the stream: `--stream ARN`"),
                (None, _) => bail!("name the stream of `{name}`: `--stream {name}=ARN`"),
            }
        };
        sources.into_iter().map(stream).collect()
    }
}

fn of_arn(name: &str, table: Option<&str>, text: &str) -> anyhow::Result<Stream> {
    let of = Arn::parse(text).filter(|arn| arn.service == "dynamodb");
    let parts = of.as_ref().and_then(|arn| arn.resource.strip_prefix("table/")?.split_once('/'));
    let Some((of, label)) = parts.filter(|(_, label)| label.starts_with("stream/")) else {
        bail!("`--stream {text}` is not the ARN of a table's stream");
    };
    if let Some(table) = table.filter(|table| *table != of) {
        bail!("`--stream {text}` is of the table `{of}`, and `{name}` is `{table}`");
    }
    let all = text.strip_suffix(label).unwrap_or(text);
    Ok(Stream { stream: Resource::arn(text), all: Resource::arn(all).then("stream/*") })
}
