//! Calls of functions.

use distributary_change::Value;
use distributary_syntax::ast::{Expr, Name};
use distributary_syntax::{Span, closest, codes};

use super::Lowering;
use crate::function::{Argument, Function};
use crate::names::listed;
use crate::program::{Param, ParamType};
use crate::term::Term;
use crate::value_type::ValueType;

impl Lowering<'_> {
    pub(super) fn call(&mut self, name: &Name, written: &[Expr], span: Span) -> Term {
        let terms: Vec<Term> = written.iter().map(|argument| self.term(argument)).collect();
        let Some(function) = Function::named(&name.node) else {
            self.refuse_function(name);
            return Term::Unknown;
        };
        let (signature, example) = function.signature();
        if written.len() != signature.len() {
            let takes = match signature.len() {
                1 => "one argument",
                _ => "two arguments",
            };
            let message = format!("`{}` takes {takes}, not {}", name.node, written.len());
            self.refuse(codes::ARGUMENTS, span, message, format!("write it like `{example}`"));
            return Term::Unknown;
        }
        let arguments = terms.iter().zip(written).zip(signature);
        let sound: Vec<bool> = arguments
            .map(|((term, written), argument)| self.takes(*argument, term, written, function))
            .collect();
        if sound.contains(&false) { Term::Unknown } else { Term::Call(function, terms) }
    }

    fn takes(&mut self, argument: Argument, term: &Term, written: &Expr, of: Function) -> bool {
        let kind = self.kind(term);
        let sound = *term == Term::Unknown
            || match argument {
                Argument::One(types) => kind.value_type().is_none_or(|ty| types.contains(&ty)),
                Argument::Text => !term.reads_record() && self.is_text(term),
                Argument::Network => {
                    !term.reads_record() && self.is_text(term) && self.is_network(term)
                }
                Argument::Secret => match term {
                    Term::Param(param) => self.params.get(*param).is_some_and(is_secret),
                    _ => false,
                },
            };
        if !sound {
            let message = format!("`{}` cannot take {}", of.as_str(), self.quote(written));
            let takes = match argument {
                Argument::One(types) => {
                    format!("it takes a {}", listed_types(types))
                }
                Argument::Text => "it takes a text that no record decides".to_owned(),
                Argument::Network => "it takes a network such as `\"10.0.0.0/8\"`".to_owned(),
                Argument::Secret => {
                    "it takes a `string` parameter, so that the key stays out of the rules"
                        .to_owned()
                }
            };
            self.refuse(codes::ARGUMENTS, written.span, message, takes);
        }
        sound
    }

    fn is_text(&self, term: &Term) -> bool {
        self.kind(term).value_type() == Some(ValueType::String)
    }

    /// Whether a text is a network, as far as that is known.
    fn is_network(&self, term: &Term) -> bool {
        let value = match term {
            Term::Literal(value) => Some(value),
            Term::Param(param) => self.params.get(*param).and_then(|param| param.value.as_ref()),
            _ => None,
        };
        match value {
            Some(Value::String(text)) => text.parse::<ipnet::IpNet>().is_ok(),
            _ => true,
        }
    }

    fn refuse_function(&mut self, name: &Name) {
        let names = Function::ALL.map(|(name, _)| name);
        let help = match closest(&name.node, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the functions are {}", listed(names)),
        };
        let message = format!("there is no function `{}`", name.node);
        self.refuse(codes::UNKNOWN_FUNCTION, name.span, message, help);
    }
}

fn is_secret(param: &Param) -> bool {
    param.ty == ParamType::String
}

/// `a`, `b` or `c`
fn listed_types(types: &[ValueType]) -> String {
    let names: Vec<String> = types.iter().map(|ty| format!("`{}`", ty.as_str())).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
