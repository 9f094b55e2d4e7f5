//! Everything in a declaration that has a place.

use distributary_syntax::Span;
use distributary_syntax::ast::{
    Choice, Declaration, DeclarationKind, Entry, ExpectationKind, Expr, ExprKind, Field, Member,
    Name, Path, Pattern, Setting, Test, TestStepKind, TextPart, TypeExpr, TypeKind,
};

/// All places, outermost first.
pub(crate) fn of(declaration: &Declaration) -> Vec<Span> {
    let mut places = Places(vec![declaration.span, declaration.name.span]);
    match &declaration.kind {
        DeclarationKind::Param(p) => {
            places.name(&p.ty);
            places.0.extend(p.env.iter().map(|e| e.span));
            places.exprs(&p.default);
        }
        DeclarationKind::Source(source) => {
            places.settings(&source.settings);
            for guard in &source.guards {
                places.0.push(guard.span);
                places.expr(&guard.when);
            }
        }
        DeclarationKind::Schema(schema) => {
            places.exprs(&schema.when);
            places.fields(&schema.fields);
        }
        DeclarationKind::Let(e) => places.expr(e),
        DeclarationKind::Lot(d) | DeclarationKind::Route(d) => {
            places.name(&d.kind);
            places.settings(&d.settings);
            places.names(&d.formerly);
        }
        DeclarationKind::Rule(r) => {
            places.names(r.on.iter().chain(&r.of).chain(&r.from));
            places.exprs(&r.when);
            places.names(r.mode.iter().chain(&r.formerly));
            for to in &r.to {
                places.name(&to.route);
                places.exprs(&to.with);
            }
        }
        DeclarationKind::Ignore(i) => {
            places.names(i.on.iter().chain(&i.of).chain(&i.from));
            places.exprs(&i.when);
        }
        DeclarationKind::Test(test) => places.test(test),
    }
    places.0
}

struct Places(Vec<Span>);

impl Places {
    fn name(&mut self, name: &Name) {
        self.0.push(name.span);
    }

    fn names<'a>(&mut self, names: impl IntoIterator<Item = &'a Name>) {
        names.into_iter().for_each(|name| self.name(name));
    }

    fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|e| self.expr(e));
    }

    fn settings(&mut self, settings: &[Setting]) {
        for setting in settings {
            self.name(&setting.name);
            self.exprs(&setting.values);
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            self.name(&field.name);
            self.ty(&field.ty);
        }
    }

    fn ty(&mut self, ty: &TypeExpr) {
        self.0.push(ty.span);
        match &ty.kind {
            TypeKind::Name(_) => {}
            TypeKind::Literal(e) => self.expr(e),
            TypeKind::Union(types) => types.iter().for_each(|ty| self.ty(ty)),
            TypeKind::List(element) | TypeKind::Set(element) => self.ty(element),
            TypeKind::Map(fields) => self.fields(fields),
        }
    }

    fn test(&mut self, test: &Test) {
        self.names(&test.from);
        test.with.iter().for_each(|e| self.entry(e));
        for step in &test.steps {
            self.0.push(step.span);
            match &step.kind {
                TestStepKind::Given(e)
                | TestStepKind::Insert(e)
                | TestStepKind::Remove(e)
                | TestStepKind::Expire(e) => self.expr(e),
                TestStepKind::Modify(old, new) => self.exprs([old, new]),
                TestStepKind::Events(file) => self.name(file),
            }
        }
        for expectation in &test.expects {
            self.0.push(expectation.span);
            match &expectation.kind {
                ExpectationKind::Fires { rule, route, payload, .. } => {
                    self.names(std::iter::once(rule).chain(route));
                    self.exprs(payload);
                }
                ExpectationKind::Not { rule, route } => {
                    self.names(std::iter::once(rule).chain(route));
                }
                ExpectationKind::Nothing => {}
            }
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.name(&entry.key);
        self.expr(&entry.value);
    }

    fn path(&mut self, path: &Path) {
        self.0.push(path.root.span);
        self.0.extend(path.steps.iter().map(|step| step.span));
        self.names(path.pick.iter().flatten());
    }

    fn parts(&mut self, parts: &[TextPart]) {
        for part in parts {
            if let TextPart::Expr(e) = part {
                self.expr(e);
            }
        }
    }

    fn choices<'a>(&mut self, choices: impl IntoIterator<Item = &'a Choice>) {
        choices.into_iter().for_each(|choice| self.expr(&choice.value));
    }

    fn expr(&mut self, e: &Expr) {
        self.0.push(e.span);
        match &e.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Bytes(_)
            | ExprKind::Name(_) => {}
            ExprKind::Text(parts) => self.parts(parts),
            ExprKind::List(elements) | ExprKind::Set(elements) => self.exprs(elements),
            ExprKind::Object(members) => {
                for member in members {
                    match member {
                        Member::Entry(entry) => self.entry(entry),
                        Member::Spread(e) => self.expr(e),
                    }
                }
            }
            ExprKind::Path(path) => self.path(path),
            ExprKind::Local { name, steps } => {
                self.name(name);
                self.0.extend(steps.iter().map(|step| step.span));
            }
            ExprKind::Call { function, arguments } => {
                self.name(function);
                self.exprs(arguments);
            }
            ExprKind::Not(e) | ExprKind::Presence { value: e, .. } => self.expr(e),
            ExprKind::TypeTest { value, ty } => {
                self.expr(value);
                self.name(ty);
            }
            ExprKind::Matches { value, pattern } => {
                self.expr(value);
                self.0.push(pattern.span);
                if let Pattern::Glob(parts) = &pattern.node {
                    self.parts(parts);
                }
            }
            ExprKind::Quantifier { variable, list, body, .. } => {
                self.name(variable);
                self.exprs([&**list, &**body]);
            }
            ExprKind::Binary(_, left, right)
            | ExprKind::In { value: left, list: right, .. }
            | ExprKind::Has { value: left, member: right, .. } => {
                self.exprs([&**left, &**right]);
            }
            ExprKind::Changed { value, from } => {
                self.expr(value);
                self.choices(from);
            }
            ExprKind::Became { value, to, from } => {
                self.expr(value);
                self.choices(std::iter::once(to).chain(from));
            }
        }
    }
}
