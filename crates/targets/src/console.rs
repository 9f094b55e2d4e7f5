//! JSON lines on standard output.

use std::io::{ErrorKind, Write};
use std::sync::Arc;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message};
use distributary_router::{Failure, Limits, Target};

use crate::line;

pub(crate) struct ConsoleTarget {
    route: Arc<str>,
}

impl ConsoleTarget {
    pub(crate) fn new(route: &Arc<str>) -> Self {
        ConsoleTarget { route: route.clone() }
    }
}

#[async_trait]
impl Target for ConsoleTarget {
    fn limits(&self) -> Limits {
        line::LIMITS
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        Ok(message.body.len())
    }

    /// All lines go out in one piece, so that no other route's can come between them. A reader that
    /// went away, such as `head`, has seen what it wanted: that is no failure of the route.
    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let lines = line::lines(&self.route, batch).map_err(Failure::permanent)?;
        let mut output = std::io::stdout().lock();
        match output.write_all(&lines).and_then(|()| output.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::permanent(
                format!("cannot write to standard output: {}", error.kind()),
            )),
            _ => Ok(vec![Ok(()); batch.len()]),
        }
    }
}
