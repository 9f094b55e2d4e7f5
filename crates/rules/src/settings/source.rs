//! `source name { table key view park }`

use distributary_change::StreamView;
use distributary_syntax::ast::{self, Declaration, ExprKind, Setting};

use super::Settings;
use crate::lower::Lowering;
use crate::program::Source;

const VIEWS: [StreamView; 4] =
    [StreamView::NewAndOldImages, StreamView::NewImage, StreamView::OldImage, StreamView::KeysOnly];

impl Lowering<'_> {
    pub(crate) fn source(&mut self, declaration: &Declaration, written: &ast::Source) -> Source {
        for guard in &written.guards {
            self.not_yet("guards such as `only when`", guard.span);
        }
        let known = ["table", "key", "view", "park"];
        let settings =
            Settings::read(self, "a source", &declaration.name, &written.settings, &known);
        let table = self.fixed("table", &settings);
        let view = self.choice_of("view", &settings, &VIEWS.map(StreamView::as_str));
        Source {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            table: table.text(&self.params),
            key: settings.get("key").map(|key| self.key(key)).unwrap_or_default(),
            view: view.and_then(StreamView::parse),
            park: self.lot(&settings),
            table_setting: table,
            view_span: settings.get("view").map(|view| view.name.span),
        }
    }

    /// `key: pk, sk`: names of attributes, in quotes where they are no identifiers.
    fn key(&mut self, setting: &Setting) -> Vec<String> {
        let mut names = Vec::new();
        for expr in &setting.values {
            match &expr.kind {
                ExprKind::Name(name) => names.push(name.clone()),
                ExprKind::Text(parts) => match parts.as_slice() {
                    [distributary_syntax::ast::TextPart::Literal(name)] => names.push(name.clone()),
                    _ => self.refuse_value(setting, expr, "names of attributes"),
                },
                _ => self.refuse_value(setting, expr, "names of attributes, such as `pk, sk`"),
            }
        }
        if let [_, _, third, ..] = setting.values.as_slice() {
            self.refuse_value(
                setting,
                third,
                "the partition key and, if there is one, the sort key",
            );
        }
        names
    }
}
