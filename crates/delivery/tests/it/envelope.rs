//! Envelopes, as a lot has them.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use distributary_delivery::{
    Attribute, Content, Delivery, Envelope, EnvelopeError, Identity, Message, Origin,
};
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Spacing, spelling and digits that a re-serialisation would change.
const RECORD: &str = r#"{"eventID": "e1", "dynamodb":{"NewImage":{"n":{"N":"1.0E+2"},"s":{"S":"\u00e9\/"}}} , "big":12345678901234567890123456789012345678}"#;
const BODY: &str = r#"{"total":1.50,"exact":12345678901234567890123456789012345678,"total":2}"#;

fn delivery() -> Delivery {
    Delivery {
        position: 7,
        route: 3,
        rule: "paid".into(),
        identity: Identity::new("e1", "paid", "fulfilment"),
        fallback: None,
        message: Message {
            body: BODY.into(),
            group: Some("order#1".to_owned()),
            dedup: Some("d".to_owned()),
            subject: Some("Paid".to_owned()),
            detail_type: Some("order.paid".to_owned()),
            resources: vec!["arn:aws:s3:::b".to_owned()],
            attributes: vec![
                ("tier".to_owned(), Attribute::String("gold".to_owned())),
                ("amount".to_owned(), Attribute::Number("1.50".to_owned())),
            ],
        },
        origin: Origin {
            record: RECORD.into(),
            event: "e1".into(),
            sequence: "111".into(),
            table: "Orders".into(),
            time: 1_767_225_600,
        },
    }
}

fn parked() -> Envelope {
    let reason = "no answer within 1s".to_owned();
    let (route, rules) = ("fulfilment".into(), "abc123".into());
    Envelope::delivery(delivery(), route, rules, 4, reason, 1_767_225_605)
}

fn quarantined() -> Envelope {
    Envelope {
        content: Content::Quarantine,
        rules: "abc123".into(),
        event: None,
        sequence: Some("111".into()),
        table: None,
        reason: "`SequenceNumber` is missing".to_owned(),
        parked_at: 1_767_225_605,
        record: RECORD.into(),
    }
}

fn text(envelope: &Envelope) -> String {
    String::from_utf8(envelope.to_json().unwrap()).unwrap()
}

/// The documented form, byte for byte: tools outside of this program read it.
#[test]
fn a_parked_delivery_reads_as_documented() {
    let identity = delivery().identity;
    let identity = identity.as_str();
    let expected = format!(
        r#"{{"version":1,"kind":"delivery","route":"fulfilment","rule":"paid","identity":"{identity}","attempts":4,"time":1767225600,"message":{{"group":"order#1","dedup":"d","subject":"Paid","detail_type":"order.paid","resources":["arn:aws:s3:::b"],"attributes":[{{"name":"tier","type":"String","value":"gold"}},{{"name":"amount","type":"Number","value":"1.50"}}],"body":{BODY}}},"rules":"abc123","event":"e1","sequence":"111","table":"Orders","reason":"no answer within 1s","parked_at":1767225605,"record":{RECORD}}}"#
    );
    assert_eq!(text(&parked()), expected);
}

#[test]
fn a_quarantined_record_says_what_is_known_of_it() {
    let expected = format!(
        r#"{{"version":1,"kind":"quarantine","rules":"abc123","sequence":"111","reason":"`SequenceNumber` is missing","parked_at":1767225605,"record":{RECORD}}}"#
    );
    assert_eq!(text(&quarantined()), expected);
}

/// A parked delivery that redrives failed with.
fn postponed() -> Envelope {
    let mut envelope = parked();
    if let Content::Delivery { redrives, not_before, .. } = &mut envelope.content {
        (*redrives, *not_before) = (2, Some(1_767_225_725));
    }
    envelope
}

#[test]
fn what_redrives_failed_with_says_how_often_and_when_it_is_due() {
    let expected =
        r#""attempts":4,"redrives":2,"not_before":1767225725,"time":1767225600,"message":{"#;
    assert!(text(&postponed()).contains(expected), "{}", text(&postponed()));
    let due = |at| [parked(), postponed(), quarantined()].map(|envelope| envelope.is_due(at));
    assert_eq!(due(1_767_225_724), [true, false, false]);
    assert_eq!(due(1_767_225_725), [true, true, false]);
}

#[test]
fn what_was_written_is_read_back() {
    let mut bare = parked();
    if let Content::Delivery { message, .. } = &mut bare.content {
        *message = Message { body: "null".into(), ..Message::default() };
    }
    for envelope in [parked(), postponed(), bare, quarantined()] {
        let read = Envelope::parse(text(&envelope).as_bytes());
        assert_eq!(read, Ok(envelope));
    }
}

#[test]
fn a_line_is_one_line_and_means_the_same() {
    let mut envelope = parked();
    envelope.record = "{\r\n  \"eventID\": \"line\\nbreak\"\n}".into();
    let line = envelope.to_line().unwrap();
    assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
    envelope.record = "{    \"eventID\": \"line\\nbreak\" }".into();
    assert_eq!(Envelope::parse(&line), Ok(envelope));
}

/// A record as deep as the decoder refuses it must still fit into an envelope.
#[test]
fn depth_is_no_limit_for_a_record() {
    let mut envelope = quarantined();
    envelope.record = Bytes::from("[".repeat(5_000) + &"]".repeat(5_000));
    assert_eq!(Envelope::parse(text(&envelope).as_bytes()), Ok(envelope));
}

#[test]
fn fields_of_later_programs_are_passed_over() {
    let json = text(&parked()).replacen('{', r#"{"holds":["x"],"#, 1);
    assert_eq!(Envelope::parse(json.as_bytes()), Ok(parked()));
}

#[test]
fn what_is_no_json_is_not_written() {
    let mut envelope = parked();
    envelope.record = r#"{"eventID":"#.into();
    let error = envelope.to_json().unwrap_err();
    assert_eq!(error.to_string(), "`record` of the envelope is not JSON text");
}

/// A reader of version 1 refuses the compressed form by its version.
#[test]
fn what_is_too_large_is_compressed_and_read_back() {
    let mut envelope = parked();
    envelope.record = format!("{{\"a\":\"{}\"}}", "x".repeat(2_000_000)).into();
    let json = envelope.to_json_within(1_048_576).unwrap();
    assert!(json.starts_with(b"{\"version\":2,\"compressed\":\"") && json.len() < 10_000);
    assert_eq!(Envelope::parse(&json), Ok(envelope.clone()));
    assert_eq!(Envelope::unpack(&envelope.pack().unwrap()), Ok(envelope));
    assert_eq!(parked().to_json_within(1_048_576), parked().to_json());
    for text in [r#"{"version":2,"compressed":"?"}"#, r#"{"version":2,"compressed":"AAAA"}"#] {
        let error = Envelope::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "`compressed` of the envelope is not a compressed envelope");
    }
}

/// A few kilobytes that unpack to more than anything that was ever parked.
#[test]
fn what_unpacks_to_too_much_is_refused() {
    let mut bomb = ZlibEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 33 * 1024 * 1024]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let text = format!(r#"{{"version":2,"compressed":"{}"}}"#, STANDARD.encode(&bomb));
    for refused in [Envelope::parse(text.as_bytes()), Envelope::unpack(&bomb)] {
        assert_eq!(
            refused.unwrap_err().to_string(),
            "`compressed` of the envelope is not a compressed envelope"
        );
    }
}

/// Files in `tests/versions` are never changed: a lot may hold what any program has written.
#[test]
fn every_version_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/versions");
    let read = |name: &str| Envelope::parse(&std::fs::read(format!("{folder}/{name}")).unwrap());
    let mut earlier = parked();
    if let Content::Delivery { time, .. } = &mut earlier.content {
        *time = None;
    }
    for name in ["1-delivery.json", "2-delivery.json"] {
        assert_eq!(read(name).as_ref(), Ok(&earlier), "{name}");
    }
    assert_eq!(read("1-quarantine.json"), Ok(quarantined()));
}

#[test]
fn what_keeps_no_order_says_so_where_it_has_a_group() {
    let apart = parked().without_order();
    assert!(parked().group().is_some() && apart.group().is_none());
    assert!(text(&apart).contains("\"ordered\":false") && !text(&parked()).contains("ordered"));
    assert_eq!(Envelope::parse(text(&apart).as_bytes()), Ok(apart));
}

/// While versions of a program take turns, the older one reads what the newer one has written.
#[test]
fn what_a_later_program_adds_is_passed_over() {
    let json = text(&parked());
    let more =
        json.replacen("\"message\":{", "\"later\":[{}],\"message\":{\"later\":{\"a\":1},", 1);
    assert_ne!(json, more);
    assert_eq!(Envelope::parse(more.as_bytes()), Ok(parked()));
}

#[test]
fn a_broken_envelope_is_told_apart_from_a_foreign_one() {
    let json = text(&parked());
    let without = |field: &str| json.replacen(&format!("\"{field}\":"), "\"other\":", 1);
    let with = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        json.replacen(from, to, 1)
    };
    let cases = [
        (String::new(), "the envelope is not a JSON object; it may have been cut off or edited"),
        (
            json[..json.len() - 1].to_owned(),
            "the envelope is not a JSON object; it may have been cut off or edited",
        ),
        ("[]".to_owned(), "the envelope is not a JSON object; it may have been cut off or edited"),
        (
            "{}".to_owned(),
            "the envelope has no `version`; it may not be an envelope of this program",
        ),
        (
            with("\"version\":1", "\"version\":3"),
            "the envelope has version 3 and this program reads versions 1 and 2; use the program that wrote it, or a newer one",
        ),
        (
            with("\"version\":1", "\"version\":\"1\""),
            "`version` of the envelope is not a whole number",
        ),
        (
            with("\"kind\":\"delivery\"", "\"kind\":\"letter\""),
            "`kind` of the envelope is not `delivery` or `quarantine`",
        ),
        (
            without("identity"),
            "the envelope has no `identity`; it may not be an envelope of this program",
        ),
        (
            with("\"identity\":\"", "\"identity\":\"x"),
            "`identity` of the envelope is not an identity of 43 letters, digits, `-` and `_`",
        ),
        (
            with("\"attempts\":4", "\"attempts\":-4"),
            "`attempts` of the envelope is not a whole number",
        ),
        (
            with("\"message\":{", "\"message\":[],\"other\":{"),
            "`message` of the envelope is not an object",
        ),
        (
            without("body"),
            "the envelope has no `message.body`; it may not be an envelope of this program",
        ),
        (
            with("\"type\":\"Number\"", "\"type\":\"Binary\""),
            "`message.attributes` of the envelope is not a list of attributes with `name`, `type` and `value`",
        ),
        (
            without("sequence"),
            "the envelope has no `sequence`; it may not be an envelope of this program",
        ),
        (
            without("record"),
            "the envelope has no `record`; it may not be an envelope of this program",
        ),
        (
            with("\"parked_at\":1767225605", "\"parked_at\":null"),
            "`parked_at` of the envelope is not a whole number of seconds",
        ),
    ];
    for (json, message) in cases {
        let error: EnvelopeError = Envelope::parse(json.as_bytes()).expect_err(&json);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn the_documented_example_is_an_envelope() {
    let page = include_str!("../../../../docs/envelope.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let envelope = Envelope::parse(example.as_bytes()).unwrap();
    assert_eq!(envelope.sequence.as_deref(), Some("4421584500000000017450439091"));
}
