"""What a lineage is made of."""

from dataclasses import dataclass

from catchment.local.lineage.views import Origin, Step


@dataclass(frozen=True)
class NodeColumn:
    """A column of a node: a field of a file, a parameter of an endpoint too.

    Attributes:
        origins: the columns that it is made of; of nothing where there are none:
            a constant, or a column that the platform fills.
        steps: the expressions by which it is.
        words: what a contract or an endpoint says of it, as pairs.
    """

    name: str
    type: str = ""
    description: str = ""
    origins: tuple[Origin, ...] = ()
    steps: tuple[Step, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Node:
    """A family of files, a relation or an endpoint.

    Attributes:
        id: `files.FEED`, `schema.table`, or the path of an endpoint.
        kind: `file`, `source`, `seed`, a materialization, or `endpoint`.
        lane: `files`, `raw`, the folder of a model, or `endpoints`.
    """

    id: str
    name: str
    kind: str
    lane: str
    description: str
    columns: tuple[NodeColumn, ...]
    words: tuple[tuple[str, str], ...] = ()
