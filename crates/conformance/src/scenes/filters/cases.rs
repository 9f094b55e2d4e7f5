//! Rules, and what of a few writes their filters let pass.

/// One form of filter: rules, and what of a few writes the filter of these rules lets pass.
pub(super) struct Case {
    /// What begins the partition keys of the writes, and stands in the rules for it.
    pub(super) id: &'static str,
    /// What the rules ask, each with the events that it is on.
    pub(super) rules: &'static [(&'static str, &'static str)],
    /// Whether nothing but the `dynamodb` key is asked.
    pub(super) strict: bool,
    /// A sort key, attributes as JSON (nothing for a deletion), and whether it passes.
    pub(super) writes: &'static [(&'static str, &'static str, bool)],
}

pub(super) static DYNAMODB: Case = Case {
    id: "filter-dynamodb",
    rules: &[("INSERT, MODIFY", r#"item.status == "Paid""#)],
    strict: true,
    writes: &[
        ("1", r#"{"status":{"S":"Paid"}}"#, true),
        ("2", r#"{"status":{"S":"Open"}}"#, false),
        ("3", r#"{"status":{"S":"paid"}}"#, false),
        ("4", "{}", false),
    ],
};
pub(super) static EVENT_NAME: Case = Case {
    id: "filter-event-name",
    rules: &[("MODIFY", r#"item.status == "Paid""#)],
    strict: false,
    writes: &[
        ("1", r#"{"status":{"S":"Paid"}}"#, false),
        ("1", r#"{"status":{"S":"Paid"},"n":{"N":"1"}}"#, true),
        ("2", r#"{"status":{"S":"Open"}}"#, false),
        ("2", r#"{"status":{"S":"Open"},"n":{"N":"1"}}"#, false),
    ],
};
pub(super) static IDENTITY: Case = Case {
    id: "filter-identity",
    rules: &[("REMOVE", r#"not event.expired"#)],
    strict: false,
    writes: &[("1", "{}", false), ("1", "", true)],
};
pub(super) static PREFIX: Case = Case {
    id: "filter-prefix",
    rules: &[("INSERT", r#"item.a starts with "O#""#), ("INSERT", r#"item.b ends with ".png""#)],
    strict: false,
    writes: &[
        ("1", r#"{"a":{"S":"O#1"}}"#, true),
        ("2", r#"{"a":{"S":"o#1"}}"#, false),
        ("3", r#"{"b":{"S":"a.png"}}"#, true),
        ("4", r#"{"b":{"S":"a.png.zip"}}"#, false),
    ],
};
pub(super) static ANYTHING_BUT: Case = Case {
    id: "filter-anything-but",
    rules: &[("INSERT", r#"item.x != "a""#)],
    strict: false,
    writes: &[
        ("1", r#"{"x":{"S":"a"}}"#, false),
        ("2", r#"{"x":{"S":"b"}}"#, true),
        ("3", "{}", true),
        ("4", r#"{"x":{"N":"1"}}"#, true),
    ],
};
pub(super) static OR: Case = Case {
    id: "filter-or",
    rules: &[
        ("INSERT", r#"item.a == "1" and item.b == "1""#),
        ("INSERT", r#"item.c == "1" and item.d == "1""#),
        ("INSERT", r#"item.e == "1" and item.f == "1""#),
        ("INSERT", r#"item.g == "1" and item.h == "1""#),
        ("INSERT", r#"item.i == "1" and item.j == "1""#),
        ("INSERT", r#"item.k == "1" and item.l == "1""#),
    ],
    strict: false,
    writes: &[
        ("1", r#"{"a":{"S":"1"},"b":{"S":"1"}}"#, true),
        ("2", r#"{"a":{"S":"1"},"d":{"S":"1"}}"#, false),
        ("3", r#"{"k":{"S":"1"},"l":{"S":"1"}}"#, true),
    ],
};
pub(super) static LIST: Case = Case {
    id: "filter-list",
    rules: &[("INSERT", r#"any line in item.lines (line.sku == "A")"#)],
    strict: false,
    writes: &[
        ("1", r#"{"lines":{"L":[{"M":{"sku":{"S":"B"}}},{"M":{"sku":{"S":"A"}}}]}}"#, true),
        ("2", r#"{"lines":{"L":[{"M":{"sku":{"S":"B"}}}]}}"#, false),
        ("3", r#"{"lines":{"L":[]}}"#, false),
    ],
};
pub(super) static NUMBER: Case = Case {
    id: "filter-number",
    rules: &[("INSERT", "item.n > 5")],
    strict: false,
    writes: &[
        ("1", r#"{"n":{"N":"6"}}"#, true),
        ("2", r#"{"n":{"N":"60000000000000000000000000000000000000"}}"#, true),
        ("3", r#"{"n":{"S":"6"}}"#, false),
    ],
};
pub(super) static FLAG: Case = Case {
    id: "filter-flag",
    rules: &[("INSERT", "item.b == true"), ("INSERT", "item.z == null")],
    strict: false,
    writes: &[
        ("1", r#"{"b":{"BOOL":true}}"#, true),
        ("2", r#"{"b":{"BOOL":false}}"#, false),
        ("3", r#"{"z":{"NULL":true}}"#, true),
        ("4", r#"{"z":{"S":"true"}}"#, false),
    ],
};
pub(super) static REMOVED: Case = Case {
    id: "filter-removed",
    rules: &[("REMOVE", r#"item.status == "Paid""#)],
    strict: true,
    writes: &[
        ("1", r#"{"status":{"S":"Paid"}}"#, false),
        ("1", "", true),
        ("2", r#"{"status":{"S":"Open"}}"#, false),
        ("2", "", false),
    ],
};
