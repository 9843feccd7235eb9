"""What is wrong in the YAML that a person wrote, and where."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing wrong; `owner` is `feed NAME` or `model NAME`."""

    owner: str
    message: str
    column: str | None = None
    word: str | None = None
    file: str | None = None

    @property
    def name(self) -> str:
        return self.owner.split(" ", 1)[1]

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        return f"{self.owner}{column}: {self.message}"


class ContractError(ValueError):
    """A contract or an API definition cannot be used; all its mistakes."""

    def __init__(self, mistakes: Sequence[Mistake]):
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, mistakes)))
