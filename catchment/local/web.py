"""The HTTP server around the gateway: keep-alive, one handler call at a time."""

import signal
import socket
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from catchment.local import gateway
from catchment.local.gateway import Answer
from catchment.local.lambdas import Handler, context_of
from catchment.local.lineage import served
from catchment.local.trouble import Trouble

PREFERRED_PORT = 8000
READY = "serving http"  # begins the line that says that we listen
MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's own limit
_CONNECTION_HEADERS = {"content-length", "connection", "transfer-encoding", "date"}


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class GatewayServer(ThreadingHTTPServer):
    """A thread for each connection; the handler itself is never run by two.

    One Lambda container serves one request at a time, and the handler's
    database connection is made for that.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handler: Handler, lineage: Path | None = None
    ):
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Request)
        self.handler = handler
        self.lineage = lineage
        self.lock = threading.Lock()

    def server_bind(self) -> None:
        """Bind without the base class's look-up of the machine's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def answer(self, request: "_Request", body: bytes) -> Answer:
        """Call the handler; what it raises is the gateway's status 500.

        The pages of the lineage site are files of this machine, where it has some.
        """
        if self.lineage:
            path = request.path.partition("?")[0]
            if page := served.answer(self.lineage, request.command, path):
                return page
        event = gateway.event_of(
            request.command,
            request.path,
            request.headers.items(),
            body,
            str(request.client_address[0]),
        )
        with self.lock:
            try:
                return gateway.answer_of(self.handler(event, context_of("api")))
            except Exception:
                traceback.print_exc()
                return gateway.json_answer(500, gateway.SERVER_ERROR)


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: GatewayServer
    timeout = 75  # seconds that an idle connection is kept
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True

    def respond(self) -> None:
        """Serve one request; the lone entry point of every method."""
        began = time.perf_counter()
        refusal = self._refusal()
        if refusal:
            self.close_connection = True  # its body was not read
            self._send(refusal)
        else:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            names = {name.lower() for name in self.headers}
            answer = gateway.preflight(self.command, names)
            answer = answer or self.server.answer(self, body)
            self._send(gateway.shared(answer, names))
        line = gateway.access_line(self.command, self.path, self.status, began)
        print(line, flush=True)

    def _refusal(self) -> Answer | None:
        length = self.headers.get("content-length") or "0"
        if self.headers.get("transfer-encoding"):
            return gateway.json_answer(411, {"message": "Length Required"})
        if not length.isdecimal():
            return gateway.json_answer(400, {"message": "Bad Request"})
        if int(length) > MAX_BODY_BYTES:
            return gateway.json_answer(413, {"message": "Request Too Long"})
        return None

    def _send(self, answer: Answer) -> None:
        self.status = answer.status
        self.send_response_only(answer.status)
        self.send_header("date", self.date_time_string())
        given_length = None
        for name, value in answer.headers:
            if name.lower() == "content-length":
                given_length = value
            elif name.lower() not in _CONNECTION_HEADERS:
                self.send_header(name, value)
        bodiless = answer.status in (204, 304) or answer.status < 200
        if self.command == "HEAD" and not answer.body and given_length:
            self.send_header("content-length", given_length)
        elif not bodiless:
            self.send_header("content-length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(answer.body)


for _method in _METHODS:  # the names that the base class calls
    setattr(_Request, f"do_{_method}", _Request.respond)


def serve(host: str, port: int, handler: Handler, lineage: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; a handler call under way is finished first.

    Args:
        lineage: the folder of the lineage site, to be shown at /lineage.

    Raises:
        Trouble: where the address cannot be had.
    """
    try:
        server = GatewayServer((host, port), handler, lineage)
    except OSError as error:
        raise Trouble(
            f"{host}:{port} cannot be listened on ({error.strerror}): end what has "
            "taken it, or name another port."
        ) from error
    with server:

        def end(*_: object) -> None:
            # shutdown() waits for the loop, which runs in this very thread.
            threading.Thread(target=server.shutdown, daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        print(f"serving http://{host}:{server.server_port}", flush=True)
        server.serve_forever(poll_interval=0.1)
        with server.lock:
            pass
