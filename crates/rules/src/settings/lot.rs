//! `lot name = kind { … }`

use distributary_syntax::ast::{Declaration, Destination, Name};
use distributary_syntax::{Diagnostic, closest, codes};

use super::Settings;
use crate::fixed::Fixed;
use crate::lower::Lowering;
use crate::names::listed;
use crate::route::{Lot, LotPlace};
use crate::term::Term;

/// The kinds of lot, and what each has beside `then`.
const KINDS: [(&str, &[&str]); 4] = [
    ("sqs", &["queue"]),
    ("dynamodb", &["table"]),
    ("s3", &["bucket", "prefix"]),
    ("file", &["path"]),
];

impl Lowering<'_> {
    pub(crate) fn lot_declaration(&mut self, declaration: &Declaration, lot: &Destination) -> Lot {
        let kind = lot.kind.node.as_str();
        let known = KINDS.into_iter().find(|(name, _)| *name == kind);
        let (place, then) = if let Some((_, own)) = known {
            let names: Vec<&str> = own.iter().chain(&["then"]).copied().collect();
            let owner = format!("a lot of the kind `{kind}`");
            let settings = Settings::read(self, owner, &declaration.name, &lot.settings, &names);
            (self.lot_place(kind, &settings), self.lot("then", &settings))
        } else {
            self.refuse_kind(&lot.kind, "lot", &KINDS.map(|(name, _)| name));
            let nowhere = Fixed { term: Term::Unknown, span: lot.kind.span };
            (LotPlace::File { path: nowhere }, None)
        };
        Lot {
            name: declaration.name.node.as_str().into(),
            docs: declaration.docs.clone(),
            span: declaration.name.span,
            place,
            then,
        }
    }

    fn lot_place(&mut self, kind: &str, settings: &Settings<'_>) -> LotPlace {
        match kind {
            "sqs" => LotPlace::Sqs { queue: self.fixed("queue", settings) },
            "dynamodb" => LotPlace::DynamoDb { table: self.fixed("table", settings) },
            "s3" => LotPlace::S3 {
                bucket: self.fixed("bucket", settings),
                prefix: settings.get("prefix").map(|_| self.fixed("prefix", settings)),
            },
            _ => LotPlace::File { path: self.fixed("path", settings) },
        }
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

/// Refuses lots that lead back to themselves, one finding a circle, and ends it there.
pub(crate) fn end_circles(lots: &mut [Lot], findings: &mut Vec<Diagnostic>) {
    // From which lot each was come to first: every lot is walked over once.
    let mut seen_from = vec![None; lots.len()];
    for start in 0..lots.len() {
        let mut next = Some(start);
        while let Some(at) = next
            && let Some(seen) = seen_from.get_mut(at)
            && seen.is_none()
        {
            *seen = Some(start);
            next = lots.get(at).and_then(|lot| lot.then);
        }
        if let Some(at) = next.filter(|at| seen_from.get(*at) == Some(&Some(start))) {
            end_circle(lots, at, findings);
        }
    }
}

fn end_circle(lots: &mut [Lot], first: usize, findings: &mut Vec<Diagnostic>) {
    let then = |at: &usize| lots.get(*at).and_then(|lot| lot.then).filter(|next| *next != first);
    let circle = std::iter::successors(Some(first), then);
    let names: Vec<&str> = circle.filter_map(|at| Some(&*lots.get(at)?.name)).collect();
    let message = match names.as_slice() {
        [name, rest @ ..] if !rest.is_empty() => {
            let rest = listed(rest.iter().copied());
            format!("what `{name}` does not take would come back to it through {rest}")
        }
        names => {
            format!("what {} does not take would go there again", listed(names.iter().copied()))
        }
    };
    if let Some(lot) = lots.get_mut(first) {
        lot.then = None;
        let finding = Diagnostic::error(codes::LOT_CIRCLE, message, lot.span);
        findings.push(finding.help("let the last of them have no `then`"));
    }
}
