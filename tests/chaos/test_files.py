"""Files that are damaged, hostile or merely odd, each through the real handler."""

import pytest

from tests.chaos import invariants, report
from tests.chaos.files import FILES, SHAPES, File, bomb, polygon, sheet
from tests.chaos.world import DONE, KEY, World

# Of a loader's process, whatever the file.
MOST_MB = 300
# Where one record is 32 MB: its numbers stand in Python one by one.
MOST_MB_OF_A_RECORD = 800


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.fault)
def test_a_file(world: World, file: File) -> None:
    if file.is_slow and report.IS_SHORT:
        pytest.skip("takes long: make chaos")
    fault = f"file: {file.fault}"
    report.tried(fault)
    version = world.put(file.body(), file.key)
    if file.is_slow:
        answer = world.loader(version).answer()
        assert answer["response"] == DONE
        assert answer["peak_mb"] <= MOST_MB
    else:
        assert world.deliver(version) == DONE

    (load,) = world.ledger()
    said = (load["status"], load["rows_loaded"], load["rows_rejected"])
    assert said == (file.status, *file.counts), load["reason"]
    assert file.reason in (load["reason"] or "")
    codes = world.ask("select code from ops.reject order by row_number")
    assert tuple(code for (code,) in codes) == file.codes
    invariants.check(world)
    report.held(fault, told(load))


# Blocks, how often each, and what becomes of them; a short run takes a tenth.
BOMBS = {
    "10 GB of zeros": (bytes(100_000_000), 100, "failed"),
    "100 MB of line ends": (b"\n" * 10_000_000, 10, "loaded"),
    "2 M lines of one digit": (b"0\n" * 200_000, 10, "loaded"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_zip_bomb(world: World, name: str) -> None:
    block, times, status = BOMBS[name]
    fault = f"file: zip bomb, {name}" + ", a tenth of it" * report.IS_SHORT
    report.tried(fault)
    times = times // 10 if report.IS_SHORT else times
    version = world.put(bomb(block, times), KEY + ".gz")

    answer = world.loader(version).answer()

    assert answer["response"] == DONE
    (load,) = world.ledger()
    assert load["status"] == status
    invariants.check(world)
    report.held(fault, f"{told(load)}; {answer['peak_mb']} MB at most")
    assert answer["peak_mb"] <= MOST_MB


def test_a_workbook_of_empty_rows(world: World) -> None:
    rows = 1_000_000 if report.IS_SHORT else 10_000_000
    fault = f"file: XLSX of {rows:,} empty rows"
    report.tried(fault)
    version = world.put(sheet(rows), "incoming/typed/a.xlsx")

    answer = world.loader(version).answer()

    assert answer["response"] == DONE
    (load,) = world.ledger()
    assert load["status"] in ("loaded", "failed")
    invariants.check(world)
    report.held(fault, f"{told(load)}; {answer['peak_mb']} MB at most")
    assert answer["peak_mb"] <= MOST_MB


def test_a_polygon_of_a_million_vertices(world: World) -> None:
    vertices = 100_000 if report.IS_SHORT else 1_000_000
    fault = f"file: polygon of {vertices:,} vertices"
    report.tried(fault)
    version = world.put(polygon(vertices), SHAPES)

    answer = world.loader(version).answer()

    assert answer["response"] == DONE
    assert world.statuses() == ["loaded"]
    assert world.one("select st_npoints(geom) from raw.shapes") == vertices + 1
    invariants.check(world)
    report.held(fault, f"loaded; {answer['peak_mb']} MB at most")
    assert answer["peak_mb"] <= MOST_MB_OF_A_RECORD


def told(load: dict[str, object]) -> str:
    """A line of the ledger in a few words."""
    if load["reason"]:
        return f"{load['status']}: {str(load['reason'])[:90]}"
    return f"{load['rows_loaded']} rows loaded, {load['rows_rejected']} in quarantine"
