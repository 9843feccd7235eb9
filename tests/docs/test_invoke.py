"""`catchment invoke`: a sample event and the real handler, by hand."""

import base64
import json
import subprocess
import sys

import brotli

from catchment.roles import API, password_word
from tests.conftest import ROOT, Platform


def test_the_sample_request_is_answered_by_the_api(built: Platform) -> None:
    environment = {**built.environment, password_word(API): built.password}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "catchment.cli", "invoke", "api"),
            "events/api-aggregated-data.json",
        ],
        cwd=ROOT,
        env={**environment, "CATCHMENT_ENV_FILE": "/dev/null"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    body = answer["body"]
    if answer["isBase64Encoded"]:
        assert answer["headers"]["Content-Encoding"] == "br"
        body = brotli.decompress(base64.b64decode(body))
    assert answer["statusCode"] == 200
    assert json.loads(body)["dataset"] == "earthquakes_by_state"
