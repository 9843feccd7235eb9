"""schemathesis: requests made of the OpenAPI document, and of what breaks it.

No answer is a 5xx or has a status that is not told of, and each fits its schema.
`make fuzz-api` runs the same with as many cases as `FUZZ_CASES` says.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from catchment.local import api_keys
from tests.clients.conftest import Api, serving
from tests.conftest import BIN, Platform

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
CASES = int(os.environ.get("FUZZ_CASES", "0"))
SEED = os.environ.get("FUZZ_SEED", "1")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
# Answered by 503 where there is no loader, and no queue.
ASKS_OTHERS = ("rows", "replay", "replayRejects", "queue")
# What the ledger shows: a load of each status, and rejects of one.
LEDGER = """
insert into ops.load (feed, bucket, key, version, status, rows_read, finished_at)
select 'stations', 'b', 'k' || status, '1', status, 3, clock_timestamp()
from unnest(array['loaded', 'rejected', 'failed', 'superseded', 'unmatched']) as status;
insert into ops.reject (load_id, row_number, column_name, code, message, record)
select 1, i, 'depth', 'type', 'is no integer', '{"depth": "é"}'
from generate_series(1, 150) as i;
"""


@pytest.fixture
def keeper(bare_platform: Platform, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of an API with a ledger and no models, and a key of an admin."""
    with psycopg.connect(bare_platform.admin, autocommit=True) as admin:
        admin.execute(LEDGER)
        admin.execute(
            "insert into ops.catalog (hash, document) values ('h', %s)",
            [json.dumps({"feeds": [], "models": []})],
        )
    wish = api_keys.Wish("schemathesis", scopes=("read", "admin"))
    key = api_keys.create(bare_platform.admin, wish)[0]
    log = tmp_path / "api.log"
    with serving(bare_platform.admin, log, CATCHMENT_BUCKET="b") as url:
        yield url, str(key)


def fuzzed(url: str, folder: Path, *options: str, least: int = 10) -> Any:
    """The report of a run against the API at `url`, `least` cases a path."""
    report = folder / "report.json"
    # The edges of each schema are some thousand cases, however few are asked for.
    phases = "examples,coverage,fuzzing" if CASES else "examples,fuzzing"
    done = subprocess.run(
        [
            *(BIN / "schemathesis", "--config-file", CONFIGURATION),
            *("run", f"{url}/api", "--no-color", "--continue-on-failure"),
            *("--seed", SEED, "--phases", phases, "--checks", ",".join(CHECKS)),
            *("--max-examples", str(max(CASES // 50, least))),
            *("--report-json-path", report, *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    print(done.stdout[done.stdout.find(" SUMMARY ") :])
    assert done.returncode == 0, done.stdout
    told = json.loads(report.read_text())
    assert not told["errors"]
    return told


def accepted(told: Any, *words: str) -> int:
    """How many requests were good ones, of paths that end with any of the words."""
    return sum(
        phase["accepted"]
        for path, phases in told["valid_rates"].items()
        if path.endswith(words)
        for phase in phases.values()
    )


def test_no_answer_is_other_than_the_document_tells(api: Api, tmp_path: Path) -> None:
    told = fuzzed(api.url, tmp_path)
    assert told["operations"]["tested"] == told["operations"]["total"] > 20
    assert told["test_cases"]["generated"] >= max(CASES, 200)
    # Refused alone, nothing would be tested but what refuses.
    assert accepted(told, "/items", "/aggregated-data", "/places") > 5


def test_nor_is_one_to_an_admin(keeper: tuple[str, str], tmp_path: Path) -> None:
    url, key = keeper
    told = fuzzed(
        url,
        tmp_path,
        *("--header", f"x-api-key: {key}", "--include-tag", "Admin"),
        *(word for id_ in ASKS_OTHERS for word in ("--exclude-operation-id", id_)),
        least=40,
    )
    assert accepted(told, "/loads") > 3
