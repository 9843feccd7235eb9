"""From PUT to visible: S3, queue, loader, refresh, API, all of them warm."""

import json
import logging
import os
import statistics
import time
from unittest.mock import patch

from moto.server import ThreadedMotoServer

from benchmarks import files
from benchmarks.platform import FOLDER, Platform, empty
from catchment.local import gateway, poller, storage

QUESTION = "/aggregated-data?dataset=observations_by_cell&group_by=category"


def measure(platform: Platform, rounds: int) -> float:
    """Median seconds until the API counts the rows of a 1,000-row file."""
    body = files.observations(FOLDER, 1000).read_bytes()
    empty(platform)
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_DEFAULT_REGION": storage.REGION,
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    try:
        with patch.dict(os.environ, environment):
            return _measure(platform, body, rounds)
    finally:
        server.stop()


def _measure(platform: Platform, body: bytes, rounds: int) -> float:
    s3, sqs = (storage.client(name, os.environ) for name in ("s3", "sqs"))
    names = storage.Names()
    storage.prepare(s3, sqs, names)
    queue = poller.queue_of(sqs, names.queue, wait_seconds=1)
    os.environ["DATABASE_URL"] = platform.url("catchment_loader")
    from loader.handler import _settings, handler

    _settings()
    os.environ["DATABASE_URL"] = platform.url("catchment_api")
    seconds = []
    for number in range(rounds + 1):
        already = visible_rows()
        begin = time.perf_counter()
        key = f"incoming/observations/{number}.csv"
        s3.put_object(Bucket=names.bucket, Key=key, Body=body)
        while visible_rows() < already + 1000:
            poller.deliver(poller.receive(queue), queue, handler)
        seconds.append(time.perf_counter() - begin)
    # The first round opens connections.
    return round(statistics.median(seconds[1:]), 3)


def visible_rows() -> int:
    from api.handler import handler

    event = gateway.event_of("GET", QUESTION, [("Host", "localhost")], b"", "127.0.0.1")
    answer = handler(event, None)
    return sum(row["n"] for row in json.loads(answer["body"])["data"])
