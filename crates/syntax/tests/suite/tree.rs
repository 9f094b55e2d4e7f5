//! Syntax trees on paper, as s-expressions.

use distributary_syntax::Spanned;
use distributary_syntax::ast::{
    Choice, Declaration, DeclarationKind, Destination, Entry, Expectation, ExpectationKind, Expr,
    ExprKind, Field, Member, Name, Path, Pattern, Setting, Source, Step, TestStep, TestStepKind,
    TextPart, TypeExpr, TypeKind,
};

/// One line for each declaration.
pub(crate) fn print(declaration: &Declaration) -> String {
    let name = &declaration.name.node;
    let body = match &declaration.kind {
        DeclarationKind::Param(p) => {
            let env = p.env.as_ref().map_or(String::new(), |e| format!(" (env {:?})", e.node));
            format!("param {name} {}{env}{}", p.ty.node, optional(p.default.as_ref()))
        }
        DeclarationKind::Source(s) => format!("source {name}{}", source(s)),
        DeclarationKind::Schema(s) => {
            format!("schema {name}{}\n  {}", clause("when", s.when.as_ref()), fields(&s.fields))
        }
        DeclarationKind::Let(e) => format!("let {name} {}", expr(e)),
        DeclarationKind::Lot(d) => format!("lot {name}{}", destination(d)),
        DeclarationKind::Route(d) => format!("route {name}{}", destination(d)),
        DeclarationKind::Rule(r) => {
            let to =
                r.to.iter()
                    .map(|to| format!("\n  (to {}{})", to.route.node, optional(to.with.as_ref())));
            let mode = word("mode", r.mode.as_ref()) + &word("formerly", r.formerly.as_ref());
            let clauses = clauses(&r.on, [&r.of, &r.from], r.when.as_ref());
            format!("rule {name}{clauses}{mode}{}", to.collect::<String>())
        }
        DeclarationKind::Ignore(i) => {
            format!("ignore {name}{}", clauses(&i.on, [&i.of, &i.from], i.when.as_ref()))
        }
        DeclarationKind::Test(t) => {
            let with: String = t.with.iter().map(|e| format!("\n  (with {})", entry(e))).collect();
            let steps: String = t.steps.iter().map(step).collect();
            let expects: String = t.expects.iter().map(expectation).collect();
            format!("test {name:?}{}{with}{steps}{expects}", word("from", t.from.as_ref()))
        }
    };
    let docs: String = declaration.docs.iter().map(|line| format!(";; {line}\n")).collect();
    format!("{docs}({body})\n")
}

fn destination(d: &Destination) -> String {
    let formerly = word("formerly", d.formerly.as_ref());
    format!(" {}{formerly}{}", d.kind.node, settings(&d.settings))
}

fn source(s: &Source) -> String {
    let guards = s.guards.iter().map(|guard| {
        format!("\n  ({} {})", if guard.skip { "skip" } else { "only" }, expr(&guard.when))
    });
    settings(&s.settings) + &guards.collect::<String>()
}

fn clauses(on: &[Name], [of, from]: [&Option<Name>; 2], when: Option<&Expr>) -> String {
    let on: Vec<_> = on.iter().map(|e| e.node.as_str()).collect();
    let names = word("of", of.as_ref()) + &word("from", from.as_ref());
    format!(" (on {}){names}{}", on.join(" "), clause("when", when))
}

fn word(what: &str, name: Option<&Name>) -> String {
    name.map_or(String::new(), |name| format!(" ({what} {})", name.node))
}

fn clause(what: &str, e: Option<&Expr>) -> String {
    e.map_or(String::new(), |e| format!("\n  ({what} {})", expr(e)))
}

fn fields(fields: &[Field]) -> String {
    let field = |f: &Field| {
        format!("{:?}{}: {}", f.name.node, if f.optional { "?" } else { "" }, ty(&f.ty))
    };
    format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(" "))
}

fn ty(t: &TypeExpr) -> String {
    match &t.kind {
        TypeKind::Name(name) => name.clone(),
        TypeKind::Literal(e) => expr(e),
        TypeKind::Union(types) => {
            format!("(or {})", types.iter().map(ty).collect::<Vec<_>>().join(" "))
        }
        TypeKind::List(element) => format!("(list {})", ty(element)),
        TypeKind::Set(element) => format!("(set {})", ty(element)),
        TypeKind::Map(of) => fields(of),
    }
}

fn step(step: &TestStep) -> String {
    let step = match &step.kind {
        TestStepKind::Given(e) => format!("given {}", expr(e)),
        TestStepKind::Insert(e) => format!("insert {}", expr(e)),
        TestStepKind::Modify(old, new) => format!("modify {} {}", expr(old), expr(new)),
        TestStepKind::Remove(e) => format!("remove {}", expr(e)),
        TestStepKind::Expire(e) => format!("expire {}", expr(e)),
        TestStepKind::Events(file) => format!("events {:?}", file.node),
    };
    format!("\n  ({step})")
}

fn expectation(expectation: &Expectation) -> String {
    match &expectation.kind {
        ExpectationKind::Fires { rule, route, payload, times } => {
            let route = word("to", route.as_ref()) + &optional(payload.as_ref());
            let times = times.map_or(String::new(), |times| format!(" (times {times})"));
            format!("\n  (expect {}{route}{times})", rule.node)
        }
        ExpectationKind::Not { rule, route } => {
            format!("\n  (expect-not {}{})", rule.node, word("to", route.as_ref()))
        }
        ExpectationKind::Nothing => "\n  (expect-nothing)".to_owned(),
    }
}

fn settings(settings: &[Setting]) -> String {
    let line = |s: &Setting| format!("\n  ({} {})", s.name.node, all(&s.values));
    settings.iter().map(line).collect()
}

fn optional(e: Option<&Expr>) -> String {
    e.map_or(String::new(), |e| format!(" {}", expr(e)))
}

fn all(exprs: &[Expr]) -> String {
    exprs.iter().map(expr).collect::<Vec<_>>().join(" ")
}

fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Number(n) => n.clone(),
        ExprKind::Duration(d) => format!("{d:?}"),
        ExprKind::Text(parts) => match parts.as_slice() {
            [TextPart::Literal(one)] => format!("{one:?}"),
            parts => format!("(text{})", parts.iter().map(part).collect::<String>()),
        },
        ExprKind::List(elements) => format!("[{}]", all(elements)),
        ExprKind::Object(members) => {
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(" "))
        }
        ExprKind::Set(elements) => format!("#{{{}}}", all(elements)),
        ExprKind::Bytes(bytes) => format!("(bytes {bytes:?})"),
        ExprKind::Path(p) => path(p),
        ExprKind::Name(n) => n.clone(),
        ExprKind::Local { name, steps: into } => format!("${}{}", name.node, steps(into)),
        ExprKind::Call { function, arguments } => {
            format!("({} {})", function.node, all(arguments))
        }
        ExprKind::Not(e) => format!("(not {})", expr(e)),
        ExprKind::Binary(op, l, r) => format!("({op:?} {} {})", expr(l), expr(r)),
        ExprKind::In { value, list, negated } => {
            format!("({} {} {})", if *negated { "not-in" } else { "in" }, expr(value), expr(list))
        }
        ExprKind::Has { value, how, member } => {
            format!("(has-{how:?} {} {})", expr(value), expr(member))
        }
        ExprKind::Presence { value, exists } => {
            format!("({} {})", if *exists { "exists" } else { "missing" }, expr(value))
        }
        ExprKind::TypeTest { value, ty } => format!("(is-{} {})", ty.node, expr(value)),
        ExprKind::Matches { value, pattern } => match &pattern.node {
            Pattern::Glob(parts) => {
                format!("(glob {}{})", expr(value), parts.iter().map(part).collect::<String>())
            }
            Pattern::Regex(regex) => format!("(regex {} {regex:?})", expr(value)),
        },
        ExprKind::Quantifier { all, variable, list, body } => format!(
            "({} ${} {} {})",
            if *all { "all" } else { "any" },
            variable.node,
            expr(list),
            expr(body)
        ),
        ExprKind::Changed { value, from } => {
            format!("(changed {}{})", expr(value), choice("from", from.as_ref()))
        }
        ExprKind::Became { value, to, from } => format!(
            "(became {}{}{})",
            expr(value),
            choice("to", Some(to)),
            choice("from", from.as_ref())
        ),
    }
}

fn part(part: &TextPart) -> String {
    match part {
        TextPart::Literal(text) => format!(" {text:?}"),
        TextPart::Expr(e) => format!(" {}", expr(e)),
    }
}

fn member(member: &Member) -> String {
    match member {
        Member::Entry(e) => entry(e),
        Member::Spread(e) => format!("...{}", expr(e)),
    }
}

fn entry(entry: &Entry) -> String {
    format!("{:?}: {}", entry.key.node, expr(&entry.value))
}

fn choice(word: &str, choice: Option<&Choice>) -> String {
    choice.map_or(String::new(), |c| {
        format!(" ({word}{} {})", if c.one_of { "-one-of" } else { "" }, expr(&c.value))
    })
}

fn path(p: &Path) -> String {
    let pick = p.pick.as_ref().map(|names| {
        format!(".{:?}", names.iter().map(|name| name.node.as_str()).collect::<Vec<_>>())
    });
    format!("{:?}{}{}", p.root.node, steps(&p.steps), pick.unwrap_or_default())
}

fn steps(steps: &[Spanned<Step>]) -> String {
    let step = |step: &Spanned<Step>| match &step.node {
        Step::Key(key) => format!(".{key}"),
        Step::Index(i) => format!("[{i}]"),
    };
    steps.iter().map(step).collect()
}
