//! Statements of policies.

use serde_json::{Value, json};

use super::glob::covers;

/// A statement, as far as it is about what a role may do.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    /// Whether it allows, and does not deny.
    pub(super) allows: bool,
    actions: Patterns,
    resources: Patterns,
    condition: Option<Value>,
    /// As it is written.
    pub(super) json: Value,
}

/// Patterns of which one has to match, or none.
#[derive(Debug, Clone)]
struct Patterns {
    any: bool,
    patterns: Vec<String>,
}

/// Whether something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    Allowed,
    /// Only where a condition holds that is not asked for.
    Conditional,
    Denied,
    Missing,
}

/// The statements of a document.
pub(super) fn read(document: &Value) -> Vec<Statement> {
    let statements = match document.get("Statement") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    statements.iter().map(Statement::new).collect()
}

/// Whether all that is needed is allowed.
pub(super) fn granted(need: &Statement, by: &[Statement]) -> Grant {
    let denies = |it: &&Statement| !it.allows && it.overlaps(need);
    if by.iter().filter(denies).any(|it| it.condition.is_none()) {
        return Grant::Denied;
    }
    let conditionally_denied = by.iter().any(|it| denies(&it));
    let mut grant = Grant::Missing;
    for it in by.iter().filter(|it| it.allows && it.matches(need)) {
        if it.condition.is_none() || it.condition == need.condition {
            grant = Grant::Allowed;
            break;
        }
        grant = Grant::Conditional;
    }
    if grant == Grant::Allowed && conditionally_denied { Grant::Conditional } else { grant }
}

/// Statements that differ in their actions alone as one.
pub(super) fn merged(statements: &[Value]) -> Vec<Value> {
    let mut merged: Vec<Value> = Vec::new();
    let part = |statement: &Value, name: &str| statement.get(name).cloned().unwrap_or_default();
    for statement in statements {
        let action = part(statement, "Action");
        let same = merged.iter_mut().find(|known| {
            ["Resource", "Condition"].iter().all(|name| part(known, name) == part(statement, name))
        });
        match same.and_then(|known| known.get_mut("Action")) {
            Some(Value::Array(actions)) => actions.push(action),
            _ => {
                let mut statement = statement.clone();
                if let Some(own) = statement.get_mut("Action") {
                    *own = json!([action]);
                }
                merged.push(statement);
            }
        }
    }
    merged
}

impl Statement {
    fn new(json: &Value) -> Self {
        let patterns = |one: &str, not: &str| match (json.get(one), json.get(not)) {
            (Some(value), _) => Patterns { any: true, patterns: texts(value) },
            (None, Some(value)) => Patterns { any: false, patterns: texts(value) },
            (None, None) => Patterns { any: true, patterns: Vec::new() },
        };
        Statement {
            allows: json.get("Effect").is_some_and(|effect| effect == "Allow"),
            actions: patterns("Action", "NotAction"),
            resources: patterns("Resource", "NotResource"),
            condition: json.get("Condition").cloned(),
            json: json.clone(),
        }
    }

    /// One statement for each action and resource; one that says what it is not about stays whole.
    pub(super) fn single(&self) -> Vec<Statement> {
        if !self.actions.any || !self.resources.any {
            return vec![self.clone()];
        }
        let one = |action: &String, resource: &String| {
            let mut json = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
            if let (Some(condition), Value::Object(members)) = (&self.condition, &mut json) {
                members.insert("Condition".to_owned(), condition.clone());
            }
            Statement { allows: self.allows, ..Statement::new(&json) }
        };
        let actions = self.actions.patterns.iter();
        actions
            .flat_map(|action| self.resources.patterns.iter().map(move |it| one(action, it)))
            .collect()
    }

    /// Its action and its resource, where it has one of each.
    pub(super) fn one(&self) -> Option<(&str, &str)> {
        match (self.actions.patterns.as_slice(), self.resources.patterns.as_slice()) {
            ([action], [resource]) if self.actions.any && self.resources.any => {
                Some((action, resource))
            }
            _ => None,
        }
    }

    pub(super) fn words(&self) -> String {
        match self.one() {
            Some((action, resource)) => format!("`{action}` on `{resource}`"),
            None => "all but what a statement names".to_owned(),
        }
    }

    /// Whether an action is among its own.
    pub(super) fn names(&self, action: &str) -> bool {
        self.actions.match_all(action, same_action)
    }

    /// Whether it is about all that another one is about; what it denies or on which condition does
    /// not matter.
    fn matches(&self, other: &Statement) -> bool {
        let Some((action, resource)) = other.one() else { return false };
        self.names(action) && self.resources.match_all(resource, covers)
    }

    /// Whether it is about some of what another one is about.
    fn overlaps(&self, other: &Statement) -> bool {
        let Some((action, resource)) = other.one() else { return false };
        let either = |a: &str, b: &str| covers(a, b) || covers(b, a);
        self.names(action) && self.resources.match_all(resource, either)
    }

    /// Whether it allows whatever another one allows.
    pub(super) fn covers(&self, other: &Statement) -> bool {
        self.matches(other) && (self.condition.is_none() || self.condition == other.condition)
    }
}

impl Patterns {
    fn match_all(&self, text: &str, matches: impl Fn(&str, &str) -> bool) -> bool {
        self.patterns.iter().any(|pattern| matches(pattern, text)) == self.any
    }
}

/// Names of actions have no case.
fn same_action(pattern: &str, action: &str) -> bool {
    covers(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    }
}
