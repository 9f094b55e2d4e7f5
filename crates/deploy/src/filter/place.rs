//! Where in a record the values of a path are.

use distributary_rules::ValueType;
use distributary_syntax::ast::Step;

use super::alternatives::{Alternatives, Field};
use super::matchers::Matchers;

/// Where an attribute is, apart from the name of its type.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    steps: Vec<String>,
    list: Option<usize>,
    /// Whether it is a whole element, which may be a member of a set, too.
    element: bool,
}

impl Place {
    /// The way into an image. `None` where a filter cannot say it: a name with a dot in it looks like
    /// two names, one that starts with `$` like an operator.
    pub(crate) fn into_image(image: &str, steps: &[Step]) -> Option<Self> {
        let (Step::Key(first), rest) = steps.split_first()? else { return None };
        let steps = ["dynamodb", image, name(first)?].map(str::to_owned).to_vec();
        Place { steps, list: None, element: false }.into_part(rest)
    }

    /// The way into a part of what is here.
    pub(crate) fn into_part(mut self, steps: &[Step]) -> Option<Self> {
        for step in steps {
            match step {
                Step::Key(key) => {
                    let key = name(key)?.to_owned();
                    self.steps.extend(["M".to_owned(), key]);
                }
                Step::Index(_) => self = self.into_elements(),
            }
            self.element = false;
        }
        Some(self)
    }

    /// The way to every element of the list that is here.
    pub(crate) fn into_elements(mut self) -> Self {
        self.list.get_or_insert(self.steps.len());
        self.steps.push("L".to_owned());
        Place { element: true, ..self }
    }

    /// Whether it is one place, so that it can be asked whether something is *not* there.
    pub(crate) fn is_single(&self) -> bool {
        self.list.is_none()
    }

    /// What its value of this type has to be.
    pub(crate) fn demand(&self, ty: ValueType, matchers: &Matchers) -> Alternatives {
        let Some(tag) = tag(ty) else { return Alternatives::everything() };
        let field = |steps: Vec<String>| Field { steps, list: self.list };
        let mut steps = self.steps.clone();
        steps.push(tag.to_owned());
        let here = Alternatives::demand(field(steps), matchers.clone());
        if !self.element || !matches!(tag, "S" | "N" | "B") {
            return here;
        }
        let mut steps = self.steps.clone();
        steps.pop();
        steps.push(format!("{tag}S"));
        here.or(Alternatives::demand(field(steps), matchers.clone()))
    }

    /// Its value is of no such type, or there is none.
    pub(crate) fn lacks(&self, ty: ValueType) -> Alternatives {
        if self.is_single() {
            self.demand(ty, &Matchers::absent())
        } else {
            Alternatives::everything()
        }
    }
}

fn name(name: &str) -> Option<&str> {
    let plain = !name.is_empty() && !name.starts_with('$') && !name.contains('.');
    plain.then_some(name)
}

/// The name of a type that has a leaf.
fn tag(ty: ValueType) -> Option<&'static str> {
    Some(match ty {
        ValueType::String => "S",
        ValueType::Number => "N",
        ValueType::Bool => "BOOL",
        ValueType::Null => "NULL",
        ValueType::Binary => "B",
        ValueType::List | ValueType::Map | ValueType::Set => return None,
    })
}
