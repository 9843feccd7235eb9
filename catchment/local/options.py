"""Options that several commands have, so that they are alike everywhere."""

from collections.abc import Callable
from typing import Any

import click

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def limit(default: int, meaning: str) -> Option:
    """`--limit`: a count from 1 on."""
    return click.option(
        "--limit",
        default=default,
        show_default=True,
        type=click.IntRange(min=1),
        help=meaning,
    )


def timeout(
    default: float = 600.0, meaning: str = "How long to wait for the loader's verdicts."
) -> Option:
    """`--timeout`, in seconds."""
    return click.option(
        "--timeout",
        default=default,
        show_default=True,
        metavar="SECONDS",
        help=meaning,
    )
