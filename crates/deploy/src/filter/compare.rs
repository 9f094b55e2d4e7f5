//! How the filters that a mapping has stand to those that the rules want.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::semantics::{Pattern, takes};

/// So many alternatives of one pattern are looked at. Five patterns that are derived have fewer.
const MOST: usize = 4096;

/// How filters stand to those that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// They are the same.
    Same,
    /// Whatever the wanted ones pass, these pass, and they may pass more.
    Wider,
    /// They keep records away that the wanted ones pass: of each such kind, what is asked of its
    /// fields.
    Narrower(Vec<String>),
    /// They differ, and neither of the two could be shown.
    Unclear,
}

/// Fields by their path, and the matchers of which one has to take the field.
type Demands = BTreeMap<Vec<String>, Vec<Value>>;

/// Compares the patterns of a mapping with those that are wanted. No patterns pass everything.
#[must_use]
pub fn compare(deployed: &[String], wanted: &[String]) -> Comparison {
    let read = |patterns: &[String]| -> Option<Vec<Value>> {
        patterns.iter().map(|pattern| serde_json::from_str(pattern).ok()).collect()
    };
    let (Some(deployed), Some(wanted)) = (read(deployed), read(wanted)) else {
        return Comparison::Unclear;
    };
    let same = |a: &[Value], b: &[Value]| a.iter().all(|pattern| b.contains(pattern));
    if same(&deployed, &wanted) && same(&wanted, &deployed) {
        return Comparison::Same;
    }
    let (Some(wide), Some(narrow)) = (all_alternatives(&deployed), all_alternatives(&wanted))
    else {
        return Comparison::Unclear;
    };
    let is_covered = |narrow: &Demands| wide.iter().any(|wide| covers(wide, narrow));
    let uncovered: Vec<&Demands> = narrow.iter().filter(|narrow| !is_covered(narrow)).collect();
    if uncovered.is_empty() {
        return Comparison::Wider;
    }
    let patterns = deployed.iter().map(|pattern| Pattern::parse(&pattern.to_string()));
    let Some(patterns) = patterns.collect::<Option<Vec<Pattern>>>() else {
        return Comparison::Unclear;
    };
    let is_kept_away = |demands: &&&Demands| {
        let passes = |record: &Value| patterns.iter().any(|pattern| pattern.passes(record));
        witnesses(demands, &wide).iter().any(|record| !passes(record))
    };
    let lost: Vec<String> = uncovered.iter().filter(is_kept_away).map(|it| words(it)).collect();
    if lost.is_empty() { Comparison::Unclear } else { Comparison::Narrower(lost) }
}

/// The alternatives of all patterns; that of no patterns is one without demands.
fn all_alternatives(patterns: &[Value]) -> Option<Vec<Demands>> {
    if patterns.is_empty() {
        return Some(vec![Demands::new()]);
    }
    let each = patterns.iter().map(|pattern| alternatives(pattern.as_object()?, &[]));
    Some(each.collect::<Option<Vec<_>>>()?.concat())
}

/// The alternatives of a pattern, in which `$or` is multiplied out; `None` where they are too many,
/// one asks twice about a field, or it is no pattern.
fn alternatives(pattern: &Map<String, Value>, path: &[String]) -> Option<Vec<Demands>> {
    let mut all = vec![Demands::new()];
    for (name, asked) in pattern {
        let inner: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
        let own = match asked {
            Value::Array(either) if name == "$or" => {
                let each = either.iter().map(|pattern| alternatives(pattern.as_object()?, path));
                each.collect::<Option<Vec<_>>>()?.concat()
            }
            Value::Object(pattern) => alternatives(pattern, &inner)?,
            Value::Array(matchers) => vec![Demands::from([(inner, matchers.clone())])],
            _ => return None,
        };
        // A field that is asked about in two places has to meet both, for which demands have no room.
        let is_known = |field| all.iter().any(|known: &Demands| known.contains_key(field));
        let is_twice = own.iter().flat_map(BTreeMap::keys).any(is_known);
        if is_twice || all.len() * own.len() > MOST {
            return None;
        }
        let with = |known: &Demands| {
            let known = known.clone();
            own.iter().map(move |own| known.clone().into_iter().chain(own.clone()).collect())
        };
        all = all.iter().flat_map(with).collect();
    }
    Some(all)
}

/// Whether whatever meets `narrow` meets `wide`, as far as their words show it.
fn covers(wide: &Demands, narrow: &Demands) -> bool {
    wide.iter().all(|(field, wide)| {
        let narrow = narrow.get(field);
        narrow.is_some_and(|narrow| narrow.iter().all(|matcher| is_implied(matcher, wide)))
    })
}

/// Whether whatever this matcher takes one of the others takes.
fn is_implied(matcher: &Value, others: &[Value]) -> bool {
    let exists = json!({ "exists": true });
    let there = others.contains(&exists);
    let text = |name: &str| matcher.get(name).and_then(Value::as_str);
    let ends = |other: &Value, name, holds: fn(&str, &str) -> bool| {
        let (own, other) = (text(name), other.get(name).and_then(Value::as_str));
        own.zip(other).is_some_and(|(own, other)| holds(own, other))
    };
    let without = |value: &Value| -> Option<Vec<Value>> {
        value.get("anything-but").and_then(Value::as_array).cloned()
    };
    if others.contains(matcher) {
        return true;
    }
    if !matcher.is_object() {
        return others.iter().any(|other| takes(other, Some(matcher)));
    }
    if text("prefix").is_some() || text("suffix").is_some() {
        let wider = |other: &Value| {
            ends(other, "prefix", |own, other| own.starts_with(other))
                || ends(other, "suffix", |own, other| own.ends_with(other))
        };
        return there || others.iter().any(wider);
    }
    without(matcher).is_some_and(|own| {
        let fewer = |other: Vec<Value>| other.iter().all(|not| own.contains(not));
        there || others.iter().filter_map(without).any(fewer)
    })
}

/// Records that meet the demands, and of which nothing else is known: one, and those that differ from
/// it in one field.
fn witnesses(demands: &Demands, others: &[Demands]) -> Vec<Value> {
    let mut first = BTreeMap::new();
    let mut variants = Vec::new();
    for (path, matchers) in demands {
        let mut leaves: Vec<Option<Value>> = matchers.iter().map(taken).collect();
        let named = others.iter().filter_map(|other| other.get(path)).flatten();
        let named = named
            .flat_map(constants)
            .filter(|constant| matchers.iter().any(|matcher| takes(matcher, Some(constant))));
        leaves.extend(named.map(Some));
        let mut leaves = leaves.into_iter();
        first.insert(path, leaves.next().flatten());
        variants.extend(leaves.map(|leaf| (path, leaf)));
    }
    let varied = |(path, leaf): (&Vec<String>, Option<Value>)| {
        let mut leaves = first.clone();
        leaves.extend(demands.get_key_value(path).map(|(path, _)| (path, leaf)));
        record(&leaves)
    };
    let mut records = vec![record(&first)];
    records.extend(variants.into_iter().map(varied));
    records
}

fn record(leaves: &BTreeMap<&Vec<String>, Option<Value>>) -> Value {
    let mut record = Value::Object(Map::new());
    for (path, leaf) in leaves {
        let Some(leaf) = leaf else { continue };
        let mut place = &mut record;
        for step in *path {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(members) = place else { break };
            place = members.entry(step.clone()).or_insert(Value::Null);
        }
        *place = leaf.clone();
    }
    record
}

/// Something that the matcher takes; `None` where that is a field that is not there.
fn taken(matcher: &Value) -> Option<Value> {
    let Value::Object(operator) = matcher else { return Some(matcher.clone()) };
    let (name, value) = operator.iter().next()?;
    match name.as_str() {
        "exists" if *value == Value::Bool(false) => None,
        "prefix" | "suffix" => Some(value.clone()),
        // No list of constants has it.
        _ => Some(json!("\u{fffd}")),
    }
}

/// The constants that a matcher names.
fn constants(matcher: &Value) -> Vec<Value> {
    match matcher {
        Value::Object(operator) => match operator.get("anything-but") {
            Some(Value::Array(not)) => not.clone(),
            _ => Vec::new(),
        },
        constant => vec![constant.clone()],
    }
}

fn words(demands: &Demands) -> String {
    if demands.is_empty() {
        return "every record that meets none of them".to_owned();
    }
    let field = |(path, matchers): (&Vec<String>, &Vec<Value>)| {
        format!("{}: {}", path.join("."), Value::Array(matchers.clone()))
    };
    demands.iter().map(field).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(deployed: &[Value], wanted: &[Value]) -> Comparison {
        let text = |patterns: &[Value]| patterns.iter().map(Value::to_string).collect::<Vec<_>>();
        compare(&text(deployed), &text(wanted))
    }

    fn new(field: &str, matchers: &Value) -> Value {
        json!({ "dynamodb": { "NewImage": { field: { "S": matchers } } } })
    }

    #[test]
    fn filters_are_compared_by_what_they_pass() {
        let (a, b) = (new("x", &json!(["a"])), new("x", &json!(["b"])));
        let both = new("x", &json!(["a", "b"]));
        let either = json!({ "dynamodb": { "$or": [
            { "NewImage": { "x": { "S": ["a"] } } },
            { "NewImage": { "x": { "S": ["b"] } } },
        ] } });
        let modified = json!({ "eventName": ["MODIFY"], "dynamodb": a["dynamodb"] });
        let beginning = new("x", &json!([{ "prefix": "a" }]));
        let longer = new("x", &json!([{ "prefix": "ab" }]));
        let there = new("x", &json!([{ "exists": true }]));
        let absent = new("x", &json!([{ "exists": false }]));
        let not_b = new("x", &json!([{ "anything-but": ["b"] }]));
        let neither = new("x", &json!([{ "anything-but": ["b", "c"] }]));
        let folded = new("x", &json!([{ "equals-ignore-case": "a" }]));
        for (deployed, wanted) in [
            (vec![a.clone()], vec![modified.clone()]),
            (vec![both.clone()], vec![a.clone()]),
            (vec![both.clone()], vec![a.clone(), b.clone()]),
            (vec![a.clone(), b.clone()], vec![either.clone()]),
            (vec![either.clone()], vec![a.clone(), b.clone()]),
            (vec![beginning.clone()], vec![a.clone()]),
            (vec![beginning.clone()], vec![longer.clone()]),
            (vec![there.clone()], vec![neither.clone()]),
            (vec![not_b.clone()], vec![neither.clone()]),
            (vec![not_b.clone()], vec![a.clone()]),
            (vec![], vec![a.clone()]),
        ] {
            assert_eq!(compared(&deployed, &wanted), Comparison::Wider, "{deployed:?} {wanted:?}");
        }
        assert_eq!(compared(&[a.clone(), b.clone()], &[b.clone(), a.clone()]), Comparison::Same);
        for (deployed, wanted, lost) in [
            (vec![modified], vec![a.clone()], "dynamodb.NewImage.x.S: [\"a\"]"),
            (vec![a.clone()], vec![b], "dynamodb.NewImage.x.S: [\"b\"]"),
            (vec![longer], vec![a.clone()], "dynamodb.NewImage.x.S: [\"a\"]"),
            (vec![there], vec![absent], "dynamodb.NewImage.x.S: [{\"exists\":false}]"),
            (vec![neither], vec![not_b], "dynamodb.NewImage.x.S: [{\"anything-but\":[\"b\"]}]"),
            (vec![a.clone()], vec![both], "dynamodb.NewImage.x.S: [\"a\",\"b\"]"),
            (vec![a.clone()], vec![], "every record that meets none of them"),
        ] {
            let lost = Comparison::Narrower(vec![lost.to_owned()]);
            assert_eq!(compared(&deployed, &wanted), lost, "{deployed:?} {wanted:?}");
        }
        let twice = json!({
            "eventName": ["INSERT"], "$or": [{ "eventName": ["MODIFY"] }, a["dynamodb"].clone()],
        });
        let modify = json!({ "eventName": ["MODIFY"] });
        assert_eq!(compared(&[twice], &[modify]), Comparison::Unclear);
        assert_eq!(compared(&[folded], &[a]), Comparison::Unclear);
    }
}
