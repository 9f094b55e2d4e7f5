//! `rulesc iam`

mod streams;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use distributary_cli::{Exit, Findings, Loaded, OutputFormat, Part, StageArgs, load};
use distributary_delivery::Arn;
use distributary_deploy::RulesAt;
use distributary_deploy::policy::{
    Home, Missing, Purpose, Resource, Surroundings, foreign, policy,
};
use distributary_rules::{Program, Scope};
use serde_json::{Value, json};

/// Derive the permissions of the function from the rules
///
/// One action for each call that is really made, on the ARNs that the rules name. Nothing is asked of
/// an account. Exits with 2 where an address has no value.
#[derive(Debug, Args)]
pub(crate) struct Iam {
    /// A file or directory of rules
    #[arg(default_value = ".")]
    rules: PathBuf,

    /// The stream of a source: its ARN or, in a template, the logical id of its table; the source may
    /// be left out where there is one
    #[arg(long = "stream", value_name = "[SOURCE=]WHERE")]
    streams: Vec<String>,

    /// The table of the ledger: its ARN, or its logical id
    #[arg(long, value_name = "WHERE")]
    ledger: Option<String>,

    /// The log group of the function: its ARN, or its logical id
    #[arg(long, value_name = "WHERE")]
    log_group: Option<String>,

    /// The bucket to which event source mappings give up what they cannot deliver: its ARN, or its
    /// logical id
    #[arg(long, value_name = "WHERE")]
    on_failure: Option<String>,

    /// Where the function finds its rules: layer:ARN, or s3://BUCKET/KEY?versionId=ID; in its zip
    /// unless told
    #[arg(long, value_name = "WHERE")]
    rules_from: Option<RulesAt>,

    /// A key of AWS KMS with which something that the function uses is encrypted, where it is not
    /// AWS's own: its ARN, or its logical id
    #[arg(long = "key", value_name = "WHERE")]
    keys: Vec<String>,

    /// In a template, take a parameter's value from another resource; the attribute is `Arn` unless
    /// it is written
    #[arg(long = "getatt", value_name = "PARAM=LOGICAL_ID[.ATTRIBUTE]", value_parser = reference)]
    references: Vec<(String, (String, String))>,

    #[command(flatten)]
    part: Part,

    /// Who is granted something
    #[arg(long = "for", value_name = "WHO", default_value = "function")]
    who: Who,

    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,

    /// Instead, print what the owners of targets in other accounts have to allow
    #[arg(long, requires = "principal")]
    resource_policies: bool,

    /// The function's role, for --resource-policies
    #[arg(long, value_name = "ROLE_ARN", requires = "resource_policies")]
    principal: Option<String>,

    #[command(flatten)]
    stage: StageArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Who {
    /// The function
    Function,
    /// Whoever redrives lots and pauses routes
    Operator,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A policy document
    Json,
    /// A policy document with the intrinsic functions of CloudFormation
    Cfn,
}

fn reference(text: &str) -> Result<(String, (String, String)), String> {
    let (param, to) = text.split_once('=').unwrap_or((text, ""));
    let (of, name) = to.split_once('.').unwrap_or((to, "Arn"));
    if param.is_empty() || name.is_empty() || !is_logical_id(of) {
        return Err("write it as `queue=OrdersQueue` or `queue=OrdersQueue.Arn`".to_owned());
    }
    Ok((param.to_owned(), (of.to_owned(), name.to_owned())))
}

/// The ARNs of buckets have neither region nor account.
fn is_bucket(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts.as_slice(), ["arn", _, "s3", "", "", name] if !name.is_empty())
}

fn is_logical_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Iam {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let mut loaded = load(&self.rules, &self.stage, Scope::None, &mut findings)?;
        if self.part.is_named() {
            (_, loaded) = self.part.of(loaded)?;
        }
        let Loaded { program, .. } = loaded.settled(Scope::Conditions, &mut findings)?;
        let document = match &self.principal {
            Some(role) => resource_policies(&program, role)?,
            None => self.policy(&program)?,
        };
        writeln!(std::io::stdout(), "{document:#}")?;
        Ok(Exit::Fine)
    }

    fn policy(&self, program: &Program) -> anyhow::Result<Value> {
        let purpose = match self.who {
            Who::Function => Purpose::Function,
            Who::Operator => Purpose::Operator,
        };
        let mut surroundings = Surroundings {
            ledger: self.place("ledger", self.ledger.as_deref(), "")?,
            log_group: self.place("log-group", self.log_group.as_deref(), ":*")?,
            on_failure: self.place("on-failure", self.on_failure.as_deref(), "")?,
            rules: self.rules_from.clone().unwrap_or_default(),
            references: self.references(program)?,
            ..Surroundings::default()
        };
        for key in &self.keys {
            surroundings.keys.extend(self.place("key", Some(key), "")?);
        }
        let streams = self.given_streams(program)?;
        surroundings.home = match self.format {
            Format::Json => self.home(&streams),
            Format::Cfn => Some(Home::Template),
        };
        if purpose == Purpose::Function {
            surroundings.streams = self.streams(program, &streams)?;
            if surroundings.log_group.is_none() {
                anstream::eprintln!("note: nothing allows logs: name the group with `--log-group`");
            }
        }
        policy(program, &surroundings, purpose).map_err(|missing| unknown(program, &missing))
    }

    /// An ARN, or a logical id where a template is written.
    fn place(&self, flag: &str, text: Option<&str>, end: &str) -> anyhow::Result<Option<Resource>> {
        let Some(text) = text else { return Ok(None) };
        if Arn::parse(text).is_some() || is_bucket(text) {
            let whole = if text.ends_with(end) { "" } else { end };
            return Ok(Some(Resource::arn(text).then(whole)));
        }
        if self.format == Format::Cfn && is_logical_id(text) {
            return Ok(Some(Resource::attribute(text, "Arn")));
        }
        bail!("`--{flag} {text}` is no ARN; only `--format cfn` takes the logical id of a resource")
    }

    fn references(&self, program: &Program) -> anyhow::Result<BTreeMap<String, (String, String)>> {
        if self.format == Format::Json && !self.references.is_empty() {
            bail!("`--getatt` is for templates: write `--format cfn`, too");
        }
        for (name, _) in &self.references {
            if !program.params().iter().any(|param| *param.name == **name) {
                bail!("`--getatt` names `{name}`, which is no parameter of these rules");
            }
        }
        Ok(self.references.iter().cloned().collect())
    }

    /// The function runs where its streams are.
    fn home(&self, streams: &BTreeMap<String, &str>) -> Option<Home> {
        let others = [self.ledger.as_deref(), self.log_group.as_deref()];
        let arns = streams.values().copied().chain(others.into_iter().flatten());
        let Arn { partition, region, account, .. } = arns.filter_map(Arn::parse).next()?;
        Some(Home::Known { partition, region, account })
    }
}

fn unknown(program: &Program, missing: &[Missing]) -> anyhow::Error {
    let each = missing.iter().map(|Missing { of, param }| {
        match param.and_then(|param| program.params().get(param)) {
            Some(param) => {
                format!("`{of}` (`--param {0}=…`, or in a template `--getatt {0}=…`)", param.name)
            }
            None => format!("`{of}`"),
        }
    });
    let each = each.collect::<Vec<_>>().join(", ");
    anyhow!(
        "it is not known where these are: {each}; for what has a name and no ARN, `--stream ARN` \
         says the region and the account"
    )
}

fn resource_policies(program: &Program, role: &str) -> anyhow::Result<Value> {
    // The ARNs of roles have no region.
    let account = match role.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "iam", "", account, name] if name.starts_with("role/") => *account,
        _ => bail!("`--principal {role}` is not the ARN of a role"),
    };
    if let Err(missing) = program.settle_params(Scope::All) {
        let messages: Vec<_> = missing.into_iter().map(|finding| finding.message).collect();
        bail!("{}", messages.join(", and "));
    }
    let policies: Vec<Value> = foreign(program, role, account)
        .into_iter()
        .map(|foreign| json!({ "resource": foreign.resource, "policy": foreign.policy }))
        .collect();
    Ok(json!({ "version": 1, "policies": policies }))
}
