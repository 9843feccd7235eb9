"""Callers of every kind: keys in a real database, tokens of a real issuer.

The issuer listens on loopback and speaks OpenID Connect: its document, its keys and
a token endpoint with client credentials. It signs with keys of its own, which a test
may change.
"""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
import psycopg
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.conftest import ROOT

AUDIENCE = "catchment"
CLIENT, SECRET = "a-client", "its-secret"


@dataclass
class Oidc:
    """An issuer. `is_away` makes it answer 500; `asked` are the paths it was asked."""

    url: str = ""
    is_away: bool = False
    asked: list[str] = field(default_factory=list)
    keys: dict[str, tuple[str, Any]] = field(default_factory=dict)
    extra: list[dict[str, Any]] = field(default_factory=list)
    said: str = ""

    def new_key(self, kid: str, algorithm: str = "RS256") -> None:
        made: Any = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if algorithm.startswith("RS")
            else ec.generate_private_key(ec.SECP256R1())
        )
        self.keys[kid] = (algorithm, made)

    def token(self, kid: str | None = None, **claims: Any) -> str:
        """A token that is good for an hour; a claim that is None is left out."""
        algorithm, key = self.keys[kid or next(iter(self.keys))]
        headers = {"kid": kid or next(iter(self.keys))}
        return jwt.encode(self.claims(**claims), key, algorithm, headers)

    def claims(self, **claims: Any) -> dict[str, Any]:
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "somebody", "iat": now}
        given = {**usual, "exp": now + 3600, "scope": "read", **claims}
        return {name: value for name, value in given.items() if value is not None}

    def jwks(self) -> dict[str, Any]:
        return {"keys": [*(self._jwk(kid) for kid in self.keys), *self.extra]}

    def _jwk(self, kid: str) -> dict[str, Any]:
        algorithm, key = self.keys[kid]
        maker = jwt.algorithms.get_default_algorithms()[algorithm]
        jwk = json.loads(maker.to_jwk(key.public_key()))
        return {**jwk, "kid": kid, "alg": algorithm, "use": "sig"}

    def answer(self, path: str, form: dict[str, list[str]]) -> tuple[int, Any]:
        if self.is_away:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.said or self.url,
                "jwks_uri": f"{self.url}/keys",
            }
        if path == "/keys":
            return 200, self.jwks()
        if path == "/token" and form.get("client_secret") == [SECRET]:
            scope = form.get("scope", [""])[0]
            token = self.token(scope=scope, sub=form["client_id"][0])
            return 200, {"access_token": token, "token_type": "Bearer"}
        return 401, {"error": "invalid_client"}


@contextmanager
def running() -> Iterator[Oidc]:
    oidc = Oidc()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond({})

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            self.respond(parse_qs(self.rfile.read(length).decode()))

        def respond(self, form: dict[str, list[str]]) -> None:
            oidc.asked.append(self.path)
            status, document = oidc.answer(self.path, form)
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        oidc.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield oidc
        server.shutdown()
        thread.join()


def unsigned(header: dict[str, Any], claims: dict[str, Any], end: bytes = b"") -> str:
    """A token of any header, with whatever stands for its signature."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), end]
    return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts)


class Clock:
    """A monotonic clock that a test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def add_keys(admin: psycopg.Connection[Any]) -> None:
    """Give a database the keys, as the migration does, without the ledger's views."""
    sql = (ROOT / "migrations" / "sql" / "0005_api_keys.sql").read_text()
    admin.execute(sql.partition("-- What the routes of")[0])
    admin.execute("grant execute on function ops.api_key_of to catchment_api")


def source(name: str, columns: dict[str, dict[str, Any]], **words: Any) -> Any:
    """A feed as the catalog's document holds it; `columns` are types and words."""
    feed = {"files": [f"**/{name}/*.csv"], "format": "csv", **words}
    return {
        "name": name,
        "schema": "raw",
        "identifier": name,
        "description": "",
        "config": {"meta": {"feed": feed}},
        "columns": [
            {
                "name": column,
                "data_type": given.pop("type", "text"),
                "config": {"meta": given},
            }
            for column, given in columns.items()
        ],
    }


def publish_feeds(
    admin: psycopg.Connection[Any], *feeds: Any, hash_: str = "h"
) -> None:
    document = json.dumps({"feeds": feeds, "models": []})
    admin.execute(
        "insert into ops.catalog (hash, document) values (%s, %s)", [hash_, document]
    )
