"""Alerts: posted once, to a webhook or a topic; the webhook's URL stays secret."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from catchment.local import dbt_command, process, services, storage
from catchment.local.check import alert_box, alerts
from catchment.local.check.alerts import Alert, NotPosted
from catchment.local.storage import Names
from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

SECRET = "T00-secret-B00"
ALERT = Alert("Catchment: 1 error", "ERROR readings: <!channel> & more")


@dataclass
class Hook:
    """A webhook that notes what it is told, and answers as it is told."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, str, Any]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            hook.seen.append((self.path, self.headers["Content-Type"], body))
            self.send_response(hook.status)
            for name, value in hook.headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests look at `seen`."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/services/{SECRET}"
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_gets_one_text_in_slacks_format(hook: Hook) -> None:
    """Slack's signs are escaped: no value may call everybody."""
    place = alerts.post(ALERT, {alerts.WEBHOOK: hook.url})

    text = "*Catchment: 1 error*\nERROR readings: &lt;!channel&gt; &amp; more"
    assert hook.seen == [(f"/services/{SECRET}", "application/json", {"text": text})]
    assert SECRET not in (place or "")


def test_the_webhook_goes_before_the_topic(hook: Hook) -> None:
    alerts.post(ALERT, {alerts.WEBHOOK: hook.url, alerts.TOPIC: "arn:nothing"})

    assert len(hook.seen) == 1


@pytest.mark.parametrize(
    ("status", "headers"), [(404, {}), (500, {}), (302, {"Location": "/elsewhere"})]
)
def test_a_webhook_that_refuses_is_a_sentence(
    status: int, headers: dict[str, str], hook: Hook
) -> None:
    hook.status, hook.headers = status, headers

    with pytest.raises(NotPosted, match=f"webhook answers with {status}") as raised:
        alerts.post(ALERT, {alerts.WEBHOOK: hook.url})

    assert len(hook.seen) == 1  # a redirect is not followed
    assert_secret(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{SECRET}",
        f"https://127.0.0.1:1/{SECRET}",
        f"http://127.0.0.1:1/a b/{SECRET}",
        f"http://127.0.0.1:port/{SECRET}",
        f"http://{SECRET * 20}/",
        f"file:///{SECRET}",
        SECRET,
    ],
)
def test_a_webhook_that_is_away_is_a_sentence_without_its_url(url: str) -> None:
    with pytest.raises(NotPosted, match=f"{alerts.WEBHOOK}") as raised:
        alerts.post(ALERT, {alerts.WEBHOOK: url})

    assert_secret(raised.value)


def assert_secret(error: BaseException) -> None:
    """Neither the error nor one that a traceback would show holds the URL."""
    seen: BaseException | None = error
    while seen is not None:
        assert SECRET not in str(seen)
        seen = seen.__cause__ or seen.__context__


def test_a_topic_gets_subject_and_text(aws: dict[str, str], names: Names) -> None:
    sqs = storage.client("sqs", aws)
    topic = prepared(aws, names)
    environ = {**aws, alerts.TOPIC: topic}

    assert alerts.post(ALERT, environ) == topic

    assert alert_box.posted(sqs, names.alerts) == (ALERT,)


def prepared(aws: dict[str, str], names: Names) -> str:
    sns, sqs = storage.client("sns", aws), storage.client("sqs", aws)
    return storage.prepare_alerts(sns, sqs, names)


@pytest.fixture
def names(request: pytest.FixtureRequest) -> Names:
    """A topic of the test's own."""
    return Names(alerts=f"alerts-{abs(hash(request.node.name))}")


def test_alerts_stay_to_be_read_again(aws: dict[str, str], names: Names) -> None:
    sqs, environ = storage.client("sqs", aws), {**aws, alerts.TOPIC: ""}
    environ[alerts.TOPIC] = prepared(aws, names)
    sent = tuple(Alert(f"number {number}", "text") for number in range(12))
    for alert in sent:
        alerts.post(alert, environ)

    assert alert_box.posted(sqs, names.alerts) == sent
    assert alert_box.posted(sqs, names.alerts) == sent


def test_preparing_twice_subscribes_once(aws: dict[str, str], names: Names) -> None:
    assert prepared(aws, names) == prepared(aws, names)

    alerts.post(ALERT, {**aws, alerts.TOPIC: prepared(aws, names)})

    assert alert_box.posted(storage.client("sqs", aws), names.alerts) == (ALERT,)


def test_the_topics_name_comes_from_its_arn() -> None:
    environ = {alerts.TOPIC: "arn:aws:sns:eu-central-1:123456789012:elsewhere"}

    assert Names.of(environ).alerts == "elsewhere"
    assert Names.of({}).alerts == "catchment-alerts"


def test_a_topic_of_another_region_is_found_there(aws: dict[str, str]) -> None:
    there = {**aws, "AWS_DEFAULT_REGION": "us-west-2"}
    topic = prepared(there, Names(alerts="far-away"))

    alerts.post(ALERT, {**aws, alerts.TOPIC: topic})

    assert alert_box.posted(storage.client("sqs", there), "far-away") == (ALERT,)


@pytest.mark.parametrize(
    "topic", ["arn:aws:sns:eu-central-1:123456789012:absent", "no-arn"]
)
def test_a_topic_that_is_absent_is_a_sentence(aws: dict[str, str], topic: str) -> None:
    with pytest.raises(NotPosted, match=f"mend CATCHMENT_ALERT_TOPIC .*{topic}"):
        alerts.post(ALERT, {**aws, alerts.TOPIC: topic})


def test_an_endpoint_that_is_away_is_a_sentence(aws: dict[str, str]) -> None:
    words = {
        **aws,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{process.free_port(0)}",
        alerts.TOPIC: "arn:aws:sns:eu-central-1:123456789012:absent",
    }

    with pytest.raises(NotPosted, match="mend CATCHMENT_ALERT_TOPIC"):
        alerts.post(ALERT, words)


def test_nothing_is_posted_where_nothing_is_set() -> None:
    assert alerts.post(ALERT, {}) is None


def test_a_subject_is_what_sns_takes() -> None:
    subject = alerts.subject_of(Alert("Münster\n" + "x" * 200, ""))

    assert subject.startswith("M?nster xxx")
    assert len(subject) == alerts.LONGEST_SUBJECT


def test_a_queue_that_is_absent_is_a_sentence(aws: dict[str, str]) -> None:
    with pytest.raises(Trouble, match="run `catchment up`"):
        alert_box.posted(storage.client("sqs", aws), "no-such-queue")


def test_services_are_not_told_the_webhook(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(alerts.WEBHOOK, SECRET)
    monkeypatch.setenv("CATCHMENT_TEST_WORD", "seen")
    command = (sys.executable, "-c", "import os; print(os.environ, 'written')")

    services.start(project, services.Plan("any", command, "", {}))
    services.wait(project, "any", "written")

    log = services.log_of(project, "any").read_text()
    assert SECRET not in log
    assert "CATCHMENT_TEST_WORD" in log
    assert os.environ[alerts.WEBHOOK] == SECRET


def test_dbt_is_not_told_the_webhook(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "warehouse" / "dbt_project.yml").touch()
    python = project / "python"
    python.write_text("#!/bin/sh\nenv\necho '1 of 2 PASS a test ........ [PASS]'\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv(alerts.WEBHOOK, SECRET)
    ticks: list[str] = []

    code = dbt_command.run(
        project,
        ("test", "--exclude", "x"),
        {"WORD": "seen"},
        project / "logs" / "dbt",
        Voice(tick=ticks.append),
    )

    log = (project / "logs" / "dbt").read_text()
    assert code == 0
    assert SECRET not in log
    assert "WORD=seen" in log
    assert ticks == ["dbt test", "dbt test: 1 of 2, a test"]
