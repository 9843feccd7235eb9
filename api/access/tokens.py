"""Tokens of an issuer: JWTs (RFC 7519), whose signature and claims are verified.

Access tokens of any OpenID Connect provider, and of Cognito, which says `client_id`
in place of `aud`
(https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html).
PyJWT is imported with the first token, which takes 0.14 s.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.access.callers import Caller, claims_of
from api.access.signers import Signers
from catchment.api_keys import SCOPES
from catchment.settings import Issuer

# Signatures with a public key only. With HS256 that public key would be the secret,
# which everybody knows; `none` has no signature.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
# Seconds by which clocks may differ.
LEEWAY = 30
# Where providers say what a caller may: RFC 9068; Entra ID and Okta; Cognito.
_SCOPE_CLAIMS = ("scope", "scp", "cognito:groups")


@dataclass(frozen=True)
class Tokens:
    """The tokens of one issuer."""

    issuer: Issuer
    signers: Signers

    def caller(self, token: str) -> Caller | None:
        """Whose token it is; None where it is not valid, here and now.

        Raises:
            Problem: 503, where the issuer's keys cannot be had.
        """
        from jwt import PyJWTError

        try:
            payload = self._verified(token)
        except (PyJWTError, ValueError):
            return None
        if payload is None or not self._is_for_us(payload):
            return None
        said = payload.get("client_id") or payload.get("azp")
        name = payload.get("sub") or said or "of nobody"
        scopes = frozenset(_scopes(payload, self.issuer.audience))
        return Caller(f"token {name}"[:200], scopes, claims_of(payload))

    def _verified(self, token: str) -> Mapping[str, Any] | None:
        import jwt

        header = jwt.get_unverified_header(token)
        # Before any key is looked for: a token must not choose how it is verified.
        if header.get("alg") not in ALGORITHMS:
            return None
        key = self.signers.key(header.get("kid"))
        if key is None or key.algorithm_name not in ALGORITHMS:
            return None
        found: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self.issuer.url,
            leeway=LEEWAY,
            # Whom it is for is looked at here: Cognito has no `aud`.
            options={"require": ["exp", "iss"], "verify_aud": False},
        )
        return found

    def _is_for_us(self, payload: Mapping[str, Any]) -> bool:
        """Whether the issuer gave it for this API, and to ask with.

        Cognito's ID tokens name our client as `aud`, and tell the client who its
        user is: they are not for us.
        """
        use = payload.get("token_use")
        if use not in (None, "access"):
            return False
        given = payload.get("aud")
        if given is None and use == "access":
            given = payload.get("client_id")
        named = given if isinstance(given, list) else [given]
        return any(name in self.issuer.audience for name in named)


def _scopes(payload: Mapping[str, Any], audience: Collection[str]) -> Iterable[str]:
    """Our scopes, bare or behind the name of this API, as `catchment/read`.

    Behind any other name they are another service's.
    """
    for claim in _SCOPE_CLAIMS:
        given = payload.get(claim)
        texts = given.split() if isinstance(given, str) else given
        for text in texts if isinstance(texts, list) else ():
            prefix, _, scope = str(text).rpartition("/")
            if scope in SCOPES and (not prefix or prefix in audience):
                yield scope
