"""The built package, run as Lambda runs it: nothing else on the path, AWS's own
runtime, a database that takes TLS alone, and each role its own function."""

import csv
import json
import os
import platform as machine
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from api.html import static_files
from catchment import roles
from catchment.local import gateway, storage
from catchment.local.deploy import authorities, package
from catchment.local.postgres import owner
from catchment.local.storage import Names
from loader.events import Event, ObjectVersion
from tests.conftest import ROOT, Platform
from tests.loader.conftest import s3_event, sqs_event
from tests.local import lambda_service
from tests.local.lambda_service import IMAGE, TASK

pytestmark = pytest.mark.packages

EXAMPLES = ROOT / "examples" / "observations"
BY_STATE = "dataset=observations_by_state&group_by=state_name,category&limit=1000"
HANDLERS = ("loader.handler", "loader.extract.handler", "api.handler")
IMPORTS = f"""
import sys
for name in {HANDLERS}:
    __import__(name)
session = __import__("botocore.session").session.get_session()
for service in ("s3", "secretsmanager"):
    session.create_client(service, "eu-central-1")
files = {{getattr(module, "__file__", None) for module in sys.modules.values()}}
mine = {{name for name in files if name and name.startswith("{TASK}/")}}
print(len(mine), [name for name in files if name and "site-packages" in name])
"""


@pytest.fixture(scope="module")
def architecture() -> str:
    if sys.platform != "linux" or shutil.which("docker") is None:
        pytest.skip("no Docker engine on the machine's own network")
    if subprocess.run(
        ["docker", "image", "inspect", IMAGE], capture_output=True
    ).returncode:
        pytest.skip(f"no Docker engine that has the image {IMAGE}")
    return "arm64" if machine.machine() == "aarch64" else "x86_64"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate authority (ca.pem), and what a server `localhost` shows."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    folder = tmp_path_factory.mktemp("tls")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    ours = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"]
    for name, words in (
        ("ca", ["-subj", "/CN=A test's authority"]),
        (
            "server",
            [*ours, "-subj", "/CN=x", "-addext", "subjectAltName=DNS:localhost"],
        ),
    ):
        command = [*make, "-keyout", f"{name}.key", "-out", f"{name}.pem", *words]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def task(
    architecture: str, tls: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The package, unpacked."""
    folder = tmp_path_factory.mktemp("task")
    trusted = authorities.text(tmp_path_factory.mktemp("project"), tls / "ca.pem")
    zipped = tmp_path_factory.mktemp("dist") / "lambda.zip"
    built = package.build_lambda(ROOT, architecture, trusted, zipped)
    lambda_service.unpack(built.path, folder)
    return folder


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AWS's runtime interface client, which is in Lambda's own image."""
    folder = tmp_path_factory.mktemp("runtime")
    folder.chmod(0o755)
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    words = ["pip", "install", "--target", str(folder), "--python-version", "3.13"]
    done = subprocess.run(
        [uv, *words, "--only-binary", ":all:", "awslambdaric==4.2.2"],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"awslambdaric cannot be had: {done.stderr[-200:]}")
    return folder


@pytest.fixture(scope="module")
def encrypted(server_url: str, tls: Path) -> Iterator[None]:
    """The tests' server takes TLS, with a certificate of that authority."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        (found,) = connection.execute("show data_directory").fetchone() or ("",)
        folder = Path(found)
        if "DATABASE_URL" in os.environ or not folder.is_dir():
            pytest.skip("the tests' PostgreSQL is not one of this machine's own")
        for name, setting in (
            ("server.pem", "ssl_cert_file"),
            ("server.key", "ssl_key_file"),
        ):
            shutil.copy(tls / name, folder / name)
            (folder / name).chmod(0o600)
            owner.give(folder / name, owner.server_user())
            connection.execute(f"alter system set {setting} = '{name}'")
        connection.execute("alter system set ssl = on")
        connection.execute("select pg_reload_conf()")
        yield
        for setting in ("ssl", "ssl_cert_file", "ssl_key_file"):
            connection.execute(f"alter system reset {setting}")
        connection.execute("select pg_reload_conf()")


def environ_of(url: str) -> dict[str, str]:
    """As modules/function sets it, but for the password in the URL."""
    return {
        "DATABASE_URL": roles.url_with(url, host="localhost"),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": f"{TASK}/rds-ca.pem",
        "POWERTOOLS_METRICS_NAMESPACE": "Catchment/test",
    }


def with_secret(url: str, aws: dict[str, str]) -> dict[str, str]:
    """The same with the password in Secrets Manager."""
    password = conninfo_to_dict(url)["password"]
    arn = storage.client("secretsmanager", aws).create_secret(
        Name=uuid.uuid4().hex, SecretString=password
    )["ARN"]
    environ = environ_of(roles.url_with(url, password=None))
    return {**environ, **aws, "DATABASE_PASSWORD_FROM": arn}


def asked(target: str) -> dict[str, Any]:
    return gateway.event_of("GET", target, [], b"", "127.0.0.1")


def put(aws: dict[str, str], names: Names) -> Event:
    """Put the files into a bucket; S3's notifications, as SQS hands them over."""
    s3, bucket = storage.client("s3", aws), names.bucket
    storage.prepare(s3, storage.client("sqs", aws), names)
    bodies = []
    for path in sorted(EXAMPLES.glob("*.csv")):
        key = f"incoming/observations/{path.name}"
        etag = s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())["ETag"]
        bodies.append(s3_event(ObjectVersion(bucket, key, etag)))
    return sqs_event(*bodies)


def test_every_handler_imports_with_the_package_alone(task: Path) -> None:
    command = lambda_service.container(
        task, "--network=none", f"--env=PYTHONPATH={TASK}"
    )
    done = subprocess.run(
        [*command, "python", "-S", "-"], input=IMPORTS, capture_output=True, text=True
    )
    count, foreign = done.stdout.split(maxsplit=1) or ("0", "")
    assert done.returncode == 0, done.stderr
    assert int(count) > 100
    assert foreign.strip() == "[]"


def test_pages_have_all_their_parts(task: Path) -> None:
    ui = task / "aws_lambda_powertools" / "event_handler" / "openapi" / "swagger_ui"
    own = task / "api" / "html" / "static"
    found = {path.name for folder in (ui, own) for path in folder.rglob("*")}
    assert {*static_files.names()} <= found


def test_a_file_goes_in_and_its_aggregate_comes_out(
    task: Path,
    runtime: Path,
    encrypted: None,
    platform: Platform,
    aws: dict[str, str],
    names: Names,
    tmp_path: Path,
) -> None:
    loads, asks = (with_secret(url, aws) for url in (platform.loader, platform.api))
    log = tmp_path / "loader"
    with lambda_service.running(
        "loader.handler.handler", task, runtime, loads, log
    ) as loader:
        loaded = loader.invoke(put(aws, names))
        with psycopg.connect(platform.admin) as connection:
            sessions = connection.execute(
                "select usename, ssl "
                "from pg_stat_activity join pg_stat_ssl using (pid) "
                "where usename like 'catchment_%' and datname = current_database()"
            ).fetchall()
    assert (loaded.kind, loaded.body) == ("response", {"batchItemFailures": []}), (
        log.read_text()
    )
    assert sessions == [("catchment_loader", True)]

    with lambda_service.running(
        "api.handler.handler", task, runtime, asks, tmp_path / "api"
    ) as api:
        answer = api.invoke(asked(f"/aggregated-data?{BY_STATE}"))
    assert answer.body["statusCode"] == 200, answer.body
    found = json.loads(answer.body["body"])["data"]
    assert len(found) > 3
    counts = {(row["state_name"] or "", row["category"]): row["n"] for row in found}
    assert counts == {
        (row["state_name"], row["category"]): int(row["n"])
        for row in csv.DictReader((EXAMPLES / "expected" / "by_state.csv").open())
    }


def test_a_server_of_another_authority_is_not_talked_to(
    task: Path, runtime: Path, encrypted: None, platform: Platform, tmp_path: Path
) -> None:
    others = {"PGSSLROOTCERT": f"{TASK}/botocore/cacert.pem"}
    environ = {**environ_of(platform.api), **others}
    log = tmp_path / "api"
    with lambda_service.running(
        "api.handler.handler", task, runtime, environ, log
    ) as api:
        answer = api.invoke(asked("/health"))
    assert answer.body["statusCode"] == 503
    assert "certificate verify failed" in log.read_text()
