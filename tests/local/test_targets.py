"""The make targets that people expect, and the commands under them."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from click.testing import CliRunner, Result

from catchment.cli import main
from catchment.local import storage, web
from catchment.local.lambdas import Event, LambdaContext
from catchment.local.storage import Names
from tests.conftest import ROOT

TARGETS = [
    *("install", "config", "infra", "data", "see-files", "copy-files"),
    *("query-enrollment", "query-counts", "deploy", "destroy", "demo", "test"),
    *("leads-run", "leads-drop", "check"),
]


def api(event: Event, context: LambdaContext) -> dict[str, object]:
    """Answers with what it was asked, twice; /none has no rows, /other refuses.

    /closed and /health let in who bears a token, as a gateway with Cognito does;
    /aggregated-data lists what there is.
    """
    if event["rawPath"] == "/other":
        problem = {"detail": "Nothing is there.", "known": ["/asked", "/none"]}
        return {"statusCode": 404, "body": json.dumps(problem)}
    if event["rawPath"] in ("/closed", "/health") and (
        event["headers"].get("authorization") != "Bearer a-token"
    ):
        return {"statusCode": 401, "body": json.dumps({"message": "Unauthorized"})}
    if event["rawPath"] == "/aggregated-data":
        offers = {
            "datasets": [{"name": "quakes", "title": "Quakes by state"}],
            "paths": [{"path": "/parks", "title": "Parks"}],
        }
        return {"statusCode": 200, "body": json.dumps(offers)}
    row = {"path": event["rawPath"], **dict(parse_qsl(event["rawQueryString"]))}
    rows = [] if event["rawPath"] == "/none" else [row, {**row, "n": 12345}]
    links = [{"rel": "next", "href": "…"}]
    return {"statusCode": 200, "body": json.dumps({"data": rows, "links": links})}


@pytest.fixture
def api_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with web.GatewayServer(("127.0.0.1", 0), api) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("CATCHMENT_API_URL", url)
        yield url
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)


def catchment(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_query_shows_the_rows_of_a_path(api_url: str) -> None:
    done = catchment("query", "/asked", "year=2021", "state=New York", "--title", "T")

    assert done.exit_code == 0, done.output
    assert "T" in done.output.splitlines()[0]
    assert "2021" in done.output
    assert "New York" in done.output
    assert "limit=… shows more" in done.output
    assert f"curl '{api_url}/asked?year=2021&state=New+York'" in done.output


def test_query_gives_the_rows_as_they_are(api_url: str) -> None:
    done = catchment("query", "asked", "year=2021", "--json")

    row = {"path": "/asked", "year": "2021"}
    printed = done.output[done.output.index("[") :]  # behind the server's own log
    assert json.loads(printed) == [row, {**row, "n": 12345}]


def test_query_says_so_where_there_is_nothing(api_url: str) -> None:
    assert "No rows" in catchment("query", "/none").output


def test_query_shows_what_there_is(api_url: str) -> None:
    shown = catchment("query", "/aggregated-data").output

    assert re.search(r"/aggregated-data +quakes +Quakes by state", shown)
    assert re.search(r"/parks +Parks", shown)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/other"], "404: Nothing is there. Known: /asked, /none."),
        (["/asked", "2021"], "'2021' is no NAME=VALUE, as year=2021"),
    ],
)
def test_query_says_what_is_wrong(api_url: str, words: list[str], said: str) -> None:
    done = catchment("query", *words)

    assert done.exit_code != 0
    assert said in done.output


def test_query_bears_the_token_of_an_api_that_asks_for_one(
    api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = catchment("query", "/closed")
    monkeypatch.setenv("CATCHMENT_API_TOKEN", "a-token")

    assert without.exit_code != 0
    assert "401: give it a key or token in CATCHMENT_API_TOKEN" in without.output
    assert catchment("query", "/closed").exit_code == 0


def test_a_deployment_is_no_failure_where_the_api_asks_for_a_token(
    api_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = {"id": "build:1", "buildComplete": True, "buildStatus": "SUCCEEDED"}
    client = SimpleNamespace(
        start_build=lambda **_: {"build": build},
        batch_get_builds=lambda **_: {"builds": [build]},
    )
    monkeypatch.setattr(storage, "client", lambda *_: client)
    monkeypatch.setenv("CATCHMENT_BUILD_PROJECT", "stack-build")

    done = catchment("rollout")

    assert done.exit_code == 0, done.output
    assert "nobody looked at the API" in done.output
    assert "CATCHMENT_API_TOKEN" in done.output


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("SUCCEEDED", 0, "No check failed"),
        ("FAILED", 1, "ended with FAILED: see https://console.example/log. A check"),
    ],
)
def test_the_checks_of_a_stack_run_where_its_database_is(
    monkeypatch: pytest.MonkeyPatch, status: str, code: int, said: str
) -> None:
    logs = {"deepLink": "https://console.example/log"}
    build = {"id": "1", "buildComplete": True, "buildStatus": status, "logs": logs}
    started: list[str] = []

    def start(**words: str) -> dict[str, object]:
        started.append(words["projectName"])
        return {"build": build}

    client = SimpleNamespace(
        start_build=start,
        batch_get_builds=lambda **_: {"builds": [build]},
    )
    monkeypatch.setattr(storage, "client", lambda *_: client)
    monkeypatch.setenv("CATCHMENT_CHECK_PROJECT", "stack-check")

    done = catchment("check")

    assert done.exit_code == code
    assert said in " ".join(done.output.split())
    assert started == ["stack-check"]
    assert "take no options" in catchment("check", "--no-alert").output


def test_query_needs_an_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CATCHMENT_API_URL", raising=False)

    assert "CATCHMENT_API_URL is not set" in catchment("query", "/asked").output


@pytest.fixture
def bucket(aws: dict[str, str], names: Names, monkeypatch: pytest.MonkeyPatch) -> str:
    for word, text in aws.items():
        monkeypatch.setenv(word, text)
    monkeypatch.setenv("CATCHMENT_BUCKET", names.bucket)
    storage.prepare(storage.client("s3", aws), storage.client("sqs", aws), names)
    return names.bucket


def test_files_are_uploaded_without_a_database_and_listed(
    bucket: str, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for folder in ("expected", "recorded"):
        (examples / "quakes" / folder).mkdir()
        (examples / "quakes" / folder / "a.json").touch()
    assert "holds no object" in catchment("files").output

    uploaded = catchment("load", "--no-wait", str(examples))
    listed = catchment("files", "--limit", "1")

    assert "2 files uploaded" in uploaded.output, uploaded.output
    assert "incoming/energy/readings/b ü.csv" in listed.output
    assert "quakes" not in listed.output
    assert f"2 objects, 40 bytes in s3://{bucket}/" in listed.output
    assert "incoming/quakes/a.geojson" in catchment("files").output


def test_config_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:s3cret@db.example/c")
    monkeypatch.setenv("CATCHMENT_ALERT_WEBHOOK", "https://hooks.example/s3cret")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "s3cret")
    monkeypatch.setenv("CATCHMENT_API_TOKEN", "s3cret")

    shown = catchment("config").output

    assert "postgresql://admin@db.example/c" in shown
    assert "(set, not shown)" in shown
    assert "s3cret" not in shown


def test_a_stack_that_was_never_deployed_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", str(tmp_path / "none.env"))

    done = catchment("files")

    assert done.exit_code == 1
    assert "deploy that stack first" in done.output


def make(*words: str) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_help_has_a_line_for_every_target() -> None:
    lines = dict(line.split(maxsplit=1) for line in make("help").splitlines())

    assert set(TARGETS) <= set(lines)
    assert all(len(line.split()) > 1 for line in lines.values())


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["infra"], "catchment up"),
        (["deploy"], "catchment up --build"),
        (["destroy"], "catchment down --delete-data"),
        (["data", "YEARS=2020 2021"], 'catchment extract --years "2020 2021"'),
        (["copy-files", "FILES=my"], 'catchment load  "my"'),
        (["copy-files", "STACK=x"], 'catchment load --no-wait "examples"'),
        (["query-enrollment", "YEAR=2020"], "year=2020 limit=10"),
        (["leads-run", "DATE=20251105"], '{name: leads, date: "20251105"}'),
    ],
)
def test_what_a_target_runs(words: list[str], runs: str) -> None:
    assert runs in make("-n", *words)


def test_a_stack_is_a_file_of_settings() -> None:
    said = make("--eval", "shown: ; @echo $(CATCHMENT_ENV_FILE)", "shown", "STACK=x")

    assert said.strip() == str(ROOT / ".catchment" / "stacks" / "x.env")


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["--deploy"], "deploy"),
        (["--copy-files"], "copy-files FILES=examples"),
        (["--copy-files", "my files"], "copy-files FILES=my files"),
    ],
)
def test_run_sh_is_another_name(tmp_path: Path, words: list[str], runs: str) -> None:
    stub = tmp_path / "make"
    stub.write_text('#!/bin/sh\necho "$@"\n')
    stub.chmod(0o755)

    said = subprocess.check_output(
        [str(ROOT / "run.sh"), *words],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        text=True,
    )

    assert said.strip() == runs


def test_run_sh_says_what_it_knows() -> None:
    done = subprocess.run([str(ROOT / "run.sh")], capture_output=True, text=True)

    assert done.returncode == 2
    assert "--copy-files" in done.stderr
