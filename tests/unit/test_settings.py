"""A process is told everything by its environment."""

import pytest

from catchment import settings


def test_the_database_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@y/z")

    found = settings.from_environment()

    assert found.database_url == "postgresql://x@y/z"
    assert (found.incoming, found.processed, found.failed) == (
        "incoming/",
        "processed/",
        "failed/",
    )


@pytest.mark.parametrize("url", [None, ""])
def test_without_a_database_the_process_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(settings.MissingSetting, match="DATABASE_URL is not set: give"):
        settings.from_environment()


ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:catchment/api-AbCdEf"


@pytest.mark.parametrize(
    ("word", "found"), [(None, None), ("", None), ("iam", "iam"), (ARN, ARN)]
)
def test_where_the_password_comes_from_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, word: str | None, found: str | None
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@y/z")
    monkeypatch.delenv("DATABASE_PASSWORD_FROM", raising=False)
    if word is not None:
        monkeypatch.setenv("DATABASE_PASSWORD_FROM", word)

    assert settings.from_environment().password_from == found


@pytest.mark.parametrize("word", ["IAM", "Geheim-7731", "arn:aws:s3:::Geheim-7731"])
def test_a_password_in_the_wrong_place_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@y/z")
    monkeypatch.setenv("DATABASE_PASSWORD_FROM", word)

    with pytest.raises(settings.MissingSetting, match="neither 'iam' nor") as error:
        settings.from_environment()
    assert word not in str(error.value)
