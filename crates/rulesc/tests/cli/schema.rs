//! `rulesc schema infer`

use std::fmt::Write as _;

use distributary_change::{Image, Item, Value, captured};
use distributary_rules::{Field, Given, Schema, Truth, Type, TypeKind, ValueType, evaluate};
use distributary_syntax::Sources;

use crate::{folder, rulesc, top};

/// Whether an item has all that a schema says, and no more.
fn conforms(item: &Item, fields: &[Field]) -> bool {
    let known = item.keys().all(|name| fields.iter().any(|field| field.name == *name));
    let field = |field: &Field| match item.get(&field.name) {
        Some(value) => is(value, &field.ty),
        None => field.optional,
    };
    known && fields.iter().all(field)
}

fn is(value: &Value, ty: &Type) -> bool {
    match (&ty.kind, value) {
        (TypeKind::Any, _) => true,
        (TypeKind::Of(ty), value) => ValueType::of(value) == *ty,
        (TypeKind::Literal(literal), value) => literal == value,
        (TypeKind::OneOf(types), value) => types.iter().any(|ty| is(value, ty)),
        (TypeKind::List(ty), Value::List(list)) => list.iter().all(|value| is(value, ty)),
        (TypeKind::Set(ty), Value::StringSet(_)) => ty.value_type() == Some(ValueType::String),
        (TypeKind::Set(ty), Value::NumberSet(_)) => ty.value_type() == Some(ValueType::Number),
        (TypeKind::Set(ty), Value::BinarySet(_)) => ty.value_type() == Some(ValueType::Binary),
        (TypeKind::Map(fields), Value::Map(map)) => conforms(map, fields),
        _ => false,
    }
}

/// The inferred schemas, which check without errors and each image of the events conforms to one
/// of, the one whose `when` holds.
fn inferred(name: &str, events: &str) -> String {
    let file = folder(name, &[("events.json", events)]).join("events.json");
    let ran = rulesc(&["schema", "infer", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));

    // A rule `of` each schema tells by firing which one an item is of.
    let mut rules = format!("route out = console {{}}\n{}", ran.stdout);
    let names = ran.stdout.lines().filter_map(|line| line.strip_prefix("schema "));
    for name in names.map(|rest| rest.split(' ').next().unwrap()) {
        writeln!(rules, "rule is_{name} {{ on ANY of {name} to out }}").unwrap();
    }
    let checked = {
        let folder = folder(&format!("{name}-check"), &[("inferred.rules", &rules)]);
        let ran = rulesc(&["check", "--deny", "warnings", folder.to_str().unwrap()]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{rules}");
        let mut sources = Sources::new();
        sources.add("inferred.rules", rules.as_str());
        distributary_rules::check(&sources, &Given::default())
    };
    let program = checked.program;
    for raw in captured::read(&events.to_owned().into()).unwrap() {
        let record = raw.decode().unwrap();
        let of: Vec<&Schema> = (0..program.rules().len())
            .filter(|rule| evaluate::fires(&program, *rule, &record, None) == Truth::True)
            .map(|rule| &program.schemas()[rule])
            .collect();
        assert_eq!(of.len(), 1, "{} is of one schema in\n{rules}", record.id);
        for image in [&record.old, &record.new] {
            if let Image::Present(item) = image {
                assert!(conforms(item, &of[0].fields), "{item:?} is not as in\n{rules}");
            }
        }
    }
    ran.stdout
}

/// A Lambda event that inserts these items, in DynamoDB JSON.
fn inserts(items: &[&str]) -> String {
    let record = |(number, item): (usize, &&str)| {
        format!(
            r#"{{"eventID":"e{number}","eventName":"INSERT","eventVersion":"1.1","awsRegion":"eu-central-1",
            "eventSource":"aws:dynamodb","eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000",
            "dynamodb":{{"ApproximateCreationDateTime":1767225600,"SequenceNumber":"{number}","SizeBytes":1,
            "StreamViewType":"NEW_AND_OLD_IMAGES","Keys":{{"pk":{{"S":"{number}"}}}},"NewImage":{item}}}}}"#
        )
    };
    let records: Vec<String> = items.iter().enumerate().map(record).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

#[test]
fn the_events_of_the_examples_conform_to_what_is_inferred_from_them() {
    for world in ["shop", "search", "audit"] {
        let folder = top().join("examples").join(world).join("events");
        for file in folder.read_dir().unwrap().map(|file| file.unwrap().path()) {
            let name = format!("schema-{world}-{}", file.file_stem().unwrap().to_str().unwrap());
            inferred(&name, &std::fs::read_to_string(file).unwrap());
        }
    }
}

#[test]
fn optional_attributes_and_small_enumerations_are_found() {
    let schemas = rulesc(&["schema", "infer", "examples/shop/events"]).stdout;
    for line in [
        "schema Order when item.entityType == \"Order\" {",
        "  entityType: \"Order\"",
        "  status: \"Cancelled\" | \"Draft\" | \"Paid\" | \"Placed\" | \"Shipped\"",
        "  coupons?: set<string>",
        "  customer: { id: string, tier?: \"basic\" | \"gold\" }",
        "  price?: number",
        "  pk: string",
    ] {
        assert!(schemas.lines().any(|l| l == line), "{line} is not in\n{schemas}");
    }
}

#[test]
fn everything_that_an_attribute_can_be_is_written_down() {
    let items = [
        r#"{"pk":{"S":"1"},"order-id":{"S":"a"},"on":{"N":"1"},"x":{"S":"a\"${b}\\"},"m":{"M":{}},
            "l":{"L":[]},"b":{"B":"AAAA"},"bs":{"BS":["AAAA"]},"ns":{"NS":["1"]},"nothing":{"NULL":true}}"#,
        r#"{"pk":{"S":"2"},"order-id":{"N":"3"},"any":{"BOOL":true},"m":{"M":{"größe":{"N":"1"}}},
            "l":{"L":[{"N":"1"},{"S":"x"},{"L":[]}]},"n":{"NULL":true}}"#,
    ];
    let schema = inferred("schema-all", &inserts(&items));
    for line in
        ["  \"order-id\": string | number", "  on?: number", "  l: list<string | number | list>"]
    {
        assert!(schema.lines().any(|l| l == line), "{line} is not in\n{schema}");
    }
    assert!(schema.starts_with("schema Item {"), "{schema}");
}

#[test]
fn an_attribute_with_another_name_can_tell_the_types_apart() {
    let order = r#"{"pk":{"S":"1"},"what":{"S":"order line"},"total":{"N":"1"}}"#;
    let user = r#"{"pk":{"S":"2"},"what":{"S":"2user"},"mail":{"S":"x"}}"#;
    let schemas = inferred("schema-what", &inserts(&[order, user, order, user]));
    assert!(schemas.contains("schema OrderLine when item.what == \"order line\""), "{schemas}");
    assert!(schemas.contains("schema Item2user when item.what == \"2user\""), "{schemas}");
    // A status is no type: items of any status have the same attributes.
    let paid = r#"{"pk":{"S":"1"},"status":{"S":"Paid"}}"#;
    let open = r#"{"pk":{"S":"1"},"status":{"S":"Open"}}"#;
    let schema = inferred("schema-status", &inserts(&[paid, open, paid, open, paid, open]));
    assert!(schema.contains("status: \"Open\" | \"Paid\""), "{schema}");
}

#[test]
fn nothing_to_infer_from_is_said_so() {
    let file = folder("schema-none", &[("events.json", r#"{"Records":[]}"#)]).join("events.json");
    let ran = rulesc(&["schema", "infer", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert_eq!(rulesc(&["schema", "infer", "nowhere"]).code, 2);
}
