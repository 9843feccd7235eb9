"""The scripts of `clients/`, run as their users run them: they print what SQL says."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from catchment.local import api_keys
from tests.clients.conftest import serving
from tests.conftest import ROOT
from tests.examples.world import World

SCRIPTS = ROOT / "clients"
# QGIS is built for one Python: that of the system, where it is Debian's.
QGIS_PYTHON = "/usr/bin/python3"
BY_STATE = """
select count(distinct state_fips), sum(n)
from marts.earthquakes_by_state
where {}
"""


@cache
def has_qgis() -> bool:
    command = [QGIS_PYTHON, "-c", "import qgis.core"]
    return (
        Path(QGIS_PYTHON).exists()
        and not subprocess.run(command, capture_output=True).returncode
    )


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if not shutil.which(name)]
    return pytest.mark.skipif(bool(missing), reason=f"{missing} is not installed")


@pytest.fixture(scope="module")
def url(loaded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API over the examples, on a loopback port."""
    log = tmp_path_factory.mktemp("scripts") / "api.log"
    with serving(loaded.platform.admin, log) as address:
        yield address


def run(*command: str | Path, folder: Path, **environ: str) -> str:
    words = {name: text for name, text in os.environ.items() if "CATCHMENT" not in name}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**words, "QT_QPA_PLATFORM": "offscreen", **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_picture(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 10_000


def test_geopandas_joins_by_place(url: str, loaded: World, tmp_path: Path) -> None:
    script = SCRIPTS / "with_geopandas.py"
    told = run(sys.executable, script, url, "--map", "a.png", folder=tmp_path)

    found = {
        (row["state_name"], int(row["n"]), int(row["facilities"]))
        for row in csv.DictReader(told.splitlines())
    }
    assert found == set(
        loaded.ask(
            """
            select q.state_name, q.n, (
                select count(*)
                from marts.lead
                inner join seeds.us_states as s on st_within(lead.geom, s.geom)
                where s.state_fips = q.state_fips
            )
            from (
                select state_fips, state_name, sum(n)::int as n
                from marts.earthquakes_by_state
                where category = 'earthquake'
                group by state_fips, state_name
            ) as q
            """
        )
    )
    assert sum(facilities > 0 for _, _, facilities in found) > 1
    assert is_picture(tmp_path / "a.png")


def test_duckdb_reads_all_pages(url: str, loaded: World, tmp_path: Path) -> None:
    script = SCRIPTS / "with_duckdb.py"
    told = run(sys.executable, script, url, "--page", "500", folder=tmp_path)

    found = [
        (row["park_name"], *(float(row[name]) for name in list(row)[1:]))
        for row in csv.DictReader(told.splitlines())
    ]
    assert found == [
        (park, readings, pytest.approx(float(energy), abs=0.001), float(peak))
        for park, readings, energy, peak in loaded.ask(
            """
            select park_name, count(*), sum(megawatts) / 4, max(megawatts)
            from marts.energy_readings
            group by park_name
            order by park_name
            """
        )
    ]


@needs("curl", "jq")
def test_curl_follows_next_and_is_told_of_no_news(
    url: str, loaded: World, tmp_path: Path
) -> None:
    told = run(SCRIPTS / "with_curl.sh", url, folder=tmp_path)

    ((states, n),) = loaded.ask(BY_STATE.format("true"))
    assert told.splitlines() == [f"items {states}", f"earthquakes {n}", "again 304"]


@needs("ogr2ogr", "ogrinfo")
def test_gdal_fills_a_geopackage(url: str, loaded: World, tmp_path: Path) -> None:
    told = run(SCRIPTS / "with_gdal.sh", url, "all.gpkg", folder=tmp_path)

    ((_, n),) = loaded.ask(BY_STATE.format("state_name = 'California'"))
    assert f"n (Integer) = {n}" in told
    layers = run("ogrinfo", "-ro", "-q", "all.gpkg", folder=tmp_path)
    assert [line.split()[1] for line in layers.splitlines()] == [
        "earthquakes_by_state",
        "lead",
    ]
    assert "(Multi Polygon)" in layers


@pytest.mark.skipif(
    not has_qgis(), reason="QGIS is not installed: apt-get install python3-qgis"
)
def test_qgis_reads_a_box_and_draws_tiles(
    url: str, loaded: World, tmp_path: Path
) -> None:
    script = SCRIPTS / "with_qgis.py"
    told = run(QGIS_PYTHON, script, url, "--map", "a.png", folder=tmp_path)

    box = "st_intersects(geom, st_makeenvelope(-125, 32, -114, 42, 4326))"
    within = f"state_fips in (select state_fips from seeds.us_states where {box})"
    ((states, n),) = loaded.ask(BY_STATE.format("true"))
    ((fewer, m),) = loaded.ask(BY_STATE.format(within))
    assert told.splitlines()[1:] == [
        f"everywhere,{states},{n}",
        f"west coast,{fewer},{m}",
    ]
    assert is_picture(tmp_path / "a.png")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([sys.executable, "with_geopandas.py"], id="geopandas"),
        pytest.param([sys.executable, "with_duckdb.py"], id="duckdb"),
        pytest.param(["bash", "with_curl.sh"], id="curl", marks=needs("curl", "jq")),
        pytest.param(["bash", "with_gdal.sh"], id="gdal", marks=needs("ogr2ogr")),
    ],
)
def test_a_key_is_sent_from_the_environment(
    command: list[str], loaded: World, tmp_path: Path
) -> None:
    key = api_keys.create(loaded.platform.admin, api_keys.Wish("scripts"))[0]
    program, script = command
    with serving(
        loaded.platform.admin, tmp_path / "api.log", API_ACCESS="key"
    ) as locked:
        words = {"CATCHMENT_API_URL": locked, "CATCHMENT_API_KEY": str(key)}
        told = run(program, SCRIPTS / script, folder=tmp_path, **words)
    assert told
