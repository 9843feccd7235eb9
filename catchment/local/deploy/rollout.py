"""The last step of a deployment: the stack's build in AWS, and a look at its API."""

import time
from collections.abc import Mapping
from typing import Any

from catchment.local import asking
from catchment.local.deploy import codebuild
from catchment.local.deploy.codebuild import CodeBuild, Sleep
from catchment.local.trouble import Trouble
from catchment.local.voice import Voice

DOES = "migrates the database and builds the models"


def run(
    client: CodeBuild,
    project: str,
    api_url: str,
    voice: Voice,
    sleep: Sleep = time.sleep,
) -> Mapping[str, Any]:
    """Run the build of a stack, wait for its end, and ask the API how it is.

    Returns:
        what `/health` answers.

    Raises:
        asking.Refused: where the build succeeded, and the API asks for a token.
        Trouble: where the build fails or does not end, or the API does not answer;
            what was served before is served still.
    """
    try:
        codebuild.run(client, project, DOES, voice, sleep)
    except Trouble as trouble:
        raise Trouble(
            f"{trouble} The API goes on serving what was built before."
        ) from trouble
    voice.tick("Asking the API")
    health: Mapping[str, Any] = asking.get(f"{api_url.rstrip('/')}/health")
    return health
