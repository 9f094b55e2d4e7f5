//! What is asked of every engine: the same rules in the words of each.

use crate::data::{STATUSES, word};

/// One rule in three languages; `None` where a language has no words for it.
pub struct Rule {
    pub ours: String,
    pub quamina: Option<String>,
    pub a_tree: Option<String>,
}

pub struct Scenario {
    pub name: &'static str,
    pub rules: Vec<Rule>,
}

fn image(body: &str) -> Option<String> {
    Some(format!(r#"{{"dynamodb":{{"NewImage":{{{body}}}}}}}"#))
}

fn scenario(name: &'static str, count: usize, rule: impl Fn(usize) -> Rule) -> Scenario {
    Scenario { name, rules: (0..count).map(rule).collect() }
}

pub fn all() -> Vec<Scenario> {
    let status = |at: usize| STATUSES[at % STATUSES.len()];
    let two = |at: usize| Rule {
        ours: format!("new.tenant == \"t{at}\" and new.status == \"{}\"", status(at)),
        quamina: image(&format!(
            r#""tenant":{{"S":["t{at}"]}},"status":{{"S":["{}"]}}"#,
            status(at)
        )),
        a_tree: Some(format!("tenant = \"t{at}\" and status = \"{}\"", status(at))),
    };
    vec![
        scenario("5 rules, equality", 5, |at| Rule {
            ours: format!("new.status == \"{}\"", status(at)),
            quamina: image(&format!(r#""status":{{"S":["{}"]}}"#, status(at))),
            a_tree: Some(format!("status = \"{}\"", status(at))),
        }),
        scenario("5 rules, prefix", 5, |at| Rule {
            ours: format!("new.tenant starts with \"t{}\"", at + 10),
            quamina: image(&format!(r#""tenant":{{"S":[{{"prefix":"t{}"}}]}}"#, at + 10)),
            a_tree: None,
        }),
        scenario("5 rules, suffix", 5, |at| Rule {
            ours: format!("new.tenant ends with \"{}\"", at + 10),
            quamina: image(&format!(r#""tenant":{{"S":[{{"suffix":"{}"}}]}}"#, at + 10)),
            a_tree: None,
        }),
        scenario("5 rules, wildcard", 5, |at| Rule {
            ours: format!("new.note matches \"*{}*{}*\"", &word(at)[..2], &word(at + 5)[..1]),
            quamina: image(&format!(
                r#""note":{{"S":[{{"wildcard":"*{}*{}*"}}]}}"#,
                &word(at)[..2],
                &word(at + 5)[..1]
            )),
            a_tree: None,
        }),
        scenario("5 rules, numeric", 5, |at| Rule {
            ours: format!("new.total >= {}.5", at * 1800),
            quamina: image(&format!(r#""total":{{"N":[{{"numeric":[">=",{}.5]}}]}}"#, at * 1800)),
            a_tree: Some(format!("total >= {}.5", at * 1800)),
        }),
        scenario("10 rules, 2 equalities and a range", 10, |at| Rule {
            ours: format!(
                "new.status == \"{}\" and new.tenant == \"t{at}\" and new.total > {at}00.5",
                status(at)
            ),
            quamina: None,
            a_tree: Some(format!(
                "status = \"{}\" and tenant = \"t{at}\" and total > {at}00.5",
                status(at)
            )),
        }),
        scenario("10 rules, became", 10, |at| Rule {
            ours: format!(
                "item.status became \"{}\" from \"{}\"",
                status(at),
                status(at + 1 + at / STATUSES.len())
            ),
            quamina: None,
            a_tree: None,
        }),
        scenario("10 rules, 2 equalities", 10, two),
        scenario("10,000 rules, 3 equalities", 10_000, |at| Rule {
            ours: format!(
                "new.attribute0 == \"some text of item {}\" and new.status == \"{}\" and new.tenant == \"t{at}\"",
                at % 97,
                status(at)
            ),
            quamina: image(&format!(
                r#""attribute0":{{"S":["some text of item {}"]}},"status":{{"S":["{}"]}},"tenant":{{"S":["t{at}"]}}"#,
                at % 97,
                status(at)
            )),
            a_tree: None,
        }),
        scenario("10,000 rules, 2 equalities", 10_000, two),
        scenario("100,000 rules, 2 equalities", 100_000, two),
        scenario("2,000 wildcards on one attribute", 2_000, |at| Rule {
            ours: format!("new.note matches \"*{}*{}*\"", word(at), word(at * 3 + 1)),
            quamina: image(&format!(
                r#""note":{{"S":[{{"wildcard":"*{}*{}*"}}]}}"#,
                word(at),
                word(at * 3 + 1)
            )),
            a_tree: None,
        }),
    ]
}
