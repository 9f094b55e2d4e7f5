//! Prints how parsing time grows with the size of the input, good and bad.
//!
//! ```sh
//! cargo run --release -p distributary-syntax --example growth
//! ```

use std::time::Instant;

use distributary_syntax::{Sources, parse};

const RULE: &str = "rule paid_# {
  on MODIFY from shop
  when item.status became \"Paid\" from \"Placed\" and item.total >= 10 * 5 ?? 0
  to bus with { orderId: keys.pk, total: item.total }
}
";

/// A kind of input, and how to make much of it.
type Case = (&'static str, fn(usize) -> String);

fn main() {
    let cases: [Case; 7] = [
        ("rules", |n| (0..n).map(|i| RULE.replace('#', &i.to_string())).collect()),
        ("rules with an error each", |n| RULE.replace("on ", "no ").replace('#', "x").repeat(n)),
        ("rules without their last brace", |n| {
            RULE.replace("\n}", "\n").replace('#', "x").repeat(n)
        }),
        ("conditions of one rule", |n| format!("let a = {} b", "item.x == 1 or ".repeat(n))),
        ("entries of one payload", |n| format!("let a = {{ {} }}", "x: item.y, ".repeat(n))),
        ("braces never closed", |n| "{ [ (".repeat(n)),
        ("texts never closed", |n| "let a = \"x ${ y\n".repeat(n)),
    ];
    for (name, text) in cases {
        println!("{name}");
        for n in [1_000, 10_000, 100_000] {
            let mut sources = Sources::new();
            sources.add("growth.rules", text(n));
            let bytes = sources.iter().map(|(_, source)| source.text.len()).sum::<usize>();
            let start = Instant::now();
            let parsed = parse(&sources);
            let errors = parsed.diagnostics.len();
            println!("  {n:>7} {bytes:>10} bytes {errors:>7} errors {:>10.1?}", start.elapsed());
        }
    }
}
