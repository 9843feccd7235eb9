"""A wrong contract stops dbt before any SQL, with file, line and column.

`dbt_catchment.py` rests on an interface that dbt calls experimental: these
tests fail if it goes away.
"""

from pathlib import Path

import pytest

from tests.conftest import Platform
from tests.warehouse.dbt_process import refuse
from tests.warehouse.world import STG_YML, edit

MART_YML = "models/marts/observations/_observations.yml"

# file, right, wrong, the line that is told, what is said
MISTAKES = [
    (
        STG_YML,
        "maxLength: 100",
        "maxLenght: 100",
        "maxLenght",
        "feed observations, column category: unknown word 'maxLenght'; did you mean "
        "'maxLength'?",
    ),
    (
        STG_YML,
        "data_type: timestamptz",
        "data_type: datetime",
        "data_type: datetime",
        "feed observations, column observed_at: unknown type 'datetime'",
    ),
    (
        STG_YML,
        "x: longitude",
        "x: lon",
        "x: lon",
        "feed observations, column geom: geometry from a missing column 'lon'",
    ),
    (
        "models/staging/earthquakes/_earthquakes.yml",
        "**/earthquakes/*.geojson",
        "**/observations/2026*.csv",
        "files:",
        "feed earthquakes: files '**/observations/2026*.csv' can match the same key as "
        "'**/observations/*.csv' of feed observations",
    ),
    (
        MART_YML,
        "{sum: value_sum}",
        "{sum: value_total}",
        "api:",
        "no column 'value_total' is described in the model",
    ),
    (
        "models/marts/hr/_hr.yml",
        "default: 2021}\n    data_tests:\n      - unique:\n"
        "          name: a_department_has_a_job_once_a_year\n"
        "          arguments:\n"
        "            column_name: concat_ws('/', year, department, job)\n"
        "    columns:\n      - name: year\n",
        "default: soon}\n"
        "    columns:\n      - name: year\n        data_type: integer\n",
        "default: soon",
        "model hires_by_quarter: parameters: year: 'soon' is no integer",
    ),
]


@pytest.fixture
def no_database() -> Platform:
    """dbt would say that it cannot connect, if it tried."""
    return Platform("postgresql://nobody@127.0.0.1:1/none", "")


def line_with(file: Path, text: str) -> int:
    lines = file.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_every_mistake_is_told_with_its_line_before_any_sql(
    no_database: Platform, project: Path
) -> None:
    for file, right, wrong, _, _ in MISTAKES:
        edit(project, file, right, wrong)
    # The second command finds an unchanged project, which dbt does not parse.
    for command in ("build", "build", "run", "parse"):
        said = refuse(no_database, command, project=project)
        assert f"{len(MISTAKES)} mistake(s) in contracts" in said
        for file, _, _, place, sentence in MISTAKES:
            line = line_with(project / file, place)
            assert f"{file}:{line}: " in said
            assert sentence in said
            assert "onnection" not in said
