//! Where a function runs, and what is named without that.

use distributary_delivery::Arn;
use distributary_deploy::policy::Home;

use crate::facts::Function;

/// The partition, region and account of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here(Arn);

impl Here {
    /// `None` for a function whose ARN is none.
    pub(crate) fn of(function: &Function) -> Option<Self> {
        Arn::parse(&function.function_arn).map(Here)
    }

    pub(crate) fn region(&self) -> &str {
        &self.0.region
    }

    /// The ARN of something here.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        let Arn { partition, region, account, .. } = &self.0;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// As the derived policy wants it.
    pub(crate) fn home(&self) -> Home {
        let Arn { partition, region, account, .. } = self.0.clone();
        Home::Known { partition, region, account }
    }

    /// Whether something is known to be in another account.
    pub(crate) fn is_elsewhere(&self, arn: &str) -> bool {
        Arn::parse(arn).is_some_and(|arn| arn.account != self.0.account)
    }
}

/// The region in an ARN.
#[must_use]
pub fn region_of(arn: &str) -> Option<String> {
    Arn::parse(arn).map(|arn| arn.region)
}
