"""What of a model is answered: dimensions and measures, or columns, and how."""

import math
import re
from collections.abc import Iterable

from api.problems import bad_parameter
from api.question.query_string import Parameters
from catchment.endpoint import Dataset, Measure, RowModel

# A double has no more digits after those of a degree.
MOST_PRECISE = 15
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,15})?|\.[0-9]{1,15}", re.ASCII)
# Degrees; nothing on the globe is further away.
_WHOLE_GLOBE = 360.0


def group_by(parameters: Parameters, dataset: Dataset) -> tuple[str, ...]:
    """The dimensions to group by; an empty `group_by=` asks for one total."""
    names = _named(parameters, "group_by", dataset.dimensions)
    return dataset.group_by if names is None else names


def measures(parameters: Parameters, dataset: Dataset) -> tuple[Measure, ...]:
    """The measures asked for, in their order; an empty `measures=` asks for none."""
    known = {measure.name: measure for measure in dataset.measures}
    names = _named(parameters, "measures", known)
    return dataset.measures if names is None else tuple(known[name] for name in names)


def columns(parameters: Parameters, rows: RowModel) -> tuple[str, ...]:
    """The columns asked for, in their order."""
    names = _named(parameters, "properties", rows.columns)
    return rows.columns if names is None else names


def precision(text: str) -> int:
    """Decimals of coordinates."""
    if not re.fullmatch("[0-9]{1,2}", text, re.ASCII) or int(text) > MOST_PRECISE:
        raise ValueError(f"'{text}' is no whole number from 0 to {MOST_PRECISE}")
    return int(text)


def simplify(text: str) -> float:
    """Degrees."""
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    if number > _WHOLE_GLOBE:
        raise ValueError(f"'{text}' is no number of degrees from 0 to 360")
    return number


def skips_geometry(text: str) -> bool:
    return _one_of(text, ("false", "true")) == "true"


def hits(text: str) -> bool:
    return _one_of(text, ("results", "hits")) == "hits"


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(f"'{text}' is neither {' nor '.join(known)}")
    return text


def _named(
    parameters: Parameters, name: str, known: Iterable[str]
) -> tuple[str, ...] | None:
    """Names that exist, each once; None where the parameter is not given."""
    given = parameters.lists.get(name)
    if given is None:
        return None
    names = [item for text in given for item in text.split(",") if item]
    for item in names:
        if item not in known:
            raise bad_parameter(name, f"{name}: there is no '{item}' here.", known)
    return tuple(dict.fromkeys(names))
