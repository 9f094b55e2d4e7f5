//! Records as schemas promise them.

use distributary_change::{Item, Number, Value};
use distributary_rules::ValueType;
use distributary_rules::{Field, Place, Schema, Type, TypeKind};
use distributary_syntax::ast::Step;

use crate::slot::Key;

/// The type that a schema gives to an attribute, and whether it may be absent.
pub(crate) fn promised<'s>(schema: &'s Schema, key: &Key) -> Option<(&'s Type, bool)> {
    match schema.place(key.steps()?) {
        Place::Typed { ty, optional } => Some((ty, optional)),
        Place::Open | Place::Nowhere { .. } => None,
    }
}

/// Whether a schema lets anything be there: nothing is inside of a number.
pub(crate) fn can_be_there(schema: &Schema, key: &Key) -> bool {
    let steps = key.steps().unwrap_or_default();
    steps.iter().enumerate().all(|(depth, step)| {
        match steps.get(..depth).map(|s| schema.place(s)) {
            Some(Place::Typed { ty, .. }) => can_hold(ty, step),
            _ => true,
        }
    })
}

fn can_hold(ty: &Type, step: &Step) -> bool {
    match &ty.kind {
        TypeKind::Any => true,
        TypeKind::OneOf(types) => types.iter().any(|ty| can_hold(ty, step)),
        TypeKind::List(_) | TypeKind::Of(ValueType::List) => matches!(step, Step::Index(_)),
        TypeKind::Map(_) | TypeKind::Of(ValueType::Map) => matches!(step, Step::Key(_)),
        TypeKind::Of(_) | TypeKind::Literal(_) | TypeKind::Set(_) => false,
    }
}

/// Whether a value is of a type, as far as can be seen without looking inside of containers.
pub(crate) fn conforms(ty: &Type, value: &Value) -> bool {
    match &ty.kind {
        TypeKind::Any => true,
        TypeKind::Of(ty) => ValueType::of(value) == *ty,
        TypeKind::Literal(literal) => literal == value,
        TypeKind::OneOf(types) => types.iter().any(|ty| conforms(ty, value)),
        TypeKind::List(_) => ValueType::of(value) == ValueType::List,
        TypeKind::Set(_) => ValueType::of(value) == ValueType::Set,
        TypeKind::Map(_) => ValueType::of(value) == ValueType::Map,
    }
}

/// The literals that a type names.
pub(crate) fn literals<'t>(ty: &'t Type, into: &mut Vec<&'t Value>) {
    match &ty.kind {
        TypeKind::Literal(value) => into.push(value),
        TypeKind::OneOf(types) => types.iter().for_each(|ty| literals(ty, into)),
        _ => {}
    }
}

/// Adds the attributes that must be there, apart from those that questions were asked about.
pub(crate) fn complete(item: &mut Item, schema: &Schema, asked: &dyn Fn(&str) -> bool) {
    for field in &schema.fields {
        if !field.optional && !item.contains_key(&field.name) && !asked(&field.name) {
            item.insert(field.name.clone(), example(&field.ty));
        }
    }
}

fn example(ty: &Type) -> Value {
    let text = || "x".to_owned();
    match &ty.kind {
        TypeKind::Any | TypeKind::Of(ValueType::String) => Value::String(text()),
        TypeKind::Of(ValueType::Number) => Value::Number(Number::from(0)),
        TypeKind::Of(ValueType::Bool) => Value::Bool(true),
        TypeKind::Of(ValueType::Null) => Value::Null,
        TypeKind::Of(ValueType::Binary) => Value::Binary(text().into_bytes()),
        TypeKind::Of(ValueType::List) | TypeKind::List(_) => Value::List(Vec::new()),
        TypeKind::Of(ValueType::Map) => Value::Map(Item::new()),
        TypeKind::Of(ValueType::Set) => Value::StringSet([text()].into()),
        TypeKind::Literal(value) => value.clone(),
        TypeKind::OneOf(types) => types.first().map_or(Value::Null, example),
        TypeKind::Set(element) => match example(element) {
            Value::Number(number) => Value::NumberSet([number].into()),
            Value::Binary(bytes) => Value::BinarySet([bytes].into()),
            Value::String(text) => Value::StringSet([text].into()),
            _ => Value::StringSet([text()].into()),
        },
        TypeKind::Map(fields) => Value::Map(required(fields)),
    }
}

fn required(fields: &[Field]) -> Item {
    let fields = fields.iter().filter(|field| !field.optional);
    fields.map(|field| (field.name.clone(), example(&field.ty))).collect()
}
