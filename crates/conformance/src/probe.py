"""Tells a queue what it is invoked with, and answers as the items in it ask.

An item with `until`, in seconds since 1970, is not done before: the batch comes again, because
its record is reported or, where `how` is `fail`, because the invocation fails.
"""
import json
import os
import time

import boto3

SQS = boto3.client("sqs")


def handler(event, context):
    if "metric" in event:
        print(json.dumps(metric(event["metric"])))
    seen = {"at": time.time(), "remaining": context.get_remaining_time_in_millis()}
    records = event.get("Records")
    if records is None:
        tell({**seen, "event": event})
        return {"event": event}
    tell({**seen, "bytes": size(event), "records": [summary(record) for record in records]})
    for record in records:
        if time.time() < float(text(record, "until") or 0):
            if text(record, "how") == "fail":
                raise RuntimeError("the item asks for it")
            return {"batchItemFailures": [{"itemIdentifier": sequence(record)}]}
    return {"batchItemFailures": []}


def summary(record):
    keys = record["dynamodb"]["Keys"]
    return {
        "id": record["eventID"],
        "sequence": sequence(record),
        "name": record["eventName"],
        "pk": keys["pk"]["S"],
        "sk": keys["sk"]["S"],
        "n": text(record, "n"),
    }


def sequence(record):
    return record["dynamodb"]["SequenceNumber"]


def text(record, name):
    attribute = record["dynamodb"].get("NewImage", {}).get(name, {})
    return attribute.get("S") or attribute.get("N")


def size(event):
    return len(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode())


def metric(value):
    return {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [{
                "Namespace": "distributary-conformance",
                "Dimensions": [["Run"]],
                "Metrics": [{"Name": "Told", "Unit": "Count"}],
            }],
        },
        "Run": value,
        "Told": 1,
    }


def tell(what):
    SQS.send_message(QueueUrl=os.environ["SEEN"], MessageBody=json.dumps(what))
