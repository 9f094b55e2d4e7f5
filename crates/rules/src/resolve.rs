//! Filling in what only a stage knows: parameters.

use std::collections::BTreeSet;

use distributary_delivery as delivery;
use distributary_syntax::{Diagnostic, codes};

use crate::fixed::Fixed;
use crate::given::variable;
use crate::program::{Param, Program};
use crate::reads::Read;
use crate::route::{Lot, LotPlace, Place, Route};

/// Which parameters have to have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All that are used.
    All,
    /// Those that decide which rules fire and what is sent; not those that only say where to.
    Conditions,
    /// None: who asks only wants names.
    None,
}

/// Routes and lots with every parameter filled in, in the program's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The routes.
    pub routes: Vec<delivery::Route>,
    /// The lots.
    pub lots: Vec<delivery::Lot>,
}

impl Program {
    /// Makes sure that every parameter that is needed has a value, or gets it where the rules run.
    ///
    /// # Errors
    /// One for each that has none, in the order of their declarations.
    pub fn settle_params(&self, scope: Scope) -> Result<(), Vec<Diagnostic>> {
        let used = self.used_params(scope).into_iter().filter_map(|param| self.params.get(param));
        let missing: Vec<Diagnostic> =
            used.filter(|param| param.value.is_none() && !param.open).map(missing).collect();
        if missing.is_empty() { Ok(()) } else { Err(missing) }
    }

    /// The parameters that are needed, by index.
    #[must_use]
    pub fn used_params(&self, scope: Scope) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        if scope == Scope::None {
            return used;
        }
        let mut read = |read: Read<'_>| {
            if let Read::Param(param) = read {
                used.insert(param);
            }
        };
        for source in &self.sources {
            source.table_setting.term.reads(false, &mut read);
            source.guards.iter().for_each(|guard| guard.when.reads(&mut read));
        }
        let ignored = self.ignores.iter().filter_map(|ignore| ignore.when.as_ref());
        ignored.for_each(|when| when.reads(&mut read));
        for rule in &self.rules {
            if let Some(when) = &rule.when {
                when.reads(&mut read);
            }
            rule.outputs.iter().filter_map(|o| o.with.as_ref()).for_each(|w| w.reads(&mut read));
        }
        for route in &self.routes {
            route.per_message.reads(&mut read);
        }
        if scope == Scope::All {
            used.extend(self.placed_params());
        }
        used
    }

    /// The routes and lots as the router and the targets need them.
    ///
    /// # Errors
    /// One for each parameter without a value and each value that its service would refuse; none,
    /// where the program has errors of its own.
    pub fn resolve(&self) -> Result<Resolved, Vec<Diagnostic>> {
        self.settle_params(Scope::All)?;
        let mut findings = Vec::new();
        self.check_places(&mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        let routes = self.routes.iter().map(|route| self.route(route)).collect();
        let lots = self.lots.iter().map(|lot| self.lot(lot)).collect();
        match (routes, lots) {
            (Some(routes), Some(lots)) => Ok(Resolved { routes, lots }),
            _ => Err(findings),
        }
    }

    fn route(&self, route: &Route) -> Option<delivery::Route> {
        let text = |fixed: &Fixed| fixed.text(&self.params);
        let arn = |fixed: &Fixed| delivery::Arn::parse(&text(fixed)?);
        let fifo = route.kind.is_fifo();
        let destination = match &route.place {
            Place::EventBridge { bus, source } => {
                delivery::Destination::EventBridge { bus: text(bus)?, source: text(source)? }
            }
            Place::Queue(queue) => {
                delivery::Destination::Sqs { queue: arn(queue)?, delay: route.delay, fifo }
            }
            Place::Topic(topic) => delivery::Destination::Sns { topic: arn(topic)?, fifo },
            Place::Console => delivery::Destination::Console,
            Place::File(path) => delivery::Destination::File { path: text(path)?.into() },
        };
        Some(delivery::Route {
            name: route.name.clone(),
            known_as: route.known_as().clone(),
            destination,
            timeout: route.timeout,
            retry: route.retry,
            within: route.within,
            concurrency: route.concurrency as usize,
            on_failure: route.on_failure,
            oversize: route.oversize,
        })
    }

    fn lot(&self, lot: &Lot) -> Option<delivery::Lot> {
        let place = match &lot.place {
            LotPlace::Sqs { queue } => {
                let queue = delivery::Arn::parse(&queue.text(&self.params)?)?;
                delivery::LotPlace::Sqs { queue }
            }
            LotPlace::DynamoDb { table } => {
                delivery::LotPlace::DynamoDb { table: table.text(&self.params)? }
            }
            LotPlace::S3 { bucket, prefix } => delivery::LotPlace::S3 {
                bucket: bucket.text(&self.params)?,
                prefix: match prefix {
                    Some(prefix) => prefix.text(&self.params)?,
                    None => String::new(),
                },
            },
            LotPlace::File { path } => {
                delivery::LotPlace::File { path: path.text(&self.params)?.into() }
            }
        };
        Some(delivery::Lot { name: lot.name.clone(), place, then: lot.then })
    }
}

fn missing(param: &Param) -> Diagnostic {
    let Param { name, env, span, .. } = param;
    let also = env.as_ref().map(|env| format!(" or `{env}`")).unwrap_or_default();
    let help = format!(
        "pass `--param {name}=…`, set the environment variable `{}`{also}, or write it under \
         `[params]` in `rules.toml`",
        variable(name)
    );
    let message = format!("the parameter `{name}` has no value");
    Diagnostic::error(codes::PARAM_MISSING, message, *span).help(help)
}
