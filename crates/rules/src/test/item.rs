//! Items and values as tests write them.

use distributary_change::{Item, Value};
use distributary_syntax::ast::{Expr, ExprKind, Member};
use distributary_syntax::codes;

use crate::lower::Lowering;
use crate::term::Term;

impl Lowering<'_> {
    /// `{ name: value }`
    pub(super) fn item(&mut self, written: &Expr) -> Option<Item> {
        match self.plain(written)? {
            Value::Map(item) => Some(item),
            _ => {
                let message = format!("{} is not an item", self.quote(written));
                let help = "write its attributes: `{ pk: \"O#1\", total: 120 }`";
                self.refuse(codes::NOT_FIXED, written.span, message, help);
                None
            }
        }
    }

    /// A value that is written out.
    pub(super) fn plain(&mut self, written: &Expr) -> Option<Value> {
        match &written.kind {
            ExprKind::List(members) => {
                let members: Vec<_> = members.iter().map(|member| self.plain(member)).collect();
                members.into_iter().collect::<Option<Vec<_>>>().map(Value::List)
            }
            ExprKind::Object(members) => self.plain_object(members).map(Value::Map),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Bytes(_)
            | ExprKind::Set(_) => match self.setting(written) {
                Term::Literal(value) => Some(value),
                Term::Unknown => None,
                _ => self.refuse_computed(written),
            },
            _ => self.refuse_computed(written),
        }
    }

    fn plain_object(&mut self, members: &[Member]) -> Option<Item> {
        let mut item = Item::new();
        let mut sound = true;
        for member in members {
            match member {
                Member::Entry(entry) => {
                    let value = self.plain(&entry.value);
                    sound &= value.is_some();
                    let twice = value.and_then(|value| item.insert(entry.key.node.clone(), value));
                    if twice.is_some() {
                        let message = format!("`{}` is written twice", entry.key.node);
                        self.refuse(codes::REPEATED_KEY, entry.key.span, message, "leave one out");
                    }
                }
                Member::Spread(written) => sound &= self.refuse_computed(written).is_some(),
            }
        }
        sound.then_some(item)
    }

    fn refuse_computed(&mut self, written: &Expr) -> Option<Value> {
        let message = format!("{} is not a value that is written out", self.quote(written));
        let help = "items in tests are literals: texts, numbers, `true`, `null`, `[..]`, `{..}`, \
                    `set[..]` and `b64\"..\"`";
        self.refuse(codes::NOT_FIXED, written.span, message, help);
        None
    }
}
