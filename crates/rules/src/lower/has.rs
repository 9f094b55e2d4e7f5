//! Membership in what an attribute holds: `has`, `has any`, `has all`.

use distributary_syntax::ast::{Expr, Has, Root};
use distributary_syntax::{Diagnostic, closest, codes};

use super::membership::{Member, terms};
use super::schema::{none_of, shown, text};
use super::{Kind, Lowering};
use crate::condition::Condition;
use crate::names::listed;
use crate::schema::{Field, Type, TypeKind};
use crate::term::Term;

impl Lowering<'_> {
    pub(super) fn has(&mut self, value: &Expr, how: Has, written: &Expr) -> Condition {
        let term = self.term(value);
        let kind = self.kind(&term);
        if !matches!(kind, Kind::Any | Kind::List | Kind::Map | Kind::Set) {
            let message = format!("{} is {} and has no members", self.quote(value), kind.noun());
            let help = "`has` asks about lists, sets and the keys of maps";
            self.refuse(codes::NO_MEMBERS, value.span, message, help);
        }
        let mut members = match how {
            Has::One => vec![(self.term(written), written.span)],
            Has::Any | Has::All => self.members(written),
        };
        for member in &mut members {
            if !self.can_have(&term, value, member) {
                member.0 = Term::Unknown;
            }
        }
        match how {
            Has::One | Has::Any => Condition::HasAny(term, terms(members)),
            Has::All => Condition::HasAll(term, terms(members)),
        }
    }

    /// Refuses a member that there never is, as far as the schema in force says what there is.
    fn can_have(&mut self, term: &Term, value: &Expr, member: &Member) -> bool {
        let keys = match term {
            Term::Path(path) if path.root == Root::Keys => None,
            Term::Path(path) if path.steps.is_empty() => self.fields_in_force(),
            _ => match self.typed(term) {
                Some((_, Type { kind: TypeKind::Map(fields), .. })) => Some(fields.clone()),
                _ => None,
            },
        };
        if let Some(fields) = keys {
            return self.is_key_of(&fields, value, member);
        }
        let Some(element) = self.typed(term).and_then(|(_, ty)| ty.element().cloned()) else {
            return true;
        };
        self.is_of_type(&element, value, member) && self.is_one_of(&element, value, member)
    }

    fn fields_in_force(&self) -> Option<Vec<Field>> {
        Some(self.schemas.get(self.schema?)?.fields.clone())
    }

    fn is_key_of(&mut self, fields: &[Field], value: &Expr, (member, span): &Member) -> bool {
        let kind = self.kind_of_member(member);
        if !matches!(kind, Kind::Any | Kind::Text) {
            let message = format!("{} is a map, whose keys are texts", self.quote(value));
            let help = "write the name of a key in quotes";
            self.refuse(codes::TYPES_DIFFER, *span, message, help);
            return false;
        }
        let Term::Literal(name) = member else { return true };
        let Some(name) = text(name) else { return true };
        if fields.iter().any(|field| field.name == name) {
            return true;
        }
        let names = || fields.iter().map(|field| field.name.as_str());
        let help = match closest(name, names()) {
            Some(near) => format!("did you mean `\"{near}\"`?"),
            None => format!("it has {}; add what is missing to the schema", listed(names())),
        };
        let message = format!("{} never has the key `{name}`", self.quote(value));
        self.refuse(codes::UNKNOWN_FIELD, *span, message, help);
        false
    }

    fn is_of_type(&mut self, element: &Type, value: &Expr, (member, span): &Member) -> bool {
        let kinds =
            (element.value_type().map_or(Kind::Any, Kind::from), self.kind_of_member(member));
        if kinds.0 == kinds.1 || kinds.0 == Kind::Any || kinds.1 == Kind::Any {
            return true;
        }
        let message = format!("no member of {} is {}", self.quote(value), kinds.1.noun());
        let finding = Diagnostic::error(codes::TYPES_DIFFER, message, *span)
            .note(kinds.1.noun())
            .label(element.span, format!("each is {}", kinds.0.noun()))
            .help("values are never converted: ask for a member of that type");
        self.findings.push(finding);
        false
    }

    fn is_one_of(&mut self, element: &Type, value: &Expr, (member, span): &Member) -> bool {
        let Term::Literal(wanted) = member else { return true };
        let Some(values) = element.values().filter(|values| !values.contains(&wanted)) else {
            return true;
        };
        let message = format!("{} never has `{}`", self.quote(value), shown(wanted));
        self.findings.push(none_of(element, &values, wanted, message, *span));
        false
    }
}
