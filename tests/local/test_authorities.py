"""The certificates that a package brings: AWS's bundle and Amazon's roots."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from catchment.local.deploy import authorities
from catchment.local.trouble import Trouble

# One of the authorities that come with botocore, as made-up bundle.
BUNDLE = "some words\n" + authorities._roots()[0] + "\n"


@pytest.fixture
def truststore(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, str], str]]:
    """Stands in for AWS's host; called with what it answers, gives the URL."""
    answers = [(404, "")]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[-1]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/bundle.pem"
    monkeypatch.setattr(authorities, "BUNDLE", url)

    def answering(status: int, body: str) -> str:
        answers.append((status, body))
        return url

    yield answering
    server.shutdown()
    server.server_close()


Truststore = Callable[[int, str], str]


def subjects(pem: str) -> list[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    return [
        dict(p[0] for p in c["subject"])["commonName"] for c in context.get_ca_certs()
    ]


def test_certificates_are_fetched_once_and_kept(
    truststore: Truststore, project: Path
) -> None:
    truststore(200, BUNDLE)
    fetched = authorities.text(project)
    truststore(500, "")

    assert authorities.text(project) == fetched
    assert fetched.startswith("-----BEGIN CERTIFICATE-----\n")
    assert fetched.count("BEGIN CERTIFICATE") == 1 + len(authorities.ROOTS)
    assert set(subjects(fetched)) == set(authorities.ROOTS)


def test_a_given_file_takes_the_place_of_what_was_kept(
    truststore: Truststore, project: Path, tmp_path: Path
) -> None:
    truststore(200, BUNDLE)
    authorities.text(project)
    given = tmp_path / "given.pem"
    given.write_text(BUNDLE + authorities._roots()[1])

    assert authorities.text(project, given) == authorities.text(project)
    assert authorities.text(project).count("BEGIN") == 2 + len(authorities.ROOTS)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (503, "", r"\(status 503\).*RDS_CA=FILE"),
        (200, "<html>a proxy</html>", "holds no certificates in PEM"),
        (200, BUNDLE.replace("MII", "MIX"), "holds no certificates in PEM"),
    ],
)
def test_what_is_no_bundle_is_not_kept(
    truststore: Truststore, project: Path, status: int, body: str, sentence: str
) -> None:
    truststore(status, body)

    with pytest.raises(Trouble, match=sentence):
        authorities.text(project)

    assert not (project / ".catchment" / authorities.KEPT).exists()


def test_without_a_network_a_sentence_says_what_to_give(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authorities, "BUNDLE", "http://127.0.0.1:9/bundle.pem")

    with pytest.raises(Trouble, match=r"no answer.*--ca FILE"):
        authorities.text(project)
