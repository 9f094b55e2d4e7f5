//! What takes the place of AWS in a build without it: a message that says so.

use std::sync::Arc;
use std::time::Duration;

use distributary_delivery::{Arn, Route};
use distributary_router::Target;

use crate::browse::Browse;
use crate::connect::ConnectError;

pub(crate) enum Aws {}

impl Aws {
    pub(crate) async fn load(name: &Arc<str>, _: Option<&str>) -> Result<Self, ConnectError> {
        Err(ConnectError::WithoutAws(name.clone()))
    }

    pub(crate) fn event_bus(
        &self,
        _: &Route,
        _: &str,
        _: &str,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        match *self {}
    }

    pub(crate) async fn queue(
        &self,
        _: &Route,
        _: &Arn,
        _: Option<Duration>,
        _: bool,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        match *self {}
    }

    pub(crate) fn topic(
        &self,
        _: &Route,
        _: &Arn,
        _: bool,
    ) -> Result<Arc<dyn Target>, ConnectError> {
        match *self {}
    }

    pub(crate) async fn queue_lot(
        &self,
        _: &Arc<str>,
        _: &Arn,
    ) -> Result<Arc<dyn Browse>, ConnectError> {
        match *self {}
    }

    pub(crate) fn table_lot(&self, _: &str) -> Result<Arc<dyn Browse>, ConnectError> {
        match *self {}
    }

    pub(crate) fn bucket_lot(&self, _: &str, _: &str) -> Result<Arc<dyn Browse>, ConnectError> {
        match *self {}
    }
}
