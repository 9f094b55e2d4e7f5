//! Schemas and types.

use crate::ast::{Field, Name, Schema, TypeExpr, TypeKind};
use crate::expected::shown;
use crate::grammar::{Pair, Rule};
use crate::{Diagnostic, codes, words};

use super::{Lower, is_mark};

/// What other languages call a type.
const FOREIGN: [(&str, &str); 13] = [
    ("boolean", "bool"),
    ("integer", "number"),
    ("int", "number"),
    ("float", "number"),
    ("text", "string"),
    ("array", "list"),
    ("object", "map"),
    ("s", "string"),
    ("n", "number"),
    ("b", "binary"),
    ("l", "list"),
    ("m", "map"),
    ("ss", "set"),
];

impl Lower<'_> {
    pub(super) fn schema<'s>(&mut self, inner: impl Iterator<Item = Pair<'s>>) -> Option<Schema> {
        let mut schema = Schema { when: None, fields: Vec::new() };
        for part in inner {
            match part.as_rule() {
                Rule::when => schema.when = Some(self.condition(part.into_inner().nth(1)?)?),
                _ => schema.fields = self.fields(part)?,
            }
        }
        Some(schema)
    }

    fn fields(&mut self, pair: Pair<'_>) -> Option<Vec<Field>> {
        let fields = pair.into_inner().filter(|p| p.as_rule() == Rule::typed);
        fields.map(|p| self.field(p)).collect()
    }

    fn field(&mut self, pair: Pair<'_>) -> Option<Field> {
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule())).peekable();
        let name = self.key(inner.next()?)?;
        let mut optional = inner.next_if(|p| p.as_rule() == Rule::optional).is_some();
        let ty = self.type_expr(inner.next()?)?;
        if let Some(mark) = inner.next() {
            optional = true;
            let message = "`?` stands behind the name of the attribute";
            let help = format!("write {}", shown(&format!("{}?: …", name.node)));
            let span = self.span(&mark);
            self.report(Diagnostic::error(codes::SPELLING, message, span).help(help));
        }
        Some(Field { name, optional, ty })
    }

    fn type_expr(&mut self, pair: Pair<'_>) -> Option<TypeExpr> {
        let span = self.span(&pair);
        let types = pair.into_inner().filter(|p| p.as_rule() == Rule::single_type);
        let mut types = types.map(|p| self.single_type(p)).collect::<Option<Vec<_>>>()?;
        if types.len() == 1 {
            return types.pop();
        }
        Some(TypeExpr { kind: TypeKind::Union(types), span })
    }

    fn single_type(&mut self, pair: Pair<'_>) -> Option<TypeExpr> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().filter(|p| !is_mark(p.as_rule()));
        let first = inner.next()?;
        let kind = match first.as_rule() {
            Rule::fields => TypeKind::Map(self.fields(first)?),
            Rule::type_word => {
                let name = self.type_name(&first, true);
                let Some(element) = inner.next() else {
                    return Some(TypeExpr { kind: TypeKind::Name(name.node), span });
                };
                let element = Box::new(self.type_expr(element)?);
                match name.node.as_str() {
                    "list" => TypeKind::List(element),
                    "set" => TypeKind::Set(element),
                    other => {
                        let message = format!("`{other}` is of no other type");
                        let help = match other {
                            "map" => "write its attributes in braces: `{ name: string }`",
                            _ => "only `list<…>` and `set<…>` are",
                        };
                        let error = Diagnostic::error(codes::UNKNOWN_TYPE, message, name.span);
                        self.report(error.help(help));
                        TypeKind::Name(name.node)
                    }
                }
            }
            _ => TypeKind::Literal(self.primary(first)?),
        };
        Some(TypeExpr { kind, span })
    }

    /// The name of a type, mended where it is another language's.
    pub(super) fn type_name(&mut self, pair: &Pair<'_>, in_schema: bool) -> Name {
        let mut name = self.name(pair);
        let any = in_schema.then_some("any");
        let known = || TypeExpr::TESTED.into_iter().chain(any);
        if known().any(|known| known == name.node) {
            return name;
        }
        let lower = name.node.to_lowercase();
        let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == lower).map(|(_, own)| *own);
        let meant = foreign.or_else(|| words::closest(&lower, known()));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => {
                let known: Vec<_> = known().map(|known| format!("`{known}`")).collect();
                format!("types are {}, and in a schema values such as `\"Paid\"`", known.join(", "))
            }
        };
        let message = format!("there is no type {}", shown(&name.node));
        self.report(Diagnostic::error(codes::UNKNOWN_TYPE, message, name.span).help(help));
        name.node = meant.unwrap_or("any").to_owned();
        name
    }
}
