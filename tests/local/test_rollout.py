"""The last step of a deployment, with CodeBuild's answers as boto3 gives them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from catchment.local import asking
from catchment.local.deploy import codebuild, rollout
from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

HEALTH = {"status": "ok", "datasets": [], "row_models": []}


@dataclass
class Build:
    """A build that answers with these states, one after the other."""

    states: Iterator[dict[str, Any]]
    started: list[str] = field(default_factory=list)

    def start_build(self, *, projectName: str) -> dict[str, Any]:  # noqa: N803
        self.started.append(projectName)
        return {"build": {"id": "build:1"}}

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        assert ids == ["build:1"]
        return {"builds": [next(self.states)]}


def under_way(phase: str) -> dict[str, Any]:
    return {"buildComplete": False, "currentPhase": phase}


def ended(status: str) -> dict[str, Any]:
    logs = {"deepLink": "https://console.example/log"}
    return {"buildComplete": True, "buildStatus": status, "logs": logs}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    urls: list[str] = []

    def get(url: str) -> Any:
        urls.append(url)
        return HEALTH

    monkeypatch.setattr(asking, "get", get)
    return urls


def run(build: Build, ticks: list[str]) -> Any:
    voice = Voice(tick=ticks.append)
    return rollout.run(build, "stack-build", "https://api.example/", voice, ticks_off)


def ticks_off(_: float) -> None:
    """Nobody waits in a test."""


def test_a_build_is_waited_for_and_then_the_api_is_asked(asked: list[str]) -> None:
    states = [under_way("INSTALL"), under_way("BUILD"), ended("SUCCEEDED")]
    build, ticks = Build(iter(states)), list[str]()

    assert run(build, ticks) == HEALTH
    assert build.started == ["stack-build"]
    assert ticks[:2] == ["CodeBuild: install", "CodeBuild: build"]
    assert asked == ["https://api.example/health"]


def test_a_build_that_fails_is_told_with_its_log(asked: list[str]) -> None:
    with pytest.raises(Trouble) as told:
        run(Build(iter([ended("FAILED")])), [])

    assert str(told.value) == (
        "The build ended with FAILED: see https://console.example/log. The API goes "
        "on serving what was built before."
    )

    assert asked == []


def test_a_build_without_an_end_is_given_up(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codebuild, "MOST_SECONDS", 10)

    with pytest.raises(Trouble, match="has not ended"):
        run(Build(iter([under_way("QUEUED")] * 3)), [])
