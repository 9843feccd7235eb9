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
