//! What was probably meant where a declaration could not be read on.

use crate::expected::{Stop, shown};
use crate::grammar::Rule;
use crate::tokens::Kind;
use crate::wishes::{CLAUSE, OPERATOR, STEP, TYPE, VALUE};
use crate::words::{self, CLAUSES, FUNCTIONS, OPERATORS, ROOTS, RULE_SETTINGS, TEST_LINES};

impl Stop<'_> {
    /// Advice, if there is any.
    pub(crate) fn advice(&self) -> Option<String> {
        let (kind, found) = self.found.unwrap_or((Kind::Mark, ""));
        let is_value = matches!(kind, Kind::Number | Kind::Text { .. } | Kind::Open('('))
            || ROOTS.contains(&found);
        if self.wants(VALUE) && OPERATORS.contains(&found) {
            let rest = if ["exists", "missing", "changed"].contains(&found) { "" } else { " …" };
            return Some(format!("it stands after a value: `item.status {found}{rest}`"));
        }
        if self.wants(VALUE) && found == "$" {
            return Some("paths start with `item`, `old`, `new`, `keys` or `event`".to_owned());
        }
        if self.before == "env" && found == "(" {
            return Some("write `env \"NAME\"`, without brackets".to_owned());
        }
        if self.wants(VALUE) && self.before == "with" {
            return Some("write a payload in braces: `with { id: keys.pk }`".to_owned());
        }
        if let Some(advice) = self.about_constructs(found) {
            return Some(advice.to_owned());
        }
        if self.wants(CLAUSE) && found == "with" {
            return Some("it follows a route, as in `to bus with { id: keys.pk }`".to_owned());
        }
        if self.wanted.contains(&Rule::kw_with) && found == "," {
            return Some("write a `to` for each route".to_owned());
        }
        if self.wants(CLAUSE) && matches!(kind, Kind::Text { .. }) && self.before == "{" {
            let example = "`on MODIFY when item.status == \"Paid\" to some_route`";
            return Some(format!("rules are not written in JSON, but as in {example}"));
        }
        if let Some(meant) = self.meant_step(found) {
            return Some(format!("did you mean `{meant}`?"));
        }
        if kind == Kind::Word
            && let Some(meant) = self.meant(found)
        {
            return Some(format!("did you mean `{meant}`?"));
        }
        if self.wanted.contains(&Rule::colon) {
            return Some(format!("write {}", shown(&format!("{}: …", self.before))));
        }
        if found == "," && self.wanted.contains(&Rule::close_paren) && !self.wants(VALUE) {
            return Some("write a list in square brackets: `[…, …]`".to_owned());
        }
        if self.wants(OPERATOR) && is_value {
            return Some(match self.wanted.contains(&Rule::comma) {
                true => "separate values by `,`".to_owned(),
                false => "put an operator such as `==` or `and` before it".to_owned(),
            });
        }
        if self.wanted.contains(&Rule::event) {
            return Some("event types are `INSERT`, `MODIFY`, `REMOVE` and `ANY`".to_owned());
        }
        if self.wants(CLAUSE) {
            return Some("clauses start with `on`, `from`, `when` or `to`".to_owned());
        }
        if self.wanted.contains(&Rule::field) {
            return Some("a path has no blanks, as in `item.customer.tier`".to_owned());
        }
        (found == ";").then(|| "end it with the line, or write `,`".to_owned())
    }

    /// Advice about one construct, from what stood before and what was found.
    fn about_constructs(&self, found: &str) -> Option<&'static str> {
        let wants = |rule| self.wanted.contains(&rule);
        Some(match (self.before, found) {
            ("b64", _) => "write `b64\"…\"`, without a blank",
            ("set", "[" | "{") => "write `set[…]`, without a blank",
            ("only" | "skip", _) if wants(Rule::colon) => {
                "write `only when …` or `skip when …`, or `:` for a setting"
            }
            ("when", _) if wants(Rule::colon) => "write `only when …` or `skip when …`",
            (before, _) if FUNCTIONS.contains(&before) && self.wants(OPERATOR) => {
                "a function takes its arguments in brackets: `len(item.lines)`"
            }
            ("a" | "an", _) if self.wants(OPERATOR) => "types stand alone, as in `is number`",
            ("for" | "some" | "every", _) if self.wants(OPERATOR) => QUANTIFIER,
            (before, "{") if ROOTS.contains(&before) => {
                "several attributes are picked by `item.{lines, customer}`"
            }
            (_, ".") if wants(Rule::comma) && wants(Rule::close_brace) => {
                "a pick takes attributes, and no paths"
            }
            ("test", _) if wants(Rule::text) => {
                "name a test by what it shows: `test \"paying starts fulfilment\" { … }`"
            }
            (_, "=" | ":") if wants(Rule::text) => "leave it out",
            (_, found) if wants(Rule::reference) && found.starts_with('"') => {
                "names are written without quotes"
            }
            (_, "(") if self.wants(OPERATOR) => {
                "a function stands before its arguments, as in `len(item.lines)`"
            }
            (_, "...") if wants(Rule::colon) => "`...` stands before what it spreads: `...new`",
            (_, "..." | "..") if self.before == ":" => {
                "a spread stands alone, as in `{ ...new, sku: keys.pk }`"
            }
            ("any" | "all", _) if wants(Rule::variable) => QUANTIFIER,
            (_, "of" | ":") if wants(Rule::kw_in) => QUANTIFIER,
            (_, _) if wants(Rule::open_paren) => QUANTIFIER,
            ("in", _) if self.wants("a path") => QUANTIFIER,
            (_, "[") if self.wants(TYPE) || wants(Rule::alternative) => {
                "a list is written `list<string>`"
            }
            (_, "=") if wants(Rule::alternative) => {
                "a type says what values there are, and sets none"
            }
            (_, "=" | ":") if wants(Rule::open_brace) => "leave it out",
            (_, "{") if wants(Rule::arrow) => {
                "name the route: `expect some_rule -> some_route { … }`"
            }
            (_, ",") if wants(Rule::arrow) => "write an `expect` for each rule",
            (_, "with") if self.wants(STEP) => {
                "leave `with` out: `expect some_rule -> some_route { … }`"
            }
            (_, _) if wants(Rule::becomes) => "write `modify { before } => { after }`",
            _ => return None,
        })
    }

    /// The step of a test that other words for a change stand for.
    fn meant_step(&self, found: &str) -> Option<&'static str> {
        Some(match found.to_lowercase().as_str() {
            _ if !self.wants(STEP) => return None,
            "create" | "put" | "add" | "new" => "insert",
            "update" | "change" => "modify",
            "delete" => "remove",
            "ttl" => "expire",
            "assert" | "then" | "fires" => "expect",
            _ => return None,
        })
    }

    /// The word that was probably meant, of those that fit.
    fn meant(&self, found: &str) -> Option<&'static str> {
        let operators = OPERATORS.iter().filter(|_| self.wants(OPERATOR));
        let clauses = CLAUSES.iter().chain(&RULE_SETTINGS).filter(|_| self.wants(CLAUSE));
        let lines = TEST_LINES.iter().filter(|_| self.wants(STEP));
        words::closest(found, operators.chain(clauses).chain(lines).copied())
    }
}

const QUANTIFIER: &str = "write `any line in item.lines (line.qty > 1)`";
