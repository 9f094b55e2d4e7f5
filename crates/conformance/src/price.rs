//! What is billed, and for how much.

/// Something that is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A request to SQS, or 64 KB of one.
    Sqs,
    /// A publish to SNS, or 64 KB of one.
    Sns,
    /// An event on a bus, or 64 KB of one.
    Event,
    /// A write of 1 KB to DynamoDB.
    Write,
    /// A read of 4 KB from DynamoDB.
    Read,
    /// A request to S3 that writes or lists.
    Put,
    /// A second of a function with 256 MiB, and its invocation.
    Second,
    /// A metric, for an hour.
    Metric,
}

/// A price, who quoted it and when.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// What is billed.
    pub of: Use,
    /// For people, in the plural.
    pub name: &'static str,
    /// Dollars for a million of them, in us-east-1, without free tiers.
    pub dollars_a_million: f64,
    /// Where and when it was quoted. The price lists themselves could not be read where this was
    /// written.
    pub source: &'static str,
}

pub(crate) const PRICES: [Price; 8] = [
    Price {
        of: Use::Sqs,
        name: "requests to SQS",
        dollars_a_million: 0.50,
        source: "https://cloudburn.io/blog/amazon-sqs-pricing, March 2026",
    },
    Price {
        of: Use::Sns,
        name: "publishes to SNS",
        dollars_a_million: 0.50,
        source: "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/, \
                 June 2026",
    },
    Price {
        of: Use::Event,
        name: "events",
        dollars_a_million: 1.00,
        source: "https://cloudburn.io/blog/amazon-eventbridge-pricing, March 2026",
    },
    Price {
        of: Use::Write,
        name: "writes to DynamoDB",
        dollars_a_million: 0.625,
        source: "https://airbyte.com/data-engineering-resources/dynamodb-pricing, July 2025",
    },
    Price {
        of: Use::Read,
        name: "reads from DynamoDB",
        dollars_a_million: 0.125,
        source: "https://airbyte.com/data-engineering-resources/dynamodb-pricing, July 2025",
    },
    Price {
        of: Use::Put,
        name: "writes to S3",
        dollars_a_million: 5.00,
        source: "https://www.cloudkaramchari.com/blog/\
                 understanding-per-1000-put-copy-post-or-list-requests-in-amazon-s3-pricing/, undated",
    },
    Price {
        of: Use::Second,
        name: "seconds of a function",
        dollars_a_million: 4.40,
        source: "https://cloudchipr.com/blog/aws-lambda-pricing, 2024",
    },
    Price {
        of: Use::Metric,
        name: "hours of a metric",
        dollars_a_million: 417.0,
        source: "https://signoz.io/guides/cloudwatch-pricing, February 2026",
    },
];
