"""A bucket, its queue and the environment that leads there: moto, in this process."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

from moto.server import ThreadedMotoServer

from catchment.local import poller, storage
from catchment.local.poller import Queue

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Bucket:
    """Where files are put, and the queue that is told of them."""

    s3: "S3Client"
    name: str
    queue: Queue

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.name, Key=f"incoming/{key}", Body=body)


@contextmanager
def bucket() -> Iterator[Bucket]:
    """An empty bucket; its address stands in the environment meanwhile.

    A queue of its own each time: of the last one some poll may still be waiting, whose
    process is gone, and what it is given is away for as long as a message is hidden.
    """
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
            s3, sqs = (storage.client(name, os.environ) for name in ("s3", "sqs"))
            names = storage.Names(f"bench-{port}", f"loads-{port}", f"dead-{port}")
            storage.prepare(s3, sqs, names)
            queue = poller.queue_of(sqs, names.queue, wait_seconds=1)
            os.environ["CATCHMENT_QUEUE_URL"] = queue.url
            yield Bucket(s3, names.bucket, queue)
    finally:
        server.stop()
