"""A run of one of a deployed stack's projects in CodeBuild, waited for."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

SECONDS_BETWEEN = 5.0
# A build of the models of this project takes about two minutes on its machine.
MOST_SECONDS = 3600.0
_ENDED = "SUCCEEDED"

Sleep = Callable[[float], None]


class CodeBuild(Protocol):
    """What is used of boto3's client."""

    def start_build(self, *, projectName: str) -> Mapping[str, Any]: ...  # noqa: N803

    def batch_get_builds(self, *, ids: list[str]) -> Mapping[str, Any]: ...


def run(
    client: CodeBuild, project: str, does: str, voice: Voice, sleep: Sleep = time.sleep
) -> None:
    """Run a project, and wait for its end.

    Args:
        does: what the run does, for a person.

    Raises:
        Trouble: where it fails, with a link to its log, or does not end.
    """
    id_ = client.start_build(projectName=project)["build"]["id"]
    voice.say(f"Build {id_} {does}")
    waited = 0.0
    while waited < MOST_SECONDS:
        (build,) = client.batch_get_builds(ids=[id_])["builds"]
        if build["buildComplete"]:
            _check_success(build)
            return
        voice.tick(f"CodeBuild: {str(build.get('currentPhase', '')).lower()}")
        sleep(SECONDS_BETWEEN)
        waited += SECONDS_BETWEEN
    raise Trouble(f"Build {id_} has not ended after {MOST_SECONDS / 60:.0f} minutes.")


def _check_success(build: Mapping[str, Any]) -> None:
    if build["buildStatus"] != _ENDED:
        logs = build.get("logs", {}).get("deepLink", "the log of CodeBuild")
        raise Trouble(f"The build ended with {build['buildStatus']}: see {logs}.")
