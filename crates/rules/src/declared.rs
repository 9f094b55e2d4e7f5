//! The declarations of all files, by kind.

use distributary_syntax::ast::{
    Declaration, DeclarationKind, Destination, Expr, File, Ignore, Param, Rule, Schema, Source,
    Test,
};

/// Every declaration of a rule set, in the order of the sources. The places in these lists are
/// the program's indices.
#[derive(Debug, Default)]
pub(crate) struct Declared<'a> {
    pub(crate) params: Vec<(&'a Declaration, &'a Param)>,
    pub(crate) sources: Vec<(&'a Declaration, &'a Source)>,
    pub(crate) schemas: Vec<(&'a Declaration, &'a Schema)>,
    pub(crate) lets: Vec<(&'a Declaration, &'a Expr)>,
    pub(crate) lots: Vec<(&'a Declaration, &'a Destination)>,
    pub(crate) routes: Vec<(&'a Declaration, &'a Destination)>,
    pub(crate) rules: Vec<(&'a Declaration, &'a Rule)>,
    pub(crate) ignores: Vec<(&'a Declaration, &'a Ignore)>,
    pub(crate) tests: Vec<(&'a Declaration, &'a Test)>,
}

impl<'a> Declared<'a> {
    pub(crate) fn new(files: &'a [File]) -> Self {
        let mut declared = Declared::default();
        for declaration in files.iter().flat_map(|file| &file.declarations) {
            match &declaration.kind {
                DeclarationKind::Param(param) => declared.params.push((declaration, param)),
                DeclarationKind::Source(source) => declared.sources.push((declaration, source)),
                DeclarationKind::Let(expr) => declared.lets.push((declaration, expr)),
                DeclarationKind::Lot(lot) => declared.lots.push((declaration, lot)),
                DeclarationKind::Route(route) => declared.routes.push((declaration, route)),
                DeclarationKind::Rule(rule) => declared.rules.push((declaration, rule)),
                DeclarationKind::Schema(schema) => declared.schemas.push((declaration, schema)),
                DeclarationKind::Ignore(ignore) => declared.ignores.push((declaration, ignore)),
                DeclarationKind::Test(test) => declared.tests.push((declaration, test)),
            }
        }
        declared
    }
}
