//! `lot name = kind { … }`

use distributary_syntax::ast::{Declaration, Destination, Name};
use distributary_syntax::{closest, codes};

use super::Settings;
use crate::fixed::Fixed;
use crate::lower::Lowering;
use crate::names::listed;
use crate::route::{Lot, LotPlace};
use crate::term::Term;

impl Lowering<'_> {
    pub(crate) fn lot_declaration(&mut self, declaration: &Declaration, lot: &Destination) -> Lot {
        let place = match lot.kind.node.as_str() {
            "sqs" => LotPlace::Sqs { queue: self.lot_place("queue", declaration, lot) },
            kind @ ("dynamodb" | "s3") => {
                self.not_yet(&format!("kind `{kind}`"), lot.kind.span);
                LotPlace::File { path: Fixed { term: Term::Unknown, span: lot.kind.span } }
            }
            "file" => LotPlace::File { path: self.lot_place("path", declaration, lot) },
            _ => {
                self.refuse_kind(&lot.kind, "lot", &["sqs", "file"]);
                LotPlace::File { path: Fixed { term: Term::Unknown, span: lot.kind.span } }
            }
        };
        Lot {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            place,
        }
    }

    fn lot_place(&mut self, name: &str, declaration: &Declaration, lot: &Destination) -> Fixed {
        let owner = format!("a `{}` lot", lot.kind.node);
        let settings = Settings::read(self, owner, &declaration.name, &lot.settings, &[name]);
        self.fixed(name, &settings)
    }

    pub(super) fn refuse_kind(&mut self, kind: &Name, what: &str, known: &[&str]) {
        let message = format!("there is no kind of {what} `{}`", kind.node);
        let help = match closest(&kind.node, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the kinds of {what} are {}", listed(known.iter().copied())),
        };
        self.refuse(codes::UNKNOWN_KIND, kind.span, message, help);
    }
}
