"""What Lambda does around a package: unpack it, run it, hand it events.

The runtime is AWS's own (awslambdaric); the service that it asks for events stands
in here: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import subprocess
import time
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

IMAGE = "python:3.13-slim"
TASK = "/var/task"
RUNTIME = "/var/runtime"
SECONDS = 120


@dataclass(frozen=True)
class Answer:
    """What a function made of an event; `kind` is `response` or `error`."""

    kind: str
    body: Any


@dataclass
class Function:
    """A running function. Its events and answers go one by one."""

    log: Path
    _events: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    _answers: queue.Queue[Answer] = field(default_factory=queue.Queue)

    def invoke(self, event: dict[str, Any]) -> Answer:
        self._events.put(event)
        try:
            return self._answers.get(timeout=SECONDS)
        except queue.Empty:
            raise AssertionError(f"no answer: {self.log.read_text()}") from None


def unpack(package: Path, folder: Path) -> None:
    """As Lambda unpacks: with the rights that stand in the zip."""
    folder.chmod(0o755)
    with zipfile.ZipFile(package) as opened:
        for entry in opened.infolist():
            unpacked = Path(opened.extract(entry, folder))
            unpacked.chmod(entry.external_attr >> 16)
    for parent in folder.rglob("*/"):
        parent.chmod(0o755)


def container(task: Path, *words: str) -> list[str]:
    """A command with the task alone: nobody's user, nothing to write but /tmp."""
    words = ("--volume", f"{task}:{TASK}:ro", "--workdir", TASK, *words)
    limits = ("--read-only", "--tmpfs", "/tmp", "--user", "1051:1051")
    return ["docker", "run", "--rm", "--interactive", *limits, *words, IMAGE]


@contextmanager
def running(
    handler: str, task: Path, runtime: Path, environ: Mapping[str, str], log: Path
) -> Iterator[Function]:
    """Run a handler of the unpacked package until the block ends."""
    function = Function(log)
    service = _service(function)
    Thread(target=service.serve_forever, daemon=True).start()
    words = {
        "AWS_LAMBDA_FUNCTION_NAME": "test",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{service.server_port}",
        "LAMBDA_TASK_ROOT": TASK,
        "PYTHONPATH": f"{TASK}:{RUNTIME}",
        **environ,
    }
    name = f"catchment-test-{uuid.uuid4().hex[:12]}"
    given = [f"--env={word}={text}" for word, text in words.items()]
    place = ["--name", name, "--network", "host", f"--volume={runtime}:{RUNTIME}:ro"]
    # Without the image's own site-packages.
    command = ["python", "-S", "-m", "awslambdaric", handler]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*container(task, *place, *given), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield function
        finally:
            subprocess.run(["docker", "rm", "--force", name], capture_output=True)
            process.wait()
            service.shutdown()
            service.server_close()


def _service(function: Function) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(function._events.get()).encode()
            deadline = int((time.time() + SECONDS) * 1000)
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
            self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
            self.send_header(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:eu-central-1:123456789012:function:test",
            )
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind = self.path.rsplit("/", 1)[1]
            function._answers.put(Answer(kind, json.loads(body)))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    service = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.daemon_threads = True
    return service
