"""What to say of a name that is none here, and of what may have been meant."""

import re
from collections.abc import Collection

from api.problems import Problem
from catchment.catalog import Catalog
from catchment.endpoint import Dataset, Endpoint, RowModel

_COMPARED = re.compile(r"(\w+)\s*[<>]")
# Why no filter takes a measure.
WHY = "filters choose the rows that it is made of"


def dataset(name: str, catalog: Catalog) -> Problem:
    """404: a model that serves its rows is no dataset, but is somewhere."""
    detail = f"There is no dataset '{name}'"
    if found := catalog.row_models.get(name):
        path = found.api.path if found.api else None
        places = [*([path] if path else []), f"/collections/{name}/items"]
        detail += f": it is a row model, GET {' or '.join(places)}"
    return Problem(
        404, f"{detail}.", parameter="dataset", known=sorted(catalog.datasets)
    )


def parameter(name: str, endpoint: Endpoint, known: Collection[str]) -> str:
    """Why a model does not take this parameter."""
    told = f"There is no parameter '{name}'"
    match endpoint:
        case RowModel() if name in ("group_by", "measures"):
            return f"{told}, for this is a row model: choose columns by properties=."
        case Dataset() if name == "properties":
            return f"{told} of a dataset: choose by group_by= and measures=."
        case Dataset() if any(name == measure.name for measure in endpoint.measures):
            return f"{told}, which is a measure: {WHY}."
    compared = _COMPARED.match(name)
    if compared and compared[1] in known:
        return f"{told}: write a range as {compared[1]}=5..10, 5.. or ..10."
    return f"{told}."
