"""The last step of a deployment: the stack's build in AWS, and a look at its API."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from catchment.local import asking
from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

SECONDS_BETWEEN = 5.0
# A build of the models of this project takes about two minutes on its machine.
MOST_SECONDS = 3600.0
_ENDED = "SUCCEEDED"


class CodeBuild(Protocol):
    """What is used of boto3's client."""

    def start_build(self, *, projectName: str) -> Mapping[str, Any]: ...  # noqa: N803

    def batch_get_builds(self, *, ids: list[str]) -> Mapping[str, Any]: ...


def run(
    client: CodeBuild,
    project: str,
    api_url: str,
    voice: Voice,
    sleep: Callable[[float], None] = time.sleep,
) -> Mapping[str, Any]:
    """Run the build of a stack, wait for its end, and ask the API how it is.

    Returns:
        what `/health` answers.

    Raises:
        asking.Refused: where the build succeeded, and the API asks for a token.
        Trouble: where the build fails or does not end, or the API does not answer;
            what was served before is served still.
    """
    build = client.start_build(projectName=project)["build"]
    voice.say(f"Build {build['id']} migrates the database and builds the models")
    _wait(client, build["id"], voice, sleep)
    voice.tick("Asking the API")
    health: Mapping[str, Any] = asking.get(f"{api_url.rstrip('/')}/health")
    return health


def _wait(
    client: CodeBuild, id_: str, voice: Voice, sleep: Callable[[float], None]
) -> None:
    waited = 0.0
    while waited < MOST_SECONDS:
        (build,) = client.batch_get_builds(ids=[id_])["builds"]
        if build["buildComplete"]:
            if build["buildStatus"] != _ENDED:
                raise Trouble(_failed(build))
            return
        voice.tick(f"CodeBuild: {str(build.get('currentPhase', '')).lower()}")
        sleep(SECONDS_BETWEEN)
        waited += SECONDS_BETWEEN
    raise Trouble(f"Build {id_} has not ended after {MOST_SECONDS / 60:.0f} minutes.")


def _failed(build: Mapping[str, Any]) -> str:
    logs = build.get("logs", {}).get("deepLink", "the log of CodeBuild")
    return (
        f"The build ended with {build['buildStatus']}: see {logs}. The API goes on "
        "serving what was built before."
    )
