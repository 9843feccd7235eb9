"""The ways to load a file that are measured beside ours, each at its best.

Those of Python run in an environment of their own, which uv makes once. A program
that is not there is left out with a sentence.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.platform import FOLDER, ROOT, Platform
from catchment.local.postgres import binaries

SCHEMA = "rivals"
COLUMNS = "id, latitude, longitude, category, value, observed_at"
PACKAGES = (
    "adbc-driver-manager==1.13.0",
    "adbc-driver-postgresql==1.13.0",
    "dlt[filesystem,postgres]==1.31.0",
    "duckdb==2.0.0",
    "pandas==3.1.1",
    "psycopg2-binary==2.9.13",
    "psycopg[binary]==3.3.9",
    "pyarrow==26.0.1",
    "sqlalchemy==2.1.9",
)
# The raw table once more: psql cannot fill the audit columns by itself.
LIKE_RAW = f"""
    create table {SCHEMA}.psql (like raw.observations including all)
    partition by range (_load_id);
    create table {SCHEMA}.psql_1 partition of {SCHEMA}.psql default;
    alter table {SCHEMA}.psql alter _load_id set default 1;
    alter table {SCHEMA}.psql alter _row_number set default 1;
"""
# ogr2ogr writes the geometry itself; without a key and _load_id, in its favour.
FOR_OGR = f"""
    create table {SCHEMA}.ogr (
        ogc_fid bigserial,
        id bigint,
        latitude double precision,
        longitude double precision,
        category text,
        value double precision,
        observed_at timestamptz,
        geom geometry(Point, 4326)
    );
"""
GIST = f"create index on {SCHEMA}.ogr using gist (geom)"


@dataclass(frozen=True)
class Rival:
    """A way to load a file.

    Attributes:
        commands: run one after the other; their seconds are added.
        table: where the rows are to be found afterwards.
        setup: SQL, run before each round and not measured.
        most_rows: larger files take it too long to be measured.
    """

    name: str
    commands: Sequence[Sequence[str]]
    table: str
    setup: str = ""
    most_rows: int = 2_000_000


def psql(platform: Platform, path: Path) -> Rival:
    copy = f"\\copy {SCHEMA}.psql ({COLUMNS}) from '{path}' (format csv, header)"
    return Rival(
        "psql \\copy",
        [_psql(platform, copy)],
        f"{SCHEMA}.psql",
        LIKE_RAW,
        most_rows=sys.maxsize,
    )


def ours(platform: Platform, path: Path) -> Rival:
    command = [sys.executable, "-m", "benchmarks.one_load"]
    return Rival(
        "validated load",
        [[*command, platform.url("catchment_loader"), str(path)]],
        "raw.observations",
        most_rows=sys.maxsize,
    )


def others(platform: Platform, path: Path) -> Iterator[Rival]:
    """All that can be run here; says of the others why not."""
    if shutil.which("ogr2ogr"):
        yield from _ogr(platform, path)
    else:
        print("ogr2ogr is left out: install gdal-bin.", file=sys.stderr)
    if python := environment():
        yield from _of_python(python, platform.admin, path)


def _ogr(platform: Platform, path: Path) -> Iterator[Rival]:
    """Into a ready table: to guess types and make its own took it as long. In
    transactions of 65,536 rows: one for all of them was no faster."""
    command = ["ogr2ogr", "-q", "--config", "PG_USE_COPY", "YES", "-gt", "65536"]
    command += ["-append", "-f", "PostgreSQL", f"PG:{platform.admin}", str(path)]
    command += ["-nln", f"{SCHEMA}.ogr", "-a_srs", "EPSG:4326"]
    command += ["-oo", "X_POSSIBLE_NAMES=longitude", "-oo", "Y_POSSIBLE_NAMES=latitude"]
    table = f"{SCHEMA}.ogr"
    yield Rival("ogr2ogr, COPY", [command], table, f"{FOR_OGR} {GIST}")
    then_index = [command, _psql(platform, GIST)]
    yield Rival("ogr2ogr, COPY, GiST made afterwards", then_index, table, FOR_OGR)


def _of_python(python: Path, url: str, path: Path) -> Iterator[Rival]:
    def script(name: str, *words: str) -> list[list[str]]:
        file = Path(__file__).parent / f"with_{name}.py"
        return [[str(python), str(file), url, str(path), *words]]

    yield Rival(
        *("DuckDB and COPY", script("duckdb"), "raw.observations"), most_rows=500_000
    )
    for tool, way, what, most_rows in (
        ("dlt", "default", "dlt, its default", 500_000),
        ("dlt", "best", "dlt, Arrow and ADBC", 2_000_000),
        ("pandas", "multi", 'pandas to_sql(method="multi")', 500_000),
        ("pandas", "copy", "pandas to_sql with COPY", 500_000),
    ):
        yield Rival(
            f"{what}; no geometry",
            script(tool, SCHEMA, tool, way),
            f"{SCHEMA}.{tool}",
            most_rows=most_rows,
        )


def _psql(platform: Platform, statement: str) -> list[str]:
    folder = binaries.find()
    program = str(folder / "psql") if folder else "psql"
    return [program, "-q", platform.admin, "-c", statement]


def environment() -> Path | None:
    """The Python that has the rivals; None, with a sentence, where uv fails."""
    folder = FOLDER / "rivals"
    python, made = folder / "bin" / "python", folder / "packages"
    wanted = "\n".join(PACKAGES)
    if made.exists() and made.read_text() == wanted:
        return python
    uv = os.environ.get("UV", "uv")
    try:
        for words in (
            ["venv", "--clear", "--python", sys.executable, str(folder)],
            ["pip", "install", "--python", str(python), *PACKAGES],
        ):
            subprocess.run([uv, "--quiet", *words], cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Rivals in Python are left out, uv failed: {error}", file=sys.stderr)
        return None
    made.write_text(wanted)
    return python
