//! Schemas, and what they make certain about paths.

use std::collections::HashMap;

use distributary_change::Value;
use distributary_syntax::ast::{self, Declaration, Expr, Root, Step, TypeExpr};
use distributary_syntax::{Diagnostic, Span, closest, codes};

use super::Lowering;
use crate::condition::Condition;
use crate::names::listed;
use crate::schema::{Field, Place, Schema, Type, TypeKind};
use crate::term::Term;
use crate::value_type::ValueType;

impl Lowering<'_> {
    /// Checks all schemas: first their types, which then count in their conditions.
    pub(crate) fn all_schemas(&mut self, written: &[(&Declaration, &ast::Schema)]) {
        self.schemas =
            written.iter().map(|(declaration, schema)| self.schema(declaration, schema)).collect();
        for (index, (_, schema)) in written.iter().enumerate() {
            self.under(Some(index));
            let when = schema.when.as_ref().map(|when| self.when(when));
            if let Some(schema) = self.schemas.get_mut(index) {
                schema.when = when;
            }
        }
        self.under(None);
    }

    /// What must hold for a rule of a schema: that an item is of it, and what the rule asks.
    pub(crate) fn when_of(&mut self, of: Option<usize>, when: Option<&Expr>) -> Option<Condition> {
        let own = when.map(|expr| self.when(expr));
        let schema = of.and_then(|schema| self.schemas.get(schema)?.when.clone());
        match (schema, own) {
            (Some(schema), Some(own)) => Some(Condition::All(vec![schema, own])),
            (schema, own) => schema.or(own),
        }
    }

    fn schema(&mut self, declaration: &Declaration, written: &ast::Schema) -> Schema {
        Schema {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            when: None,
            fields: self.fields(&written.fields),
        }
    }

    fn fields(&mut self, written: &[ast::Field]) -> Vec<Field> {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut fields = Vec::with_capacity(written.len());
        for ast::Field { name, optional, ty } in written {
            if let Some(first) = seen.insert(&name.node, name.span) {
                let message = format!("the attribute `{}` is declared twice", name.node);
                self.findings.push(
                    Diagnostic::error(codes::REPEATED_KEY, message, name.span)
                        .note("again")
                        .label(first, "first here")
                        .help("leave one out; `a | b` takes values of either type"),
                );
                continue;
            }
            let ty = self.ty(ty);
            fields.push(Field { name: name.node.clone(), optional: *optional, ty });
        }
        fields
    }

    fn ty(&mut self, written: &TypeExpr) -> Type {
        let kind = match &written.kind {
            ast::TypeKind::Name(name) => match ValueType::named(name) {
                Some(ty) => TypeKind::Of(ty),
                None => {
                    self.check_any(name, written.span);
                    TypeKind::Any
                }
            },
            ast::TypeKind::Literal(value) => match self.setting(value) {
                Term::Literal(value) => TypeKind::Literal(value),
                Term::Unknown => TypeKind::Any,
                _ => {
                    let message = format!("{} is no single value", self.quote(value));
                    let help = "a type is a name such as `string`, or a literal such as `\"Paid\"`";
                    self.refuse(codes::NOT_FIXED, value.span, message, help);
                    TypeKind::Any
                }
            },
            ast::TypeKind::Union(types) => {
                TypeKind::OneOf(types.iter().map(|ty| self.ty(ty)).collect())
            }
            ast::TypeKind::List(element) => TypeKind::List(Box::new(self.ty(element))),
            ast::TypeKind::Set(element) => TypeKind::Set(Box::new(self.set_element(element))),
            ast::TypeKind::Map(fields) => TypeKind::Map(self.fields(fields)),
        };
        Type { kind, span: written.span }
    }

    fn check_any(&mut self, name: &str, span: Span) {
        if name == "any" {
            return;
        }
        let names = ValueType::ALL.map(|(name, _)| name).into_iter().chain(["any"]);
        let help = match closest(name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the types are {}", listed(names)),
        };
        self.refuse(codes::UNKNOWN_TYPE, span, format!("there is no type `{name}`"), help);
    }

    /// Sets of DynamoDB are of texts, numbers or binary values.
    fn set_element(&mut self, written: &TypeExpr) -> Type {
        let element = self.ty(written);
        let possible = [ValueType::String, ValueType::Number, ValueType::Binary];
        let any = element.kind == TypeKind::Any;
        if !any && !element.value_type().is_some_and(|ty| possible.contains(&ty)) {
            let message = format!("there are no sets of `{}`", self.sources.text(written.span));
            let help = "a set is of `string`, `number` or `binary`; take a `list` for the rest";
            self.refuse(codes::SET_MEMBERS, written.span, message, help);
        }
        element
    }

    /// What the schema in force says about a term, and the name of that schema.
    pub(super) fn typed(&self, term: &Term) -> Option<(&Schema, &Type)> {
        let schema = self.schemas.get(self.schema?)?;
        match self.place(schema, term)? {
            Place::Typed { ty, .. } => Some((schema, ty)),
            Place::Open | Place::Nowhere { .. } => None,
        }
    }

    fn place<'s, 't>(&'s self, schema: &'s Schema, term: &'t Term) -> Option<Place<'s, 't>> {
        match term {
            Term::Path(path) if !path.steps.is_empty() => Some(schema.place(&path.steps)),
            Term::Element { outward, steps } => {
                let variable = self.variables.iter().rev().nth(*outward)?;
                Some(variable.ty.as_ref()?.place(steps, false))
            }
            _ => None,
        }
    }

    /// Refuses a path to an attribute that the schema in force does not have.
    pub(super) fn exists_in_schema(&mut self, term: Term, span: Span) -> Term {
        let keys = matches!(&term, Term::Path(path) if path.root == Root::Keys);
        let schema = self.schema.filter(|_| !keys).and_then(|schema| self.schemas.get(schema));
        let Some(schema) = schema else { return term };
        let Some(Place::Nowhere { name, fields }) = self.place(schema, &term) else { return term };
        let names = || fields.iter().map(|field| field.name.as_str());
        let help = match closest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}; add what is missing to the schema", listed(names())),
        };
        let message = format!("`{}` has no attribute `{name}` here", schema.name);
        let finding = Diagnostic::error(codes::UNKNOWN_FIELD, message, span)
            .label(schema.span, "declared here")
            .help(help);
        self.findings.push(finding);
        Term::Unknown
    }

    /// Refuses to compare something with a value that its schema rules out.
    pub(super) fn within_schema(&mut self, term: &Term, other: &Term, span: Span) -> bool {
        let Term::Literal(value) = other else { return true };
        let Some((schema, ty)) = self.typed(term) else { return true };
        let Some(values) = ty.values().filter(|values| !values.contains(&value)) else {
            return true;
        };
        let name = match term {
            Term::Path(path) => path.steps.last(),
            Term::Element { steps, .. } => steps.last(),
            _ => None,
        };
        let name = match name {
            Some(Step::Key(name)) => name.as_str(),
            _ => "it",
        };
        let message = format!("`{name}` is never `{}`", shown(value));
        let finding = none_of(ty, &values, value, message, span)
            .note(format!("not a `{name}` of `{}`", schema.name));
        self.findings.push(finding);
        false
    }
}

/// The finding about a value that is none of those that a type lists.
pub(super) fn none_of(
    ty: &Type,
    values: &[&Value],
    value: &Value,
    message: String,
    span: Span,
) -> Diagnostic {
    let texts: Vec<&str> = values.iter().filter_map(|value| text(value)).collect();
    let help = match text(value).and_then(|text| closest(text, texts)) {
        Some(near) => format!("did you mean `\"{near}\"`?"),
        None => "take one of those, or add it to the schema".to_owned(),
    };
    Diagnostic::error(codes::NEVER_THIS_VALUE, message, span)
        .label(ty.span, "declared here")
        .help(help)
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A literal as rules write it.
pub(super) fn shown(value: &Value) -> String {
    let mut json = Vec::new();
    distributary_change::json::plain::write(value, &mut json);
    String::from_utf8_lossy(&json).into_owned()
}
