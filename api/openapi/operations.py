"""Operations: one way to ask a path, and what may come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from api.openapi import responses

# Of any answer; of one that is made of data.
ALWAYS = (400, 500, 503)
OF_DATA = (*ALWAYS, 404, 410, 504)
ABOUT, AGGREGATES, PATHS, COLLECTIONS, TILES, ADMIN = (
    "About",
    "Aggregated data",
    "Paths",
    "Collections",
    "Tiles",
    "Admin",
)
TAGS = {
    AGGREGATES: "Datasets, grouped and filtered as one asks.",
    PATHS: "The plain paths of models.",
    COLLECTIONS: "The same as collections of OGC API Features, for GIS programs.",
    TILES: "The items of collections as vector tiles, by OGC API Tiles.",
    ADMIN: "Loads, and ways to bring data in. These need the scope `admin`.",
    ABOUT: "What is served here, and how it is.",
}


@dataclass(frozen=True)
class Operation:
    """One method of a path.

    Attributes:
        answers: what is answered where all is well, by status.
        problems: the statuses of the problems that may come instead.
        is_conditional: whether it knows a client who has the newest answer.
        scope: what a caller needs; None where nobody needs anything.
        claims: whether a caller's claims say what they see.
    """

    id: str
    tag: str
    summary: str
    answers: Mapping[int, dict[str, Any]]
    description: str = ""
    parameters: Sequence[dict[str, Any]] = ()
    problems: tuple[int, ...] = ALWAYS
    is_conditional: bool = False
    method: Literal["get", "post"] = "get"
    body: dict[str, Any] = field(default_factory=dict)
    scope: Literal["read", "admin"] | None = "read"
    claims: bool = False

    def document(
        self, security: Sequence[Any] | None, refused: tuple[int, ...]
    ) -> dict[str, Any]:
        """The operation.

        Args:
            security: what it needs, where that is not what all of them do.
            refused: the statuses of the problems of who may not.
        """
        told = {
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.description,
            "parameters": list(self.parameters),
            "requestBody": self.body,
        }
        conditional = responses.not_modified() if self.is_conditional else {}
        return {
            **{word: value for word, value in told.items() if value},
            **({} if security is None else {"security": security}),
            "responses": {
                **{str(status): answer for status, answer in self.answers.items()},
                **conditional,
                **responses.problems_of(*{*self.problems, *refused}),
            },
        }


def of_admin(
    id_: str, summary: str, content: dict[str, Any], *parameters: dict[str, Any]
) -> Operation:
    """What an admin reads; 404 where the path names something that may not be there."""
    names_one = any(parameter["in"] == "path" for parameter in parameters)
    problems = (*ALWAYS, 504)
    return Operation(
        id_,
        ADMIN,
        summary,
        {200: responses.ok("The answer.", content)},
        parameters=parameters,
        problems=(*problems, 404) if names_one else problems,
        scope="admin",
    )
