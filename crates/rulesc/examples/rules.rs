//! Prints a rule set of so many rules, to measure what checking one takes.
//!
//! ```sh
//! mkdir -p /tmp/many && cargo run -p distributary-rulesc --example rules -- 10000 > /tmp/many/many.rules
//! time target/release/rulesc check /tmp/many
//! ```

use std::fmt::Write as _;

/// A source, a schema for items of one kind, and twenty routes.
const HEAD: &str = r#"param stage: string = "dev"
source shop { table: "${stage}-shop"  key: pk, sk  view: NEW_AND_OLD_IMAGES }
schema Order when item.entityType == "Order" {
  pk: string
  sk: string
  entityType: "Order"
  status: "Draft" | "Placed" | "Paid" | "Shipped" | "Cancelled"
  total: number
  region: string
  tier?: "basic" | "gold"
}
let vip = item.tier == "gold" or item.total >= 5000
"#;

const ROUTES: usize = 20;

fn main() {
    let Some(rules) = std::env::args().nth(1).and_then(|number| number.parse::<usize>().ok())
    else {
        eprintln!("error: say how many rules, as in `rules 1000`");
        std::process::exit(2);
    };
    let mut text = HEAD.to_owned();
    for route in 0..ROUTES.min(rules) {
        let _ = writeln!(text, "route r{route} = console {{}}");
    }
    for rule in 0..rules {
        let route = rule % ROUTES;
        // Four shapes: a transition, a range, a type of item without a schema, a text.
        let _ = match rule % 4 {
            0 => writeln!(
                text,
                "rule rule{rule} {{\n  on MODIFY of Order\n  when item.status became \"Paid\" from \
                 \"Placed\" and item.region == \"region-{rule}\"\n  to r{route} with {{ id: \
                 keys.pk, total: item.total, vip: vip }}\n}}"
            ),
            1 => writeln!(
                text,
                "rule rule{rule} {{\n  on INSERT, MODIFY of Order\n  when item.total >= {rule} and \
                 item.total < {} and item.region != \"eu\"\n  to r{route} with {{ id: keys.pk, \
                 ...item.{{total, region}} }}\n}}",
                rule + 1
            ),
            2 => writeln!(
                text,
                "rule rule{rule} {{\n  on ANY\n  when item.kind == \"kind-{rule}\" and \
                 (item.a exists or item.b in [\"x\", \"y\"])\n  to r{route} with {{ id: keys.pk, \
                 n: {rule} }}\n}}"
            ),
            _ => writeln!(
                text,
                "rule rule{rule} {{\n  on INSERT\n  when item.sku starts with \"SKU#{rule}#\" and \
                 not (item.hidden == true)\n  to r{route} with {{ sku: item.sku }}\n}}"
            ),
        };
    }
    print!("{text}");
}
