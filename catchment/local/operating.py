"""What is asked of the loader's Lambda, here or in a stack, and its answers."""

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import EndpointConnectionError

from catchment.local.complaints import setting
from catchment.local.extract_deployed import client
from catchment.local.trouble import Trouble


class Operator:
    """Asks one loader, which `LOADER_FUNCTION` names.

    Args:
        attempts: more than one for what changes nothing, as a busy loader is asked
            again.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, attempts: int = 1):
        self._function = setting("LOADER_FUNCTION")
        self._client = client(environ, attempts)

    def ask(self, source: str, **words: Any) -> dict[str, Any]:
        """What the loader answers to an event of this source.

        Raises:
            Trouble: where it refuses, fails or is away.
        """
        event = json.dumps({"source": source, **words}).encode()
        try:
            said = self._client.invoke(FunctionName=self._function, Payload=event)
        except EndpointConnectionError as error:
            raise Trouble(
                f"The loader does not answer at {error.kwargs['endpoint_url']}: run "
                "`catchment up`, or mend AWS_ENDPOINT_URL_LAMBDA."
            ) from error
        answer = json.loads(said["Payload"].read())
        if "FunctionError" in said:
            kind = answer.get("errorType", "an error")
            raise Trouble(
                f"{self._function} could not do it ({kind}): its log says why."
            )
        if "refused" in answer:
            raise Trouble(f"Not done: {answer['refused']}.")
        return dict(answer)
