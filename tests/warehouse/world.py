"""Short words for what the tests of the warehouse do all the time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.conftest import Platform

STG = "models/staging/observations/stg_observations.sql"
STG_YML = "models/staging/observations/_observations.yml"
BY_CELL = "models/intermediate/observations/rollup_observations_by_cell.sql"
MART = "models/marts/observations/observations_by_cell.sql"
STATES = "models/marts/places/states.sql"
ROLLUPS = ("rollup_observations_by_cell", "rollup_observations_by_state")


def query(platform: Platform, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(platform.owner) as db:
        return db.execute(statement, values or None).fetchall()


def scalar(platform: Platform, statement: str, *values: Any) -> Any:
    return query(platform, statement, *values)[0][0]


def execute(platform: Platform, statement: str, *values: Any) -> None:
    with psycopg.connect(platform.owner) as db:
        db.execute(statement, values or None)


def edit(project: Path, file: str, old: str, new: str) -> None:
    """Replace a text of a file; it must be there."""
    path = project / file
    text = path.read_text()
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def load(platform: Platform, rows: int = 20, seed: float = 0.5) -> int:
    """A committed load of random readings that no refresh has covered; its id."""
    with psycopg.connect(platform.owner) as db:
        found = db.execute(
            """
            insert into ops.load (feed, bucket, key, version, status)
            values ('observations', 'b', gen_random_uuid()::text, '1', 'loaded')
            returning load_id
            """
        ).fetchone()
        assert found is not None
        db.execute("select setseed(%s)", [seed])
        db.execute(
            """
            insert into raw.observations (
                _load_id, _row_number, id, latitude, longitude, category, value,
                observed_at
            )
            select
                %s, n, n, 30 + random() * 15, -120 + random() * 40,
                (array['a', 'b'])[1 + n %% 2], n,
                case when n %% 5 > 0 then date '2026-03-01' + n %% 3 end
            from generate_series(1, %s) as n
            """,
            [found[0], rows],
        )
        return int(found[0])


def refresh(platform: Platform, load_ids: Sequence[int]) -> None:
    """What the loader does after its loads."""
    with psycopg.connect(platform.loader) as db:
        for rollup in ROLLUPS:
            db.execute("select ops.refresh_rollup(%s, %s)", [rollup, list(load_ids)])
        for mart in ("observations_by_cell", "observations_by_state"):
            db.execute("select ops.refresh_mart(%s)", [mart])
        db.execute(
            "update ops.load set refreshed_at = now() where load_id = any(%s)",
            [list(load_ids)],
        )


def contents(platform: Platform, model: str) -> list[tuple[Any, ...]]:
    """All rows of a rollup, in an order; sums rounded, for adding up doubles in
    another order gives another last digit."""
    key = "cell_i, cell_j" if model.endswith("cell") else "state_fips"
    return query(
        platform,
        f"select _load_id, {key}, day, category, n, value_n, value_min, value_max, "
        "round(value_sum::numeric, 6), round(value_sum_squares::numeric, 6), "
        "round(x_sum::numeric, 6), round(y_sum::numeric, 6), round(z_sum::numeric, 6) "
        f"from intermediate.{model} order by 1, 2, 3, 4, 5, 6",
    )


def oid(platform: Platform, relation: str) -> int | None:
    return scalar(platform, "select to_regclass(%s)::oid", relation)
