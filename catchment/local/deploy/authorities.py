"""The certificate authorities that clients in AWS trust the database by.

AWS's bundle is fetched once, or given as a file, and kept in `.catchment/`. To it
come Amazon's root certificates, by which RDS Proxy is signed, out of the bundle
that botocore has of all authorities.
"""

import re
import ssl
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from catchment.local import state
from catchment.local.trouble import Trouble

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
# https://www.amazontrust.com/repository/
ROOTS = (
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
)
KEPT = "rds-ca.pem"
_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----\s.+?-----END CERTIFICATE-----", re.DOTALL
)


def text(root: Path, given: Path | None = None) -> str:
    """The text of `rds-ca.pem`.

    AWS's bundle is taken from `given`, else as it was kept, else fetched.

    Raises:
        Trouble: where it cannot be had, or is none.
    """
    return "".join(f"{one}\n" for one in [*_bundle(root, given), *_roots()])


def _bundle(root: Path, given: Path | None) -> list[str]:
    kept = state.folder_of(root) / KEPT
    if given is not None:
        found = _certificates(_read(given), str(given))
    elif kept.is_file():
        return _certificates(kept.read_text(), str(kept))
    else:
        found = _certificates(_fetched(BUNDLE), BUNDLE)
    state.write_private(kept, "".join(f"{one}\n" for one in found))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error


def _fetched(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return str(answer.read().decode("ascii", "replace"))
    except HTTPError as error:
        raise _absent(url, f"status {error.code}") from error
    except (OSError, HTTPException) as error:
        raise _absent(url, "no answer") from error


def _absent(url: str, reason: str) -> Trouble:
    return Trouble(
        f"AWS's certificates cannot be fetched from {url} ({reason}): fetch the file "
        "on a machine that can, and give it by `--ca FILE` or RDS_CA=FILE."
    )


def _certificates(bundle: str, place: str) -> list[str]:
    found = _CERTIFICATE.findall(bundle)
    try:
        if not found:
            raise ValueError
        # OpenSSL reads each; a cut or marred one is an error.
        ssl.create_default_context(cadata="\n".join(found))
    except (ValueError, ssl.SSLError) as error:
        raise Trouble(
            f"{place} holds no certificates in PEM: remove it, or give AWS's "
            "global-bundle.pem by `--ca FILE`."
        ) from error
    return found


def _roots() -> list[str]:
    """Amazon's roots, in the order of `ROOTS`.

    Raises:
        Trouble: where botocore's bundle has one of them no longer.
    """
    import botocore

    bundle = Path(botocore.__file__).with_name("cacert.pem").read_text("utf-8")
    by_name = {_common_name(one): one for one in _CERTIFICATE.findall(bundle)}
    if missing := [name for name in ROOTS if name not in by_name]:
        raise Trouble(f"botocore has no certificate of {missing[0]}: lock another one.")
    return [by_name[name] for name in ROOTS]


def _common_name(certificate: str) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    (read,) = context.get_ca_certs()
    subject = dict(part[0] for part in read["subject"])  # type: ignore[misc]
    return str(subject.get("commonName"))
