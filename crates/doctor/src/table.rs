//! What several findings say of a table.

use crate::facts::Table;
use crate::home::region_of;

impl Table {
    /// The names of its keys.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.key_schema.iter().map(|key| key.attribute_name.as_str()).collect()
    }

    /// Whether its keys are these, all of them strings.
    pub(crate) fn has_string_keys(&self, keys: &[&str]) -> bool {
        let is_string = |key: &&str| {
            let mut attributes = self.attribute_definitions.iter();
            attributes.any(|it| it.attribute_name == **key && it.attribute_type == "S")
        };
        self.keys() == keys && keys.iter().all(is_string)
    }
}

/// The command that makes a table with these keys, all of them strings, in the region of its ARN or
/// else in this one.
pub(crate) fn create(region: &str, name: &str, keys: &[&str]) -> String {
    let region = region_of(name).unwrap_or_else(|| region.to_owned());
    let name = name.rsplit('/').next().unwrap_or(name);
    let attributes = keys.iter().map(|key| format!("AttributeName={key},AttributeType=S"));
    let attributes = attributes.collect::<Vec<_>>().join(" ");
    let schema = keys.iter().zip(["HASH", "RANGE"]);
    let schema = schema.map(|(key, ty)| format!("AttributeName={key},KeyType={ty}"));
    let schema = schema.collect::<Vec<_>>().join(" ");
    let operation =
        format!("dynamodb create-table --attribute-definitions {attributes} --key-schema {schema}");
    crate::command::aws(
        &region,
        &operation,
        &[("table-name", name), ("billing-mode", "PAY_PER_REQUEST")],
    )
}
