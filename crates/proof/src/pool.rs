//! The values that are tried for an attribute.

use std::collections::{BTreeSet, HashMap};

use distributary_change::{Item, Number, Value};

use crate::mask::Mask;
use crate::numbers;
use crate::question::{Interest, Question};

/// With more values nothing is decided.
const MOST_VALUES: usize = 4_000;

/// So many members are put into containers in every combination.
const MOST_MEMBERS: usize = 4;

/// What is answered about a value, and which special one it is.
type Sign<'s> = (&'s Vec<Mask>, Option<usize>);

/// Values to choose from; `None` is an attribute that is not there.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) values: Vec<Option<Value>>,
    /// Values that are like no other, whatever is asked about them alone.
    special: Vec<Option<Value>>,
}

impl Pool {
    /// The values that these questions can tell apart, each kind as often as is asked for. `None`
    /// where there are too many.
    ///
    /// `promised` are values that a schema names, apart from which there may be no others.
    pub(crate) fn new(questions: &[&Question], promised: &[&Value], copies: usize) -> Option<Pool> {
        let mut interest = Interest::default();
        promised.iter().for_each(|value| interest.value((*value).clone()));
        let mut compared = Interest::default();
        for question in questions {
            interest.merge(&question.interest);
            if question.keys.len() > 1 {
                compared.merge(&question.interest);
            }
        }
        let (empty, texts): (Vec<_>, Vec<_>) =
            interest.texts.around(copies)?.into_iter().partition(String::is_empty);
        let mut values: Vec<Value> = texts.into_iter().map(Value::String).collect();
        let numbers = numbers::around(&interest.numbers, copies);
        values.extend(numbers.into_iter().map(Value::Number));
        values.extend([Value::Bool(true), Value::Bool(false)]);
        values.extend(empty.into_iter().map(Value::String));
        values.push(Value::Null);
        values.extend(interest.others.iter().cloned());
        values.extend(binary(&interest.others, copies));
        values.extend(containers(&interest.members, copies)?);
        if values.len() > MOST_VALUES {
            return None;
        }
        let values = std::iter::once(None).chain(values.into_iter().map(Some)).collect();
        let mut special = Vec::new();
        if copies > 1 {
            special.extend([None, Some(Value::Null)]);
            special.extend(compared.numbers.into_iter().map(|number| Some(Value::Number(number))));
            let texts = compared.texts.boundaries.into_iter();
            special.extend(texts.map(|text| Some(Value::String(text))));
            special.extend(compared.others.into_iter().map(Some));
        }
        Some(Pool { values, special })
    }

    /// Keeps of values with equal signs only the first few, and their signs.
    pub(crate) fn keep_distinct(&mut self, signs: &mut Vec<Vec<Mask>>, copies: usize) {
        let mut known: HashMap<Sign<'_>, Vec<&Option<Value>>> = HashMap::new();
        let is_new = |(value, sign)| {
            let special = self.special.iter().position(|special| special == value);
            let like = known.entry((sign, special)).or_default();
            let keep = like.len() < copies && !like.contains(&value);
            if keep {
                like.push(value);
            }
            keep
        };
        let kept: Vec<bool> = self.values.iter().zip(signs.iter()).map(is_new).collect();
        retain(&mut self.values, &kept);
        retain(signs, &kept);
    }
}

fn retain<T>(entries: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    entries.retain(|_| kept.next().is_some_and(|keep| *keep));
}

/// Bytes that are in no literal: longer than each of them.
fn binary(literals: &[Value], copies: usize) -> Vec<Value> {
    let length = |value: &Value| match value {
        Value::Binary(bytes) => bytes.len(),
        _ => 0,
    };
    let longest = literals.iter().map(length).max().unwrap_or(0);
    (1..=copies).map(|copy| Value::Binary(vec![b'x'; longest + copy])).collect()
}

/// Lists, maps and sets with every combination of members.
fn containers(members: &[Value], copies: usize) -> Option<Vec<Value>> {
    let mut distinct: Vec<&Value> = Vec::new();
    for member in members {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    if distinct.len() > MOST_MEMBERS {
        return None;
    }
    let mut containers = Vec::new();
    for copy in 0..copies {
        for chosen in 0..1_usize << distinct.len() {
            let chosen = distinct.iter().enumerate().filter(|(place, _)| chosen >> place & 1 == 1);
            containers.extend(holding(chosen.map(|(_, member)| *member), copy, &distinct));
        }
    }
    Some(containers)
}

/// Each kind of container with these members and so many others that nobody asks for.
fn holding<'v>(
    members: impl Iterator<Item = &'v Value>,
    others: usize,
    asked: &[&Value],
) -> Vec<Value> {
    let mut list: Vec<Value> = members.cloned().collect();
    let length = |value: &&Value| match value {
        Value::String(text) => text.len(),
        Value::Binary(bytes) => bytes.len(),
        _ => 0,
    };
    let longest = asked.iter().map(length).max().unwrap_or(0);
    let filler = |place: usize| "x".repeat(longest + 1 + place);
    let mut texts: BTreeSet<String> = (0..others).map(filler).collect();
    list.extend(texts.iter().cloned().map(Value::String));
    let mut numbers = BTreeSet::new();
    let mut bytes = BTreeSet::new();
    for member in &list {
        match member {
            Value::String(text) => drop(texts.insert(text.clone())),
            Value::Number(number) => drop(numbers.insert(number.clone())),
            Value::Binary(binary) => drop(bytes.insert(binary.clone())),
            _ => {}
        }
    }
    let map: Item = texts.iter().map(|text| (text.clone(), Value::Null)).collect();
    // No set is empty.
    if texts.is_empty() {
        texts.insert(filler(0));
    }
    let spare = others.max(usize::from(numbers.is_empty()));
    numbers.extend(spare_numbers(asked, spare));
    if bytes.is_empty() {
        bytes.insert(vec![b'x'; longest + 1 + others]);
    }
    vec![
        Value::List(list),
        Value::Map(map),
        Value::StringSet(texts),
        Value::NumberSet(numbers),
        Value::BinarySet(bytes),
    ]
}

/// Numbers that nobody asks for.
fn spare_numbers(asked: &[&Value], count: usize) -> impl Iterator<Item = Number> {
    let number = |value: &&Value| match value {
        Value::Number(number) => Some(number.clone()),
        _ => None,
    };
    let asked: Vec<Number> = asked.iter().filter_map(number).collect();
    numbers::around(&asked, count).into_iter().filter(move |n| !asked.contains(n)).take(count)
}
