//! What was tried in vain, back in its place with a note of that.

use std::collections::BTreeMap;

use distributary_router::{Failure, Taken};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::heads::Later;
use super::row::{Row, key, part_key};
use super::take::Receipt;
use super::{DynamoDbLot, GROUPS};

impl DynamoDbLot {
    /// Group by group. The lease of one that cannot be written ends all the same.
    pub(super) async fn rewrite(&self, tried: &[Taken]) {
        let mut groups: BTreeMap<String, Vec<(Receipt, &Taken)>> = BTreeMap::new();
        for taken in tried {
            if let Some(receipt) = Receipt::read(taken) {
                groups.entry(receipt.pk.clone()).or_default().push((receipt, taken));
            }
        }
        let groups: Vec<_> = groups.values().map(|group| self.rewrite_group(group)).collect();
        stream::iter(groups).buffer_unordered(GROUPS).for_each(async |()| {}).await;
    }

    /// The first of a group comes last: with it the lease ends.
    async fn rewrite_group(&self, group: &[(Receipt, &Taken)]) {
        for (place, (receipt, taken)) in group.iter().enumerate().rev() {
            let failed = self.replace(receipt, taken, place == 0).await.is_err();
            if let (true, 0, Some(leased)) = (failed, place, &receipt.group) {
                self.end(leased).await;
            }
        }
    }

    async fn replace(&self, receipt: &Receipt, taken: &Taken, first: bool) -> Result<(), Failure> {
        let table = self.db.table();
        let row =
            Row::of(&taken.envelope).map_err(|error| Failure::permanent(error.to_string()))?;
        let mut operations: Vec<_> = row.puts(table, "attribute_exists(pk)").collect();
        operations.extend((row.parts()..receipt.parts).map(|part| {
            let key = key(row.pk(), &part_key(row.sk(), part));
            json!({ "Delete": { "TableName": table, "Key": key } })
        }));
        if let (true, Some(leased)) = (first, &receipt.group) {
            operations.push(self.put_off(leased, &Later::of(&taken.envelope)));
        }
        self.transact(&operations).await.map_err(Failure::from)
    }
}
