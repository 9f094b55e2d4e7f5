//! Every code that a diagnostic can have. A number is never given a second meaning.

use crate::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $title:literal;)*) => {
        $($(#[$doc])* #[doc = $title] pub const $name: Code = Code($number);)*

        /// All codes with their titles, ascending.
        pub const ALL: &[(Code, &str)] = &[$(($name, $title)),*];
    };
}

codes! {
    // R0xx: files
    FILE_TOO_LARGE = 1, "a rules file is too large";
    NOT_UTF8 = 2, "a file is not UTF-8 text";
    MANIFEST_SYNTAX = 3, "`rules.toml` is not valid TOML";
    MANIFEST_KEY = 4, "`rules.toml` has a key that it does not know";
    MANIFEST_VALUE = 6, "`rules.toml` has a value that cannot stand there";
    INCLUDE = 7, "a directory cannot be included";
    DEPLOY_SOURCE = 8, "a function names what it cannot have";
    UNSERVED = 9, "no function serves a source";
    SHORT_FUNCTION = 10, "a function ends before a route has taken its time";
    PASSING_LOT = 11, "a lot ends with its function";
    LOCAL_ROUTE = 12, "a route leads nowhere from a function";

    // R1xx: syntax
    UNEXPECTED = 100, "something else was expected here";
    OPEN_TEXT = 101, "a text without an end";
    OPEN_BRACKET = 102, "a bracket that is never closed";
    STRAY_CLOSE = 103, "a bracket that closes nothing";
    TOO_DEEP = 104, "nested too deeply";
    FOREIGN_CHARACTER = 105, "a character that is no part of the language";
    UNKNOWN_DECLARATION = 106, "not a declaration";
    SPELLING = 108, "an operator or keyword is written differently";
    DIVISION = 109, "there is no division";
    CHAINED = 110, "comparisons do not chain";
    MISPLACED_NOT = 111, "`not` in the wrong place";
    CLAUSES = 112, "a clause is missing, repeated or in the wrong place";
    JSON_PATTERN = 113, "a JSON pattern instead of a condition";
    TYPE_WRAPPER = 114, "DynamoDB's type wrapper in a path or value";
    ESCAPE = 115, "an escape that texts do not have";
    NUMBER = 116, "not a number";
    NAME = 117, "not a name";
    ROOT = 118, "a path starts with something unknown";
    COMPUTED_NAME = 119, "a name with `${…}` in it";

    // R2xx: names and types
    UNKNOWN_NAME = 201, "a name that nothing declares";
    DECLARED_TWICE = 202, "a name is declared twice";
    UNKNOWN_KIND = 203, "no such kind of route or lot";
    UNKNOWN_SETTING = 204, "no such setting";
    MISSING_SETTING = 205, "a required setting is missing";
    REPEATED_SETTING = 206, "a setting is written twice";
    SETTING_VALUE = 207, "a setting cannot have this value";
    UNKNOWN_EVENT = 208, "no such kind of change";
    UNKNOWN_FIELD = 209, "a path leads to what cannot be there";
    UNKNOWN_TYPE = 210, "no such type";
    NOT_A_CONDITION = 211, "a value where a condition belongs";
    NOT_A_VALUE = 212, "a condition where a value belongs";
    TYPES_DIFFER = 213, "values of different types are compared";
    NEVER_THIS_VALUE = 214, "a value that is never taken";
    NO_ORDER = 215, "an order that the values do not have";
    NOT_A_NUMBER = 216, "arithmetic with something that is no number";
    NOT_ONE_VALUE = 217, "a list or object where a single value belongs";
    NOT_A_LIST = 218, "a single value where a list belongs";
    LET_RECURSION = 219, "a let is defined by itself";
    TOO_LARGE = 220, "an expression is too large with its lets expanded";
    POINTLESS_QUESTION = 221, "a question that makes no sense here";
    NOT_FIXED = 222, "a value that depends on the record where a fixed one belongs";
    REPEATED_KEY = 223, "a key of an object is written twice";
    NUMBER_RANGE = 224, "a number that DynamoDB cannot hold";
    NOT_A_TEXT = 225, "a search in or for something that is no text";
    NO_MEMBERS = 226, "membership in something that has no members";
    PARAM_VALUE = 227, "a parameter is given a value of the wrong type";
    PARAM_MISSING = 228, "a parameter that is needed has no value";
    PARAM_UNKNOWN = 229, "a value is given for a parameter that nothing declares";
    UNKNOWN_FUNCTION = 230, "no such function";
    ARGUMENTS = 231, "a function is given what it does not take";
    PATTERN = 232, "not a pattern that can be matched";
    SET_MEMBERS = 233, "a set of what no attribute can be a set of";
    ELEMENTS = 234, "`any` or `all` over what it cannot go through";
    FORMER_NAME = 235, "a former name that is not free";

    // R3xx: logic
    NEVER_FIRES = 301, "a rule can never fire";
    ADDS_NOTHING = 302, "a rule adds nothing to another";
    OVERLAP = 303, "two rules overlap on a route";
    CERTAIN_PART = 304, "a part of a condition is always or never true";
    OUT_OF_FUEL = 305, "a proof was given up";
    ABSENT_IMAGE = 310, "an image that this kind of change does not have";
    OPTIONAL_ORDER = 311, "an optional attribute in an order comparison under `not`";
    ABSENT_HOLDS = 312, "an exclusion that holds for every item without the attribute";
    GAP = 313, "a text has a gap where an attribute may be absent";
    UNUSED = 320, "nothing uses a declaration";

    // R4xx: routes and limits
    FIXED_SETTING = 401, "a fixed setting uses event data";
    DEDUP_UNORDERED = 402, "`dedup` on a route without deduplication";
    CANNOT_PARK = 403, "a route cannot park";
    NEVER_FITS = 404, "a payload that is always too large for its target";
    TIMEOUT = 405, "`timeout` is not below `within`";
    COARSE_GROUP = 406, "a group does not follow the item key";
    DETAIL_NOT_OBJECT = 407, "an EventBridge detail that is not certainly an object";
    WRONG_PLACE = 408, "not the address of such a destination";
    LOTS_DISAGREE = 409, "the sources of one route park in different lots";
    LIMIT = 410, "a setting is outside its limits";
    ROUTE_TWICE = 411, "a rule sends to one route twice";
    MAX_BLOCK = 412, "`max_block` without an effect";
    LOT_CIRCLE = 413, "a lot leads back to itself";
    ORDERED_CHAIN = 414, "a route that keeps an order parks in a chain of lots";

    // R5xx: sources and views
    POOR_VIEW = 501, "the view lacks an image that a rule reads";
    NO_SOURCE = 502, "a rule does not say which source it is for";
    SAME_TABLE = 503, "two sources of one table";
    EVERY_REGION = 504, "a guard lets items pass in every region";
    FILTER_ROOM = 505, "filters have no room for what the rules ask";
    SLOW = 506, "every record is decoded to answer a condition";

    // R6xx: tests
    UNTESTED = 601, "a rule without a test";
    TEST_RULE = 602, "a test names a rule that nothing declares";
    TEST_ROUTE = 603, "a test names a route that its rule does not send to";
    TEST_EVENTS = 604, "the captured events of a test cannot be read";
    TEST_FAILED = 605, "a test does not hold";
}

/// Numbers that meant something once, and mean nothing else.
pub const SPENT: &[u16] = &[5, 107];

/// The codes of findings about rules that can be used all the same: warnings and infos.
pub const ADVICE: &[Code] = &[
    UNSERVED,
    SHORT_FUNCTION,
    LOCAL_ROUTE,
    ADDS_NOTHING,
    OVERLAP,
    CERTAIN_PART,
    OUT_OF_FUEL,
    ABSENT_IMAGE,
    OPTIONAL_ORDER,
    ABSENT_HOLDS,
    GAP,
    UNUSED,
    NEVER_FITS,
    COARSE_GROUP,
    EVERY_REGION,
    FILTER_ROOM,
    SLOW,
    UNTESTED,
];

/// The title of a code, if there is such a code.
#[must_use]
pub fn title(code: Code) -> Option<&'static str> {
    ALL.iter().find(|(c, _)| *c == code).map(|(_, title)| *title)
}

#[cfg(test)]
mod tests {
    use super::{ALL, SPENT};

    #[test]
    fn codes_ascend_so_that_none_is_given_twice() {
        assert!(ALL.is_sorted_by(|a, b| a.0 < b.0), "{ALL:?}");
        assert!(!ALL.iter().any(|(code, _)| SPENT.contains(&code.0)), "{SPENT:?}");
    }
}
