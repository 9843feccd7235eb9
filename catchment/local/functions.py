"""In place of the Lambda service: the loader, called by name over HTTP.

Speaks Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html) as far
as the API uses it, so that boto3 finds the loader here as it does in AWS.
"""

import json
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from catchment.local.lambdas import Event, Handler, LambdaContext, context_of
from catchment.local.trouble import Trouble

NAME = "catchment-loader"
PREFERRED_PORT = 9002
MAX_EVENT_BYTES = 6 * 1024 * 1024  # of an event whose answer is waited for
_BEGIN, _END = "/2015-03-31/functions/", "/invocations"


def one_at_a_time(handler: Handler) -> Handler:
    """A handler that no two threads are in: one container serves one event."""
    lock = threading.Lock()

    def call(event: Event, context: LambdaContext) -> Any:
        with lock:
            return handler(event, context)

    return call


class FunctionServer(ThreadingHTTPServer):
    """Serves one function, `name`."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], name: str, handler: Handler):
        super().__init__(address, _Request)
        self.name, self.handler = name, handler


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FunctionServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path != f"{_BEGIN}{self.server.name}{_END}":
            name = unquote(self.path.removeprefix(_BEGIN).removesuffix(_END))
            self._refuse(404, "ResourceNotFoundException", f"no function {name}")
        elif len(body) > MAX_EVENT_BYTES:
            self._refuse(413, "RequestTooLargeException", "the event is over 6 MB")
        else:
            self._invoke(body)

    def _invoke(self, body: bytes) -> None:
        """What a handler raises is an answer of status 200, with a header."""
        try:
            event = json.loads(body or b"{}")
            answer, headers = self.server.handler(event, context_of("loader")), {}
        except Exception as error:
            traceback.print_exc()
            answer = {"errorMessage": str(error), "errorType": type(error).__name__}
            headers = {"X-Amz-Function-Error": "Unhandled"}
        self._send(200, answer, headers)

    def _refuse(self, status: int, code: str, message: str) -> None:
        self._send(status, {"Message": message}, {"x-amzn-errortype": code})

    def _send(self, status: int, document: Any, headers: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, text in {**headers, "content-type": "application/json"}.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        print(format % args, flush=True)


@contextmanager
def served(host: str, port: int, handler: Handler) -> Iterator[FunctionServer]:
    """Serve the loader beside what else this process does, until the block ends.

    Raises:
        Trouble: where the address cannot be had.
    """
    try:
        server = FunctionServer((host, port), NAME, handler)
    except OSError as error:
        raise Trouble(
            f"{host}:{port} cannot be listened on ({error.strerror}): end what has "
            "taken it, or name another port."
        ) from error
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
