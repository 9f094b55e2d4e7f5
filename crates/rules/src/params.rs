//! Declared parameters and the values that they are given.

use distributary_change::json::plain;
use distributary_change::{Number, Value};
use distributary_delivery::Arn;
use distributary_syntax::ast::{self, Declaration, Expr, ExprKind, Name, TextPart};
use distributary_syntax::{Diagnostic, Severity, closest, codes};

use crate::given::{Given, ParamValue, variable};
use crate::names::{Names, Word, listed};
use crate::program::{Param, ParamType};

/// The declared parameters, each with its default.
pub(crate) fn params<'a>(
    declared: impl IntoIterator<Item = (&'a Declaration, &'a ast::Param)>,
    names: &mut Names<'a>,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Param> {
    let mut params = Vec::new();
    for (declaration, written) in declared {
        let ty = param_type(&written.ty, findings);
        names.words.declare(&declaration.name, ty.map(|_| Word::Param(params.len())), findings);
        let literal = ty.zip(written.default.as_ref());
        let default = literal.and_then(|(ty, expr)| self::value(ty, expr, "default", findings));
        params.push(Param {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            ty: ty.unwrap_or(ParamType::String),
            env: written.env.as_ref().map(|env| env.node.clone()),
            value: default.clone(),
            open: false,
            default,
            ty_span: written.ty.span,
        });
    }
    params
}

/// Gives every parameter its value, in place of the one that it had.
pub(crate) fn give(params: &mut [Param], given: &Given, findings: &mut Vec<Diagnostic>) {
    for param in &mut *params {
        param.value.clone_from(&param.default);
        param.open = false;
        if let Some((origin, text)) = outside(param, given) {
            match read(param.ty, &text) {
                Some(value) => param.value = Some(value),
                None => findings.push(refuse(param, &origin, &text)),
            }
        }
    }
}

fn param_type(written: &Name, findings: &mut Vec<Diagnostic>) -> Option<ParamType> {
    let known = ParamType::ALL.into_iter().find(|(name, _)| *name == written.node);
    if known.is_none() {
        let names = ParamType::ALL.map(|(name, _)| name);
        let help = match closest(&written.node, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the types are {}", listed(names)),
        };
        let message = format!("no parameter has the type `{}`", written.node);
        findings.push(Diagnostic::error(codes::UNKNOWN_TYPE, message, written.span).help(help));
    }
    known.map(|(_, ty)| ty)
}

/// The value that the surroundings give, and how to name the place it comes from.
fn outside(param: &Param, given: &Given) -> Option<(String, ParamValue)> {
    let name = &*param.name;
    if let Some(text) = given.cli.get(name) {
        return Some((format!("--param {name}"), ParamValue::Text(text.clone())));
    }
    for variable in [Some(variable(name)), param.env.clone()].into_iter().flatten() {
        if let Some(text) = given.env.get(&variable) {
            return Some((variable, ParamValue::Text(text.clone())));
        }
    }
    given.manifest.get(name).map(|value| (given.place(name).to_owned(), value.clone()))
}

fn read(ty: ParamType, given: &ParamValue) -> Option<Value> {
    match (ty, given) {
        (ParamType::List, ParamValue::List(texts)) => Some(list(texts.iter().map(String::as_str))),
        (ParamType::List, ParamValue::Text(text)) => members(text),
        (ParamType::Number, ParamValue::Number(digits)) => {
            Number::parse(digits).ok().map(Value::Number)
        }
        (ParamType::Bool, ParamValue::Bool(value)) => Some(Value::Bool(*value)),
        (_, ParamValue::List(_) | ParamValue::Number(_) | ParamValue::Bool(_)) => None,
        (ParamType::String, ParamValue::Text(text)) => Some(Value::String(text.clone())),
        (ParamType::Arn, ParamValue::Text(text)) => {
            Arn::parse(text).map(|_| Value::String(text.clone()))
        }
        (ParamType::Number, ParamValue::Text(text)) => Number::parse(text).ok().map(Value::Number),
        (ParamType::Bool, ParamValue::Text(text)) => text.parse().ok().map(Value::Bool),
    }
}

/// A list in one text: a JSON array of texts, or its members with commas between them. Blanks around
/// a member do not count, and an empty member is none.
fn members(text: &str) -> Option<Value> {
    if text.trim_start().starts_with('[') {
        return match plain::read(text.as_bytes()) {
            Ok(Value::List(members)) => {
                let texts = members.iter().all(|member| matches!(member, Value::String(_)));
                texts.then_some(Value::List(members))
            }
            _ => None,
        };
    }
    Some(list(text.split(',').map(str::trim).filter(|member| !member.is_empty())))
}

fn list<'t>(texts: impl Iterator<Item = &'t str>) -> Value {
    Value::List(texts.map(|text| Value::String(text.to_owned())).collect())
}

/// A value that is written out in the rules; `what` it is for, in a word.
pub(crate) fn value(
    ty: ParamType,
    expr: &Expr,
    what: &str,
    findings: &mut Vec<Diagnostic>,
) -> Option<Value> {
    let value = match (&expr.kind, ty) {
        (ExprKind::Number(digits), ParamType::Number) => {
            Number::parse(digits).ok().map(Value::Number)
        }
        (ExprKind::Bool(value), ParamType::Bool) => Some(Value::Bool(*value)),
        (ExprKind::List(items), ParamType::List) => items
            .iter()
            .map(literal)
            .collect::<Option<Vec<_>>>()
            .map(|texts| list(texts.into_iter())),
        (ExprKind::Text(_), ParamType::String | ParamType::Arn) => {
            literal(expr).and_then(|text| read(ty, &ParamValue::Text(text.to_owned())))
        }
        _ => None,
    };
    if value.is_none() {
        let message = format!("this {what} is not {}", ty.noun());
        let help = format!("write {}", ty.example());
        findings.push(Diagnostic::error(codes::PARAM_VALUE, message, expr.span).help(help));
    }
    value
}

/// The characters of a text without `${…}`.
fn literal(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Text(parts) => match parts.as_slice() {
            [] => Some(""),
            [TextPart::Literal(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn refuse(param: &Param, origin: &str, given: &ParamValue) -> Diagnostic {
    let value = match given {
        ParamValue::Text(text) => format!("the value `{text}`"),
        ParamValue::Number(digits) => format!("the number `{digits}`"),
        ParamValue::Bool(value) => format!("`{value}`"),
        ParamValue::List(_) => "a list".to_owned(),
    };
    let noun = param.ty.noun();
    let message = format!("`{origin}` gives `{}` {value}, which is not {noun}", param.name);
    Diagnostic::error(codes::PARAM_VALUE, message, param.span)
        .label(param.ty_span, "declared here")
        .help(format!("give it {}", param.ty.example()))
}

/// Refuses values for parameters that nothing declares; `unread` are the names of declarations that
/// could not be read.
pub(crate) fn refuse_unknown(
    given: &Given,
    params: &[Param],
    unread: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Diagnostic>,
) {
    let from_cli = given.cli.keys().map(|name| (name, "--param"));
    let from_manifest = given.manifest.keys().map(|name| (name, given.place(name)));
    let from_others = given.other_stages.iter().map(|(name, place)| (name, place.as_str()));
    for (name, origin) in from_cli.chain(from_manifest).chain(from_others) {
        if unread(name) || params.iter().any(|param| *param.name == **name) {
            continue;
        }
        let declared = || params.iter().map(|param| &*param.name);
        let help = match closest(name, declared()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if params.is_empty() => "the rules declare no parameters".to_owned(),
            None => format!("the rules declare {}", listed(declared())),
        };
        let message = format!("`{origin}` sets `{name}`, which is no parameter of these rules");
        findings.push(Diagnostic {
            code: codes::PARAM_UNKNOWN,
            severity: Severity::Error,
            message,
            labels: Vec::new(),
            help: Some(help),
        });
    }
}
