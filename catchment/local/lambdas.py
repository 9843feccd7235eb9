"""What the Lambda service does around a handler, on one machine."""

import importlib
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catchment import roles
from catchment.local.storage import REGION
from catchment.local.trouble import Trouble

Event = Mapping[str, Any]
Handler = Callable[[Event, "LambdaContext"], Any]

# Which handler runs under which role.
HANDLERS = {"loader": roles.LOADER, "api": roles.API}


@dataclass(frozen=True)
class LambdaContext:
    """Stands in for Lambda's context object, with the same names."""

    function_name: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timeout_seconds: float = 900
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "1769"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None
    _began: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:123456789012:function:{self.function_name}"

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        spent = time.monotonic() - self._began
        return max(0, int((self.timeout_seconds - spent) * 1000))


def context_of(name: str) -> LambdaContext:
    """A new invocation's context; API Gateway waits 30 s, the queue 15 min."""
    seconds = 30 if name == "api" else 900
    return LambdaContext(f"catchment-{name}", timeout_seconds=seconds)


def handler_of(name: str) -> Handler:
    """The handler of `loader` or `api`, its settings put into this process.

    Raises:
        WrongRole: where the environment has no URL of the handler's role.
        Trouble: where the handler cannot be imported.
    """
    os.environ["DATABASE_URL"] = roles.own_url(HANDLERS[name], os.environ)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    os.environ.setdefault("POWERTOOLS_SERVICE_NAME", f"catchment-{name}")
    # Tracing and metrics of Lambda's environment have no place to go to here.
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    try:
        module = importlib.import_module(f"{name}.handler")
    except ImportError as error:
        raise Trouble(
            f"{name}.handler cannot be imported ({error}): run `uv sync` in the "
            "project's folder and try again."
        ) from error
    handler: Handler = module.handler
    return handler
