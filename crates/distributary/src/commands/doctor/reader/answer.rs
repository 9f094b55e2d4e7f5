//! From an answer to what was seen.

use std::fmt::Display;

use distributary_aws::CallError;
use distributary_aws::api::ApiError;
use distributary_doctor::{Seen, Unseen};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is asked, as a policy would allow it.
pub(super) struct Ask {
    action: &'static str,
    resource: String,
}

impl Ask {
    pub(super) fn new(action: &'static str, resource: &str) -> Self {
        Ask { action, resource: resource.to_owned() }
    }

    /// An answer in JSON; with one of these codes the thing is not there.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        answer: Result<Value, ApiError>,
        missing: &[&str],
    ) -> Seen<T> {
        self.read(answer, missing, |value| serde_json::from_value(value).ok())
    }

    /// An answer in XML.
    pub(super) fn xml<T: DeserializeOwned>(
        &self,
        answer: Result<String, ApiError>,
        missing: &[&str],
    ) -> Seen<T> {
        self.read(answer, missing, |text| xml(&text))
    }

    fn read<A, T>(
        &self,
        answer: Result<A, ApiError>,
        missing: &[&str],
        read: impl FnOnce(A) -> Option<T>,
    ) -> Seen<T> {
        match answer {
            Ok(answer) => match read(answer) {
                Some(seen) => Seen::There(seen),
                None => self.unseen(false, &"the service's answer could not be read"),
            },
            Err(error) if missing.iter().any(|code| error.is(code)) => Seen::Missing,
            Err(error) => {
                let denied = error.status == Some(403) || error.code.as_deref().is_some_and(denies);
                match &error.code {
                    Some(code) => self.unseen(denied, code),
                    None => self.unseen(denied, &error),
                }
            }
        }
    }

    /// A call that has failed.
    pub(super) fn failed<T>(&self, error: &CallError, missing: &[&str]) -> Seen<T> {
        if missing.iter().any(|code| error.is(code)) {
            return Seen::Missing;
        }
        match &error.code {
            Some(code) => self.unseen(denies(code), code),
            None => self.unseen(false, &error.failure.reason),
        }
    }

    pub(super) fn unseen<T>(&self, denied: bool, reason: &dyn Display) -> Seen<T> {
        Seen::Unseen(Unseen {
            action: self.action.to_owned(),
            resource: self.resource.clone(),
            denied,
            reason: reason.to_string(),
        })
    }
}

/// Whether an error code refuses permission, in each service's spelling.
pub(super) fn denies(code: &str) -> bool {
    ["AccessDenied", "Authorization", "NotAuthorized", "Unauthorized"]
        .iter()
        .any(|word| code.contains(word))
}

pub(super) fn xml<T: DeserializeOwned>(text: &str) -> Option<T> {
    quick_xml::de::from_str(text).ok()
}
