"""Alerts: one message to a webhook or to an SNS topic.

`CATCHMENT_ALERT_WEBHOOK` takes Slack's format and is a secret: whoever knows the
URL can write. `CATCHMENT_ALERT_TOPIC` is a topic's ARN.
"""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from botocore.exceptions import BotoCoreError, ClientError

from catchment.local import storage

WEBHOOK, TOPIC = "CATCHMENT_ALERT_WEBHOOK", "CATCHMENT_ALERT_TOPIC"
TIMEOUT_SECONDS = 10
LONGEST_SUBJECT = 100  # SNS's limit


class NotPosted(RuntimeError):
    """The alert reached nobody; the message never holds the webhook's URL."""


@dataclass(frozen=True)
class Alert:
    """What is posted: plain text. A webhook gets both as one text."""

    subject: str
    text: str


def post(alert: Alert, environ: Mapping[str, str]) -> str | None:
    """Post an alert to the webhook, else to the topic.

    Returns:
        Where it went, for a person; None where neither is set.

    Raises:
        NotPosted: where it is not taken.
    """
    if url := environ.get(WEBHOOK):
        _to_webhook(alert, url)
        return f"the webhook of {WEBHOOK}"
    if topic := environ.get(TOPIC):
        _to_topic(alert, topic, environ)
        return topic
    return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET, which posts nothing."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _to_webhook(alert: Alert, url: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise NotPosted(f"{WEBHOOK} is no URL that begins with https://: mend it.")
    text = f"*{_slack(alert.subject)}*\n{_slack(alert.text)}"
    try:
        request = urllib.request.Request(
            url,
            json.dumps({"text": text}).encode(),
            {"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=TIMEOUT_SECONDS):
            pass
    except (OSError, HTTPException, ValueError) as error:
        # Neither the error's text nor the error itself: both may show the URL.
        reason = _reason(error)
    else:
        return
    raise NotPosted(f"The alert was not posted, mend {WEBHOOK}: {reason}.")


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"the webhook answers with {error.code}"
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"the webhook does not answer within {TIMEOUT_SECONDS} s"
    return f"the webhook cannot be reached ({type(cause).__name__})"


def _slack(text: str) -> str:
    """Slack's three signs, so that no value can mention anybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _to_topic(alert: Alert, topic: str, environ: Mapping[str, str]) -> None:
    region = dict(enumerate(topic.split(":"))).get(3) or ""
    place = {**environ, **({"AWS_DEFAULT_REGION": region} if region else {})}
    try:
        storage.client("sns", place).publish(
            TopicArn=topic, Subject=subject_of(alert), Message=alert.text
        )
    except (BotoCoreError, ClientError) as error:
        raise NotPosted(
            f"The alert was not posted, mend {TOPIC} ({topic}) or its rights: {error}"
        ) from error


def subject_of(alert: Alert) -> str:
    """The subject as SNS takes it: ASCII, on one line, 100 characters."""
    plain = alert.subject.encode("ascii", "replace").decode()
    return " ".join(plain.split())[:LONGEST_SUBJECT]
