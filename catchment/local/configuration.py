"""The settings that a person may give, what they are now, and what they are for."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Setting:
    """A word of the environment; `shown` is its value without any secret."""

    word: str
    shown: str
    meaning: str


# In the order in which a newcomer meets them.
_MEANINGS = {
    "CATCHMENT_ENV_FILE": "the file with these words, in place of .env",
    "DATABASE_URL": "the database, as its administrator",
    "CATCHMENT_API_URL": "where the API answers",
    "CATCHMENT_API_TOKEN": "a key or token, where it asks for one",
    "CATCHMENT_BUCKET": "the bucket; files go to its folder incoming/",
    "CATCHMENT_QUEUE_URL": "the queue that the bucket notifies",
    "CATCHMENT_DEAD_LETTERS_URL": "where its messages end that nobody could work off",
    "CATCHMENT_EXTRACT_FUNCTION": "the deployed extract Lambda",
    "CATCHMENT_BUILD_PROJECT": "the deployed build of migrations and models",
    "CATCHMENT_CHECK_PROJECT": "the deployed check of the data",
    "AWS_ENDPOINT_URL": "S3, SQS and SNS; AWS's own where it is not set",
    "AWS_ENDPOINT_URL_LAMBDA": "where the loader is called by name",
    "LOADER_FUNCTION": "the loader's name",
    "AWS_DEFAULT_REGION": "the region",
    "AWS_PROFILE": "the profile of your AWS credentials",
    "AWS_ACCESS_KEY_ID": "AWS credentials",
    "WAREHOUSE_HOST": "the database, as dbt reaches it",
    "WAREHOUSE_DATABASE": "its name",
    "CATCHMENT_ALERT_TOPIC": "the SNS topic that checks are posted to",
    "CATCHMENT_ALERT_WEBHOOK": "the webhook that checks are posted to instead",
}
_SECRET = ("WEBHOOK", "ACCESS_KEY", "PASSWORD", "TOKEN")


def settings(environ: Mapping[str, str]) -> tuple[Setting, ...]:
    """Every setting, also those that are not set."""
    return tuple(
        Setting(word, _shown(word, environ.get(word, "")), meaning)
        for word, meaning in _MEANINGS.items()
    )


def _shown(word: str, value: str) -> str:
    if not value:
        return ""
    if any(part in word for part in _SECRET):
        return "(set, not shown)"
    parts = urlsplit(value)
    if not parts.password:
        return value
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username}@{place}").geturl()
