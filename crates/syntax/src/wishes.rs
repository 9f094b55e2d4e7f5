//! What the rules of the grammar are called in messages.

use crate::grammar::Rule;

pub(crate) const VALUE: &str = "a value";
pub(crate) const OPERATOR: &str = "an operator";
pub(crate) const CLAUSE: &str = "a clause";
pub(crate) const STEP: &str = "a step";
pub(crate) const TYPE: &str = "a type";

/// What a rule is called, where it is worth a mention.
pub(crate) fn wish(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::declared => "a name",
        Rule::reference => "the name of a declaration",
        Rule::type_expr | Rule::single_type | Rule::type_word => TYPE,
        Rule::value_type => "the name of a type",
        Rule::type_name => "a type such as `string` or `arn`",
        Rule::target_kind => "a kind such as `sqs` or `sns.fifo`",
        Rule::event => "an event type",
        Rule::expr | Rule::value => VALUE,
        Rule::path | Rule::root | Rule::base => "a path",
        Rule::variable => "the name of a variable",
        Rule::setting_name => "a setting",
        Rule::entry | Rule::typed | Rule::key => "an entry",
        Rule::field => "the name of an attribute",
        Rule::position | Rule::count => "a number",
        Rule::text => "a text in quotes",
        Rule::comparison | Rule::and | Rule::coalesce => OPERATOR,
        Rule::step_given
        | Rule::step_insert
        | Rule::step_modify
        | Rule::step_remove
        | Rule::step_expire
        | Rule::step_events
        | Rule::kw_given
        | Rule::kw_insert
        | Rule::kw_modify
        | Rule::kw_remove
        | Rule::kw_expire
        | Rule::kw_events => STEP,
        Rule::expectation | Rule::kw_expect => "`expect`",
        Rule::kw_in => "`in`",
        Rule::kw_from => "`from`",
        Rule::kw_when => "`when`",
        Rule::kw_with | Rule::assigned => "`with`",
        Rule::kw_on | Rule::kw_to => CLAUSE,
        Rule::open_brace => "`{`",
        Rule::close_brace => "`}`",
        Rule::close_bracket => "`]`",
        Rule::open_paren => "`(`",
        Rule::close_paren => "`)`",
        Rule::close_angle => "`>`",
        Rule::arrow => "`->`",
        Rule::becomes => "`=>`",
        Rule::alternative => "`|`",
        Rule::comma | Rule::event_comma => "`,`",
        Rule::colon => "`:`",
        Rule::assign => "`=`",
        Rule::EOI => "the next declaration",
        _ => return None,
    })
}
