"""The HTTP server around the gateway, over real sockets."""

import base64
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from catchment.local import web
from catchment.local.lambdas import Event, LambdaContext


def handler(event: Event, context: LambdaContext) -> Any:
    """Answers by path; /echo gives back the event."""
    path = event["rawPath"]
    if path == "/echo":
        return {
            "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "cookies": ["a=1", "b=2; Secure"],
            "body": json.dumps(event),
        }
    if path == "/binary":
        body = base64.b64encode(b"\x1f\x8b\x00").decode()
        return {"statusCode": 200, "isBase64Encoded": True, "body": body}
    if path == "/unchanged":
        return {"statusCode": 304, "headers": {"ETag": '"x"'}, "body": ""}
    raise ValueError("broken on purpose")


@pytest.fixture
def server() -> Iterator[web.GatewayServer]:
    with web.GatewayServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(server: web.GatewayServer) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    yield client
    client.close()


def test_one_connection_serves_many_requests(
    client: http.client.HTTPConnection,
) -> None:
    client.connect()
    first_socket = client.sock
    for number in range(3):
        client.request("POST", f"/echo?n={number}", body=f"body {number}")
        answer = client.getresponse()
        event = json.loads(answer.read())
        assert event["queryStringParameters"] == {"n": str(number)}
        assert base64.b64decode(event["body"]).decode() == f"body {number}"
        assert answer.headers.get_all("set-cookie") == ["a=1", "b=2; Secure"]
    assert client.sock is first_socket


def spoken(server: web.GatewayServer, request: bytes) -> bytes:
    """All that comes back over a connection until the server closes it."""
    with socket.create_connection(("127.0.0.1", server.server_port), 10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_head_has_the_length_and_no_body(server: web.GatewayServer) -> None:
    request = b"HEAD /binary HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    head, _, body = spoken(server, request).partition(b"\r\n\r\n")

    assert b"content-length: 3" in head.lower().split(b"\r\n")
    assert body == b""


def test_a_binary_body_is_decoded(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/binary")

    assert client.getresponse().read() == b"\x1f\x8b\x00"


def test_an_unchanged_answer_has_no_body(client: http.client.HTTPConnection) -> None:
    client.request("GET", "/unchanged")
    answer = client.getresponse()

    assert (answer.status, answer.read()) == (304, b"")
    assert answer.headers["etag"] == '"x"'
    assert "content-length" not in answer.headers


def test_what_a_handler_raises_is_a_500_and_is_logged(
    client: http.client.HTTPConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    client.request("GET", "/raise?x=1")
    answer = client.getresponse()

    assert answer.status == 500
    assert json.loads(answer.read()) == {"message": "Internal Server Error"}
    client.request("GET", "/unchanged")
    assert client.getresponse().status == 304
    out, err = capsys.readouterr()
    assert "broken on purpose" in err
    assert "GET /raise?x=1 500 " in out


def test_a_page_of_another_origin_is_answered(
    client: http.client.HTTPConnection,
) -> None:
    """Also where the handler fails, so that the page learns of it."""
    origin = {"Origin": "http://localhost:3000"}
    for method, path, status in (
        ("OPTIONS", "/raise", 204),
        ("GET", "/unchanged", 304),
        ("GET", "/raise", 500),
    ):
        asked = {**origin, "Access-Control-Request-Method": "GET"}
        client.request(method, path, headers=asked if status == 204 else origin)
        answer = client.getresponse()
        answer.read()
        assert answer.status == status
        assert answer.headers.get_all("access-control-allow-origin") == ["*"]


def test_a_chunked_body_is_refused_and_the_connection_closed(
    server: web.GatewayServer,
) -> None:
    request = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = spoken(server, request + b"1\r\nx\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 411 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_the_handler_is_never_run_by_two(capsys: pytest.CaptureFixture[str]) -> None:
    inside, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(8)

    def busy(event: Event, context: LambdaContext) -> Any:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.005)
        with lock:
            inside -= 1
        return {"statusCode": 204}

    def ask(port: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.connect()
        both.wait()
        client.request("GET", "/")
        client.getresponse().read()
        client.close()

    with web.GatewayServer(("127.0.0.1", 0), busy) as server:
        loop = threading.Thread(target=server.serve_forever, args=(0.01,))
        loop.start()
        askers = [
            threading.Thread(target=ask, args=(server.server_port,)) for _ in "12345678"
        ]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        server.shutdown()
        loop.join()

    assert most == 1
    assert capsys.readouterr().out.count(" 204 ") == 8
