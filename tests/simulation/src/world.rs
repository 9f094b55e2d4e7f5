//! The rules of every run: each change goes to a bus, a queue and a FIFO queue, unless a page has
//! rules of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use distributary_change::RawRecord;
use distributary_delivery::{Destination, Lot, LotPlace, Route};
use distributary_plan::Planner;
use distributary_rules::{Given, Program, check};
use distributary_syntax::Sources;

use crate::change::Change;

/// Which rules are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Every route parks in one ordered lot.
    Park,
    /// The same under other names, of the rule and of the routes.
    Renamed,
    /// The bus drops, and the queues block until a change is 20 s old.
    Policies,
    /// The routes without an order have a lot with another one behind it.
    Chain,
    /// A queue and a FIFO queue that try once, for runs that are made in every way there is.
    Small,
}

/// How much time of an invocation failures of a route may take, unless it says otherwise.
pub(crate) const WITHIN: Duration = Duration::from_secs(5);

/// How old a change gets on a route that blocks.
pub(crate) const MAX_BLOCK: Duration = Duration::from_secs(20);

fn text(rules: Rules) -> String {
    let [bus, work, ordered] = match rules {
        Rules::Park | Rules::Renamed => ["park: spare"; 3],
        Rules::Chain => ["park: front", "park: front", "park: spare"],
        Rules::Small => ["", "retry: 0  park: spare", "retry: 0  park: spare"],
        Rules::Policies => {
            let block = "on_failure: block  max_block: 20s  park: spare";
            ["on_failure: drop", block, block]
        }
    };
    let (rule, formerly, routes) = match rules {
        Rules::Renamed => ("recorded", "formerly written", ["exchange", "jobs", "line"]),
        _ => ("written", "", ["bus", "work", "ordered"]),
    };
    let formerly_route = |name| match rules {
        Rules::Renamed => format!("formerly {name}"),
        _ => String::new(),
    };
    let [exchange, jobs, line] = routes;
    let [of_exchange, of_jobs, of_line] = ["bus", "work", "ordered"].map(formerly_route);
    let (bus, to_bus) = match rules {
        Rules::Small => (String::new(), String::new()),
        _ => (
            format!(
                "route {exchange} = eventbridge {{ bus: \"shop\"  source: \"com.acme.shop\"  {bus}  \
                 {of_exchange} }}"
            ),
            format!("to {exchange} with {{ key: keys.pk, n: item.n }}"),
        ),
    };
    format!(
        r#"
source shop {{ table: "shop"  key: pk  view: NEW_IMAGE  park: spare }}
lot spare = dynamodb {{ table: "spare" }}
lot front = sqs {{ queue: "arn:aws:sqs:eu-central-1:123456789012:front"  then: back }}
lot back = s3 {{ bucket: "back" }}
{bus}
route {jobs} = sqs {{ queue: "arn:aws:sqs:eu-central-1:123456789012:work"  {work}  {of_jobs} }}
route {line} = sqs.fifo {{
  queue: "arn:aws:sqs:eu-central-1:123456789012:ordered.fifo"
  {ordered}  {of_line}
}}
rule {rule} {{
  on INSERT {formerly}
  {to_bus}
  to {jobs} with {{ key: keys.pk, n: item.n }}
  to {line} with {{ key: keys.pk, n: item.n }}
}}
"#
    )
}

/// Seconds since the epoch at the start of every run.
pub(crate) const EPOCH: i64 = 1_790_000_000;

/// Rules that are ready to run.
pub(crate) struct World {
    pub(crate) program: Arc<Program>,
    pub(crate) planner: Planner,
    pub(crate) routes: Vec<Route>,
    pub(crate) lots: Vec<Lot>,
    /// Every route gets every change.
    everything: bool,
    /// The routes of the others, by change: every run asks again.
    sent: Mutex<BTreeMap<usize, BTreeSet<usize>>>,
}

/// By the order in which [`Rules`] lists them.
static WORLDS: LazyLock<[World; 5]> = LazyLock::new(|| {
    [Rules::Park, Rules::Renamed, Rules::Policies, Rules::Chain, Rules::Small]
        .map(|rules| World { everything: true, ..World::new(text(rules)) })
});

impl World {
    pub(crate) fn of(rules: Rules) -> &'static Self {
        &WORLDS[rules as usize]
    }

    /// The rules that this text is.
    pub(crate) fn new(text: String) -> Self {
        let mut sources = Sources::new();
        sources.add("simulation.rules", text);
        let checked = check(&sources, &Given::default());
        assert!(!checked.has_errors(), "{:#?}", checked.diagnostics);
        let resolved = checked.program.resolve().unwrap();
        let program = Arc::new(checked.program);
        World {
            planner: Planner::new(program.clone()),
            program,
            routes: resolved.routes,
            lots: resolved.lots,
            everything: false,
            sent: Mutex::default(),
        }
    }

    /// Whether the rules send a change to the route with this index.
    pub(crate) fn sends(&self, change: &Change, route: usize) -> bool {
        if change.is_undecodable() || self.everything {
            return !change.is_undecodable();
        }
        let plan = || self.planner.plan(&[RawRecord { bytes: change.raw() }]).deliveries;
        let routes = || plan().into_iter().map(|delivery| delivery.route).collect();
        let mut sent = self.sent.lock().unwrap();
        sent.entry(change.number()).or_insert_with(routes).contains(&route)
    }
}

/// Whether a route promises an order.
pub(crate) fn is_ordered(route: &Route) -> bool {
    matches!(route.destination, Destination::Sqs { fifo: true, .. })
}

/// Whether a lot keeps the order of groups.
pub(crate) fn keeps_order(lot: &Lot) -> bool {
    matches!(lot.place, LotPlace::DynamoDb { .. })
}
