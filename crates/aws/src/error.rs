//! What keeps clients from being made.

/// Why AWS cannot be reached at all: one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Nothing in the environment gives credentials.
    #[error(
        "there are no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or \
         `AWS_PROFILE` to a profile that has some"
    )]
    NoCredentials,
    /// The profile that was named is not there, or has no credentials.
    #[error(
        "the profile `{0}` gives no AWS credentials: name one of those that `aws configure \
         list-profiles` prints"
    )]
    Profile(String),
    /// What gives credentials failed to, for this reason.
    #[error(
        "the AWS credentials cannot be had ({0}): set `AWS_ACCESS_KEY_ID` and \
         `AWS_SECRET_ACCESS_KEY`, or `AWS_PROFILE` to a profile that has some"
    )]
    Credentials(String),
    /// Neither the resource's name nor the environment says in which region it is.
    #[error(
        "nothing says in which region `{0}` is: set `AWS_REGION`, or give the ARN of what is meant"
    )]
    Region(String),
    /// What is to take the place of an AWS endpoint is no URL.
    #[error("`{0}` is not an endpoint: it has to begin with `http://` or `https://`")]
    EndpointUrl(String),
}
