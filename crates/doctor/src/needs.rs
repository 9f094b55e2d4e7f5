//! What rules need of their deployment.

use distributary_rules::Program;
use distributary_ruleset::Deploy;

/// What one function has to be deployed with.
#[derive(Debug, Clone)]
pub struct Needs<'p> {
    /// What the function was called by who asks.
    pub function: &'p str,
    /// The rules that it runs, with the parameters that it has: those of its sources alone.
    pub program: &'p Program,
    /// The hash of what the rules and `rules.toml` say for the stage.
    pub text_hash: &'p str,
    /// What `rules.toml` sets of the function and of its mappings.
    pub deploy: &'p Deploy,
    /// Variables whose values the function has to have: those of the stage and of parameters that
    /// were asked for.
    pub asked: &'p [(String, String)],
    /// Variables that parameters cannot take their values from, and why.
    pub refused: &'p [(String, String)],
    /// The stack that the function is in, as far as it is known.
    pub stack: Option<&'p str>,
    /// How `distributary` and `rulesc` are told of the rules: their path, stage and parameters, as
    /// words of a shell.
    pub rules: &'p str,
}
