//! Paths into images, keys and the event.

use crate::ast::{Expr, ExprKind, Member, Name, Path, Root, Step};
use crate::expected::shown;
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, Spanned, codes, words};

use super::Lower;

/// DynamoDB's names for its types, which other tools make part of every path.
const WRAPPERS: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"];

/// The attributes of `.{a, b}`, and where it stands.
type Pick = Spanned<Vec<Name>>;

impl Lower<'_> {
    pub(super) fn path(&mut self, pair: Pair<'_>) -> Option<Path> {
        let mut inner = pair.clone().into_inner();
        let first = inner.next()?;
        let mut before = None;
        let root = match root(first.as_str()) {
            Some(root) => root,
            None => {
                self.unknown_root(&first, &pair);
                before =
                    Some(Spanned::new(Step::Key(first.as_str().to_owned()), self.span(&first)));
                Root::Item
            }
        };
        self.check_wrappers(&pair);
        let (inside, pick) = self.steps(inner)?;
        let steps = before.into_iter().chain(inside).collect();
        let pick = pick.map(|pick| pick.node);
        Some(Path { root: Spanned::new(root, self.span(&first)), steps, pick })
    }

    /// The steps of a path, and the pick at its end.
    pub(super) fn steps<'s>(
        &mut self,
        inner: impl Iterator<Item = Pair<'s>>,
    ) -> Option<(Vec<Spanned<Step>>, Option<Pick>)> {
        let mut steps = Vec::new();
        let mut pick: Option<Pick> = None;
        for step in inner {
            let span = self.span(&step);
            if let Some(pick) = &pick {
                let error = Diagnostic::error(codes::UNEXPECTED, "a pick ends its path", pick.span);
                self.report(error.help("write a path for each attribute"));
                break;
            }
            let step = match step.as_rule() {
                Rule::pick => {
                    pick = Some(Spanned::new(self.pick(step)?, span));
                    continue;
                }
                Rule::field => Step::Key(step.as_str().to_owned()),
                Rule::key_step => Step::Key(self.plain_text(step.into_inner().next()?)?.node),
                _ => self.index(step.into_inner().next()?.as_str(), span),
            };
            steps.push(Spanned::new(step, span));
        }
        Some((steps, pick))
    }

    /// `.{a, b}`
    fn pick(&mut self, pair: Pair<'_>) -> Option<Vec<Name>> {
        let span = self.span(&pair);
        let keys = pair.into_inner().filter(|p| p.as_rule() == Rule::key);
        let names = keys.map(|p| self.key(p)).collect::<Option<Vec<_>>>()?;
        if names.is_empty() {
            let error = Diagnostic::error(codes::UNEXPECTED, "this picks nothing", span);
            self.report(error.help("name the attributes: `item.{lines, customer}`"));
        }
        Some(names)
    }

    fn index(&mut self, digits: &str, span: crate::Span) -> Step {
        if let Ok(index) = digits.parse() {
            return Step::Index(index);
        }
        let message = format!("no list is as long as `{digits}`");
        self.report(Diagnostic::error(codes::NUMBER, message, span));
        Step::Index(u32::MAX)
    }

    fn unknown_root(&mut self, first: &Pair<'_>, path: &Pair<'_>) {
        let word = first.as_str();
        let message = format!("no path starts with `{word}`");
        let help = match word {
            "NewImage" | "newImage" | "new_image" => "did you mean `new`?".to_owned(),
            "OldImage" | "oldImage" | "old_image" => "did you mean `old`?".to_owned(),
            _ => match words::closest(word, words::ROOTS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!(
                    "write {} for an attribute; paths start with `item`, `old`, `new`, `keys`, \
                     `event` or `change`",
                    shown(&format!("item.{}", path.as_str()))
                ),
            },
        };
        let span = self.span(first);
        self.report(Diagnostic::error(codes::ROOT, message, span).help(help));
    }

    /// `item.status.S`: values are plain here.
    pub(super) fn check_wrappers(&mut self, path: &Pair<'_>) {
        let is_wrapper =
            |p: &Pair<'_>| p.as_rule() == Rule::field && WRAPPERS.contains(&p.as_str());
        let steps = path.clone().into_inner().skip(1);
        // The first step may well be an attribute of that name.
        let Some(wrapper) = steps.skip(1).find(is_wrapper) else { return };
        let name = wrapper.as_str();
        let message = format!("`.{name}` is DynamoDB's name for a type, and values are plain here");
        let error = Diagnostic::error(codes::TYPE_WRAPPER, message, self.span(&wrapper));
        self.report(error.help(format!(
            "leave `.{name}` out, or write `[\"{name}\"]` for an attribute of that name"
        )));
    }

    /// `{ "S": "Paid" }` as something to compare with.
    pub(super) fn check_wrapper_object(&mut self, value: &Expr) {
        let ExprKind::Object(members) = &value.kind else { return };
        let [Member::Entry(entry)] = members.as_slice() else { return };
        let name = entry.key.node.as_str();
        if WRAPPERS.contains(&name) {
            let message =
                format!("`{name}` is DynamoDB's name for a type, and values are plain here");
            let error = Diagnostic::error(codes::TYPE_WRAPPER, message, value.span);
            self.report(error.help("write the value alone, as in `item.status == \"Paid\"`"));
        }
    }
}

fn root(word: &str) -> Option<Root> {
    Some(match word {
        "old" => Root::Old,
        "new" => Root::New,
        "item" => Root::Item,
        "keys" => Root::Keys,
        "event" => Root::Event,
        "change" => Root::Change,
        _ => return None,
    })
}
