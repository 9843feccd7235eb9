"""Tokens of a real issuer on loopback: which are taken, and which never."""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
import urllib.request

import pytest
from access_world import AUDIENCE, CLIENT, SECRET, Clock, running, unsigned
from cryptography.hazmat.primitives import serialization

from api.access import gate, presented, signers
from api.access.keys import Keys
from api.access.signers import Signers
from api.access.tokens import LEEWAY, Tokens
from api.problems import Problem
from catchment import settings
from catchment.settings import Access, Issuer, MissingSetting


@pytest.fixture
def oidc():
    with running() as found:
        found.new_key("rsa-1")
        yield found


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tokens(oidc, clock):
    issuer = Issuer(oidc.url, (AUDIENCE,))
    return Tokens(issuer, Signers(issuer, clock))


def test_the_token_endpoint_gives_what_the_gate_takes(oidc):
    form = {"grant_type": "client_credentials", "client_id": CLIENT, "scope": "read"}
    form["client_secret"] = SECRET
    body = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{oidc.url}/token", body) as answer:
        token = json.load(answer)["access_token"]
    issuer = Issuer(oidc.url, (AUDIENCE,))
    closed = gate.Gate(Access(False, False, issuer), Keys(lambda _: None))
    shown = presented.read({"authorization": f"Bearer {token}"}, ())
    caller = closed.admit(shown, "read")
    assert caller.name == f"token {CLIENT}"
    with pytest.raises(Problem) as found:
        closed.admit(shown, "admin")
    assert (found.value.status, "'admin'" in found.value.detail) == (403, True)
    with pytest.raises(Problem) as found:
        closed.admit(presented.Presented(), "read")
    assert found.value.status == 401
    assert "x-api-key" not in found.value.detail


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "ES256"])
def test_signatures_of_either_kind_are_verified(oidc, tokens, algorithm):
    oidc.new_key("another", algorithm)
    assert tokens.caller(oidc.token("another"))
    head, payload, end = oidc.token("another").split(".")
    other = oidc.token("another", scope="read admin").split(".")[1]
    assert tokens.caller(f"{head}.{other}.{end}") is None
    assert tokens.caller(f"{head}.{payload}.") is None


WRONG = {
    "expired": {"exp": int(time.time()) - LEEWAY - 5},
    "not yet": {"nbf": int(time.time()) + 3600},
    "of another issuer": {"iss": "https://elsewhere.example.org"},
    "for another audience": {"aud": "billing"},
    "for nobody": {"aud": None},
    "for nobody, with a client": {"aud": None, "client_id": AUDIENCE},
    "without end": {"exp": None},
    "of an end that is no number": {"exp": "tomorrow"},
    "an ID token of Cognito's": {"token_use": "id"},
    "an access token of another client": {
        "aud": None,
        "token_use": "access",
        "client_id": "another",
    },
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_that_is_not_for_now_and_us_is_refused(oidc, tokens, claims):
    assert tokens.caller(oidc.token(**claims)) is None
    assert tokens.caller(oidc.token())


def test_clocks_may_differ_a_little(oidc, tokens):
    now = int(time.time())
    assert tokens.caller(oidc.token(exp=now - LEEWAY + 10))
    assert tokens.caller(oidc.token(nbf=now + LEEWAY - 10))


def test_cognito_says_client_id_in_place_of_aud(oidc, tokens):
    words = {"aud": None, "token_use": "access", "client_id": AUDIENCE}
    caller = tokens.caller(oidc.token(**words, scope="catchment/read catchment/admin"))
    assert caller.scopes == {"read", "admin"}


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "openid read"}, {"read"}),
        ({"scope": "billing/admin https://x.example.org/read"}, set()),
        ({"scope": None, "scp": "read admin"}, {"read", "admin"}),
        ({"scope": None, "scp": ["admin"]}, {"admin"}),
        ({"scope": None, "cognito:groups": ["admin", "people"]}, {"admin"}),
        ({"scope": "readers administrator"}, set()),
        ({"scope": 7, "scp": {"read": 1}}, set()),
        ({"scope": None}, set()),
    ],
)
def test_scopes_as_providers_say_them(oidc, tokens, claims, scopes):
    assert tokens.caller(oidc.token(**claims)).scopes == scopes


def test_claims_are_texts_numbers_and_lists_of_them(oidc, tokens):
    given = {"region": ["north", 7, 1.5, None, True], "unit": 12, "of": {"a": "b"}}
    claims = tokens.caller(oidc.token(**given)).claims
    assert (claims["region"], claims["unit"]) == (("north", "7"), ("12",))
    assert "of" not in claims


def hs256(oidc, secret, kid="rsa-1"):
    """A token that is signed with the bytes of a public key as if they were secret."""
    token = unsigned({"alg": "HS256", "kid": kid, "typ": "JWT"}, oidc.claims())
    signed = token.rpartition(".")[0]
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def test_a_public_key_is_no_secret_to_sign_with(oidc, tokens):
    public = oidc.keys["rsa-1"][1].public_key()
    kinds = serialization.Encoding, serialization.PublicFormat
    for encoding, form in (
        (kinds[0].PEM, kinds[1].SubjectPublicKeyInfo),
        (kinds[0].DER, kinds[1].SubjectPublicKeyInfo),
        (kinds[0].PEM, kinds[1].PKCS1),
    ):
        assert tokens.caller(hs256(oidc, public.public_bytes(encoding, form))) is None
    assert tokens.caller(oidc.token())


def test_a_shared_secret_of_the_issuer_is_no_key(oidc, tokens):
    secret = b"known to every client of the issuer"
    text = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    oidc.extra.append({"kty": "oct", "kid": "shared", "k": text, "use": "sig"})
    assert tokens.caller(hs256(oidc, secret, "shared")) is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "None", "kid": "rsa-1"},
        {"alg": "ES256", "kid": "rsa-1"},
        {"alg": ["RS256"], "kid": "rsa-1"},
        {"kid": "rsa-1"},
        {"alg": "RS256", "kid": 5},
        {"alg": "RS256", "kid": "../../../../etc/passwd"},
        {"alg": "RS256", "kid": "http://127.0.0.1:1/keys"},
        {"alg": "RS256", "kid": "' or 1=1 --"},
        {"alg": "RS256", "kid": "rsa-1", "crit": ["what"], "what": 1},
        {"alg": "RS256", "kid": "rsa-1", "jwk": {"kty": "oct", "k": "AA"}},
        {"alg": "RS256", "kid": "rsa-1", "jku": "http://127.0.0.1:1/keys"},
    ],
)
def test_a_header_cannot_choose_how_it_is_verified(oidc, tokens, header):
    assert tokens.caller(unsigned(header, oidc.claims(), b"signature")) is None
    assert set(oidc.asked) <= {signers.DISCOVERY, "/keys"}


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "eyJ.eyJ.", "€.€.€", "a" * 99]
)
def test_what_is_no_token_is_refused(tokens, text):
    assert tokens.caller(text) is None


def test_keys_are_asked_for_once_and_for_a_new_one_again(oidc, tokens, clock):
    for _ in range(3):
        assert tokens.caller(oidc.token())
    assert oidc.asked.count("/keys") == 1
    oidc.new_key("rsa-2")
    clock.now += signers.SECONDS_BETWEEN
    assert tokens.caller(oidc.token("rsa-2"))
    assert oidc.asked.count("/keys") == 2


def test_ids_that_do_not_exist_do_not_make_us_ask_and_ask(oidc, tokens, clock):
    tokens.caller(oidc.token())
    clock.now += signers.SECONDS_BETWEEN
    for number in range(20):
        token = unsigned({"alg": "RS256", "kid": f"n{number}"}, oidc.claims(), b"s")
        assert tokens.caller(token) is None
    assert oidc.asked.count("/keys") == 2


def test_a_key_that_was_withdrawn_is_not_taken_for_long(oidc, tokens, clock):
    oidc.new_key("rsa-2")
    stolen = oidc.token("rsa-1")
    assert tokens.caller(stolen)
    del oidc.keys["rsa-1"]
    clock.now += signers.SECONDS_KEPT
    assert tokens.caller(stolen) is None


def test_an_issuer_that_is_away_is_a_503_and_not_asked_at_each_request(
    oidc, tokens, clock
):
    oidc.is_away = True
    for _ in range(3):
        with pytest.raises(Problem) as found:
            tokens.caller(oidc.token())
        assert (found.value.status, found.value.retry_after) == (503, 5)
        assert oidc.url not in found.value.detail
    assert oidc.asked == [signers.DISCOVERY]
    oidc.is_away = False
    clock.now += signers.SECONDS_BETWEEN
    assert tokens.caller(oidc.token())


def test_keys_of_before_serve_while_the_issuer_is_away_but_not_for_ever(
    oidc, tokens, clock
):
    assert tokens.caller(oidc.token())
    oidc.is_away = True
    clock.now += signers.SECONDS_AT_MOST - 1
    assert tokens.caller(oidc.token())
    clock.now += signers.SECONDS_BETWEEN
    with pytest.raises(Problem):
        tokens.caller(oidc.token())


def test_nobody_listens_at_the_issuers_address(clock):
    issuer = Issuer("http://127.0.0.1:1", (AUDIENCE,))
    with pytest.raises(Problem) as found:
        Tokens(issuer, Signers(issuer, clock)).caller(
            unsigned({"alg": "RS256", "kid": "a"}, {}, b"s")
        )
    assert found.value.status == 503


def test_a_document_of_another_issuer_is_not_believed(oidc, tokens):
    oidc.said = "https://elsewhere.example.org"
    with pytest.raises(Problem):
        tokens.caller(oidc.token())


def test_an_address_of_keys_goes_before_the_document(oidc, clock):
    issuer = Issuer(oidc.url, (AUDIENCE,), f"{oidc.url}/keys")
    assert Tokens(issuer, Signers(issuer, clock)).caller(oidc.token())
    assert oidc.asked == ["/keys"]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"API_ACCESS": "jwt"}, "JWT_ISSUER"),
        ({"API_ACCESS": "jwt", "JWT_ISSUER": "https://a.example.org"}, "JWT_AUDIENCE"),
        ({"JWT_ISSUER": "http://a.example.org", "JWT_AUDIENCE": "b"}, "JWT_ISSUER"),
        ({"JWT_ISSUER": "https:///etc", "JWT_AUDIENCE": "b"}, "JWT_ISSUER"),
        ({"API_ACCESS": "open,key"}, "API_ACCESS"),
        ({"API_ACCESS": ","}, "API_ACCESS"),
    ],
)
def test_settings_that_are_not_sure_are_refused(monkeypatch, words, wrong):
    for word in ("API_ACCESS", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL"):
        monkeypatch.delenv(word, raising=False)
    for word, text in words.items():
        monkeypatch.setenv(word, text)
    with pytest.raises(MissingSetting) as found:
        settings.access()
    assert wrong in str(found.value)


def test_settings_of_each_kind(monkeypatch):
    monkeypatch.setenv("JWT_ISSUER", "https://a.example.org/")
    monkeypatch.setenv("JWT_AUDIENCE", "one, two")
    issuer = Issuer("https://a.example.org/", ("one", "two"))
    for given, wanted in (
        ("", Access(True, True, issuer)),
        ("open", Access(True, True, issuer)),
        ("key", Access(False, True, None)),
        ("jwt", Access(False, False, issuer)),
        ("key, jwt", Access(False, True, issuer)),
    ):
        monkeypatch.setenv("API_ACCESS", given)
        assert settings.access() == wanted
