//! Calls of functions.

use distributary_change::Value;
use distributary_syntax::ast::{Expr, Name};
use distributary_syntax::{Diagnostic, Span, closest, codes};

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
                    !term.reads_record()
                        && self.is_text(term)
                        && self.is_network(term, written.span)
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
                Argument::Network => NETWORK.to_owned(),
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

    /// Whether a text is a network; a parameter is asked once it has its value.
    fn is_network(&mut self, term: &Term, span: Span) -> bool {
        match term {
            Term::Literal(value) => is_network(value),
            Term::Param(param) => {
                self.networks.push((*param, span));
                true
            }
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

/// Whether a value is a network such as `10.0.0.0/8`.
pub(crate) fn is_network(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.parse::<ipnet::IpNet>().is_ok())
}

/// What is wrong with a parameter that is no network.
pub(crate) fn no_network(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{}` cannot take `{name}`", Function::Cidr.as_str());
    Diagnostic::error(codes::ARGUMENTS, message, span).help(NETWORK)
}

const NETWORK: &str = "it takes a network such as `\"10.0.0.0/8\"`";

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
