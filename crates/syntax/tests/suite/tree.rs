//! Syntax trees on paper: as s-expressions, and as the list of everything that has a place.

use distributary_syntax::ast::{
    Choice, Declaration, DeclarationKind, Destination, Entry, Expr, ExprKind, Path, Setting, Step,
    TextPart,
};
use distributary_syntax::{Span, Spanned};

/// One line for each declaration.
pub(crate) fn print(declaration: &Declaration) -> String {
    let name = &declaration.name.node;
    let body = match &declaration.kind {
        DeclarationKind::Param(p) => {
            let env = p.env.as_ref().map_or(String::new(), |e| format!(" (env {:?})", e.node));
            format!("param {name} {}{env}{}", p.ty.node, optional(p.default.as_ref()))
        }
        DeclarationKind::Source(s) => format!("source {name}{}", settings(s)),
        DeclarationKind::Let(e) => format!("let {name} {}", expr(e)),
        DeclarationKind::Lot(d) => format!("lot {name}{}", destination(d)),
        DeclarationKind::Route(d) => format!("route {name}{}", destination(d)),
        DeclarationKind::Rule(r) => {
            let on: Vec<_> = r.on.iter().map(|e| e.node.as_str()).collect();
            let from = r.from.as_ref().map_or(String::new(), |f| format!(" (from {})", f.node));
            let when = r.when.as_ref().map_or(String::new(), |w| format!("\n  (when {})", expr(w)));
            let to =
                r.to.iter()
                    .map(|to| format!("\n  (to {}{})", to.route.node, optional(to.with.as_ref())));
            format!("rule {name} (on {}){from}{when}{}", on.join(" "), to.collect::<String>())
        }
    };
    let docs: String = declaration.docs.iter().map(|line| format!(";; {line}\n")).collect();
    format!("{docs}({body})\n")
}

fn destination(d: &Destination) -> String {
    format!(" {}{}", d.kind.node, settings(&d.settings))
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
        ExprKind::Object(entries) => {
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
        }
        ExprKind::Path(p) => path(p),
        ExprKind::Name(n) => n.clone(),
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

fn entry(entry: &Entry) -> String {
    format!("{:?}: {}", entry.key.node, expr(&entry.value))
}

fn choice(word: &str, choice: Option<&Choice>) -> String {
    choice.map_or(String::new(), |c| {
        format!(" ({word}{} {})", if c.one_of { "-one-of" } else { "" }, expr(&c.value))
    })
}

fn path(p: &Path) -> String {
    let steps = p.steps.iter().map(|step| match &step.node {
        Step::Key(key) => format!(".{key}"),
        Step::Index(i) => format!("[{i}]"),
    });
    format!("{:?}{}", p.root.node, steps.collect::<String>())
}

/// Everything in a declaration that has a place, outermost first.
pub(crate) fn places(declaration: &Declaration) -> Vec<Span> {
    let mut places = vec![declaration.span, declaration.name.span];
    let into = &mut places;
    match &declaration.kind {
        DeclarationKind::Param(p) => {
            into.push(p.ty.span);
            into.extend(p.env.iter().map(|e| e.span));
            p.default.iter().for_each(|e| visit(e, into));
        }
        DeclarationKind::Source(settings) => visit_settings(settings, into),
        DeclarationKind::Let(e) => visit(e, into),
        DeclarationKind::Lot(d) | DeclarationKind::Route(d) => {
            into.push(d.kind.span);
            visit_settings(&d.settings, into);
        }
        DeclarationKind::Rule(r) => {
            into.extend(r.on.iter().chain(&r.from).map(|name| name.span));
            r.when.iter().for_each(|e| visit(e, into));
            for to in &r.to {
                into.push(to.route.span);
                to.with.iter().for_each(|e| visit(e, into));
            }
        }
    }
    places
}

fn visit_settings(settings: &[Setting], into: &mut Vec<Span>) {
    for setting in settings {
        into.push(setting.name.span);
        setting.values.iter().for_each(|e| visit(e, into));
    }
}

fn visit(e: &Expr, into: &mut Vec<Span>) {
    into.push(e.span);
    match &e.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Duration(_)
        | ExprKind::Name(_) => {}
        ExprKind::Text(parts) => {
            for part in parts {
                if let TextPart::Expr(e) = part {
                    visit(e, into);
                }
            }
        }
        ExprKind::List(elements) => elements.iter().for_each(|e| visit(e, into)),
        ExprKind::Object(entries) => {
            for Entry { key: Spanned { span, .. }, value } in entries {
                into.push(*span);
                visit(value, into);
            }
        }
        ExprKind::Path(path) => {
            into.push(path.root.span);
            into.extend(path.steps.iter().map(|step| step.span));
        }
        ExprKind::Not(e) | ExprKind::Presence { value: e, .. } => visit(e, into),
        ExprKind::Binary(_, left, right)
        | ExprKind::In { value: left, list: right, .. }
        | ExprKind::Has { value: left, member: right, .. } => {
            visit(left, into);
            visit(right, into);
        }
        ExprKind::Changed { value, from } => {
            visit(value, into);
            from.iter().for_each(|c| visit(&c.value, into));
        }
        ExprKind::Became { value, to, from } => {
            visit(value, into);
            visit(&to.value, into);
            from.iter().for_each(|c| visit(&c.value, into));
        }
    }
}
