//! Records as a stream writes them, from a seed: orders of a shop, each change with both images.

use bytes::Bytes;
use distributary_change::RawRecord;
use fastrand::Rng;

/// Sizes of records, in bytes, and how many attributes of padding make them.
pub const SIZES: [(&str, usize); 3] = [("500 B", 0), ("1.8 KB", 14), ("12 KB", 118)];

pub const STATUSES: [&str; 5] = ["Draft", "Placed", "Paid", "Shipped", "Cancelled"];

pub const TENANTS: usize = 100_000;

/// Words that wildcards look for.
pub fn word(number: usize) -> String {
    let letter = |at: usize| char::from(b'a' + (number / 26_usize.pow(at as u32) % 26) as u8);
    (0..3).map(letter).chain([char::from(b'a' + (number * 7 % 26) as u8)]).collect()
}

/// This many records with this much padding.
pub fn records(count: usize, padding: usize, seed: u64) -> Vec<RawRecord> {
    let mut random = Rng::with_seed(seed);
    (0..count).map(|number| RawRecord { bytes: record(number, padding, &mut random) }).collect()
}

fn record(number: usize, padding: usize, random: &mut Rng) -> Bytes {
    let tenant = random.usize(..TENANTS);
    let old = random.usize(..STATUSES.len());
    let new = random.usize(..STATUSES.len());
    let cents = random.u32(0..1_000_000);
    let note: Vec<String> = (0..6).map(|_| word(random.usize(..26 * 26 * 26))).collect();
    let image = |status: usize| {
        let mut image = format!(
            r#"{{"pk":{{"S":"O#{number}"}},"status":{{"S":"{}"}},"tenant":{{"S":"t{tenant}"}},"total":{{"N":"{}.{:02}"}},"note":{{"S":"{}"}}"#,
            STATUSES[status],
            cents / 100,
            cents % 100,
            note.join(" ")
        );
        for at in 0..padding {
            image.push_str(&match at % 4 {
                0 => format!(r#","attribute{at}":{{"S":"some text of item {}"}}"#, number % 97),
                1 => format!(r#","attribute{at}":{{"N":"{}"}}"#, number % 1009),
                2 => format!(
                    r#","attribute{at}":{{"M":{{"id":{{"S":"c-{number}"}},"ok":{{"BOOL":true}}}}}}"#
                ),
                _ => format!(r#","attribute{at}":{{"L":[{{"S":"a"}},{{"N":"{at}"}}]}}"#),
            });
        }
        image + "}"
    };
    format!(
        r#"{{"eventID":"{number:032x}","eventName":"MODIFY","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"eu-central-1","dynamodb":{{"ApproximateCreationDateTime":1795255140,"Keys":{{"pk":{{"S":"O#{number}"}}}},"NewImage":{},"OldImage":{},"SequenceNumber":"{:021}","SizeBytes":391,"StreamViewType":"NEW_AND_OLD_IMAGES"}},"eventSourceARN":"arn:aws:dynamodb:eu-central-1:123456789012:table/shop/stream/2026-11-21T09:59:57.249"}}"#,
        image(new), image(old), number + 1
    )
    .into()
}
