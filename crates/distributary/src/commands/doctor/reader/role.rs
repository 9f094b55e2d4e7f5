//! The policies of a role.

use distributary_aws::api::{Api, ApiError, IAM};
use distributary_doctor::{Document, Role, Seen};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::Ask;
use super::{Reader, TIMEOUT};

const MISSING: &str = "NoSuchEntity";

/// The part of an answer that it is about, whatever that is called.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<T> {
    #[serde(
        alias = "ListRolePoliciesResult",
        alias = "GetRolePolicyResult",
        alias = "ListAttachedRolePoliciesResult",
        alias = "GetPolicyResult",
        alias = "GetPolicyVersionResult"
    )]
    result: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Names {
    policy_names: List<String>,
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default = "Vec::new", rename = "member")]
    members: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Own {
    policy_document: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    attached_policies: List<Managed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Managed {
    policy_name: String,
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    default_version_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Versioned {
    policy_version: Version,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    document: String,
}

/// What is there, or else the same of the whole.
macro_rules! there {
    ($seen:expr) => {
        match $seen {
            Seen::There(it) => it,
            Seen::Missing => return Seen::Missing,
            Seen::Unseen(why) => return Seen::Unseen(why),
        }
    };
}

impl Reader {
    /// All policies of a role. It has 20 of others at most, and its own together 10,240 characters: no
    /// list has a second page.
    pub(in super::super) async fn role(&self, arn: &str) -> Seen<Role> {
        let name = arn.rsplit('/').next().unwrap_or(arn);
        let role = ("RoleName", name);
        let iam = match self.aws.api(&IAM, TIMEOUT) {
            Ok(iam) => iam,
            Err(error) => return Ask::new("iam:ListRolePolicies", arn).unseen(false, &error),
        };
        let mut documents = Vec::new();
        let names: Names = there!(ask(&iam, "iam:ListRolePolicies", arn, &[role]).await);
        for name in names.policy_names.members {
            let fields = [role, ("PolicyName", name.as_str())];
            let own: Own = there!(ask(&iam, "iam:GetRolePolicy", arn, &fields).await);
            documents.push(Document { document: document(&own.policy_document), arn: None, name });
        }
        let attached: Attached =
            there!(ask(&iam, "iam:ListAttachedRolePolicies", arn, &[role]).await);
        for Managed { policy_name, policy_arn } in attached.attached_policies.members {
            let policy = ("PolicyArn", policy_arn.as_str());
            let it: Described = there!(ask(&iam, "iam:GetPolicy", &policy_arn, &[policy]).await);
            let fields = [policy, ("VersionId", it.policy.default_version_id.as_str())];
            let it: Versioned =
                there!(ask(&iam, "iam:GetPolicyVersion", &policy_arn, &fields).await);
            let document = document(&it.policy_version.document);
            documents.push(Document { name: policy_name, arn: Some(policy_arn), document });
        }
        Seen::There(Role { documents })
    }
}

/// An action of IAM, whose name is that of its operation.
async fn ask<T: DeserializeOwned>(
    iam: &Api,
    action: &'static str,
    resource: &str,
    fields: &[(&str, &str)],
) -> Seen<T> {
    let operation = action.trim_start_matches("iam:");
    let answer: Result<String, ApiError> = iam.query(operation, fields).await;
    Ask::new(action, resource).xml::<Answer<T>>(answer, &[MISSING]).map(|answer| answer.result)
}

/// A policy document comes percent-encoded.
fn document(text: &str) -> Value {
    let text = percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_default()
}
