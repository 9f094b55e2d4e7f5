//! Looks at a deployment: one call for each thing, and nothing that changes anything.

mod answer;
mod places;
mod role;

use std::time::Duration;

use anyhow::bail;
use distributary_aws::Aws;
use distributary_aws::api::{Api, CLOUDFORMATION, LAMBDA};
use distributary_doctor::{Function, Mapping, Seen, region_of};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use self::answer::{Ask, xml};

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The logical id of the function in a template.
const FUNCTION: &str = "Function";

/// Error codes of credentials that nobody knows: nothing else could be seen either.
const STRANGER: [&str; 5] = [
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Looks at a function and what belongs to it.
pub(super) struct Reader {
    aws: Aws,
    lambda: Api,
    name: String,
    /// Where names stand for something: the region and account of the function, where it was seen.
    home: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    event_source_mappings: Vec<Mapping>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    describe_stack_resource_result: Resource,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    stack_resource_detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    physical_resource_id: String,
}

impl Reader {
    /// Of a function by name or ARN.
    pub(super) fn new(aws: &Aws, name: &str) -> anyhow::Result<Self> {
        let aws = match region_of(name) {
            Some(region) => aws.in_region(&region),
            None => aws.clone(),
        };
        let lambda = aws.api(&LAMBDA, TIMEOUT)?;
        Ok(Reader { aws, lambda, name: name.to_owned(), home: None })
    }

    /// The name of the function that a stack of the template has.
    pub(super) async fn function_of_stack(aws: &Aws, stack: &str) -> anyhow::Result<String> {
        let api = aws.api(&CLOUDFORMATION, TIMEOUT)?;
        let fields = [("StackName", stack), ("LogicalResourceId", FUNCTION)];
        match api.query("DescribeStackResource", &fields).await {
            Ok(answer) => match xml::<Described>(&answer) {
                Some(it) => {
                    Ok(it.describe_stack_resource_result.stack_resource_detail.physical_resource_id)
                }
                None => bail!("what CloudFormation says of the stack `{stack}` could not be read"),
            },
            Err(error) => bail!(
                "the function of the stack `{stack}` cannot be found ({error}): name another stack \
                 with `--stack`, or the function with `--function`"
            ),
        }
    }

    /// The function.
    ///
    /// # Errors
    /// The service cannot be reached, or knows none of these credentials.
    pub(super) async fn function(&self) -> anyhow::Result<Seen<Function>> {
        let path = format!("/2015-03-31/functions/{}/configuration", encoded(&self.name));
        let answer = self.lambda.rest("GET", &path, None).await;
        if let Err(error) = &answer
            && (error.status.is_none() || STRANGER.iter().any(|code| error.is(code)))
        {
            bail!("the function `{}` cannot be looked at: {error}", self.name);
        }
        let ask = Ask::new("lambda:GetFunctionConfiguration", &self.name);
        Ok(ask.json(answer, &["ResourceNotFoundException"]))
    }

    /// Its event source mappings.
    pub(super) async fn mappings(&self) -> Seen<Vec<Mapping>> {
        let ask = Ask::new("lambda:ListEventSourceMappings", "*");
        let base =
            format!("/2015-03-31/event-source-mappings/?FunctionName={}", encoded(&self.name));
        let mut all = Vec::new();
        let mut path = base.clone();
        loop {
            let answer = self.lambda.rest("GET", &path, None).await;
            match ask.json::<Page>(answer, &["ResourceNotFoundException"]) {
                Seen::There(page) => {
                    all.extend(page.event_source_mappings);
                    let Some(marker) = page.next_marker.filter(|marker| !marker.is_empty()) else {
                        return Seen::There(all);
                    };
                    path = format!("{base}&Marker={}", encoded(&marker));
                }
                Seen::Missing => return Seen::Missing,
                Seen::Unseen(why) => return Seen::Unseen(why),
            }
        }
    }

    /// The same, once it is known where the function is.
    pub(super) fn at(mut self, function: Option<&Function>) -> Self {
        if let Some(arn) = function.map(|function| &function.function_arn) {
            if let Some(region) = region_of(arn) {
                self.aws = self.aws.in_region(&region);
            }
            self.home = Some(arn.clone());
        }
        self
    }

    /// The settings for what is in the region of this ARN, or where the function is.
    fn aws_of(&self, arn: &str) -> Aws {
        match region_of(arn) {
            Some(region) => self.aws.in_region(&region),
            None => self.aws.clone(),
        }
    }

    /// The ARN of something by name, or the name where it is not known where that is.
    fn arn(&self, service: &str, resource: &str) -> String {
        let home: Vec<&str> = self.home.as_deref().unwrap_or_default().split(':').collect();
        match home.as_slice() {
            [_, partition, _, region, account, ..] => {
                format!("arn:{partition}:{service}:{region}:{account}:{resource}")
            }
            _ => resource.to_owned(),
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
