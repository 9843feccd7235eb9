"""PostgreSQL, the wire to it, S3 and the disk fail while a loader works."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.chaos import invariants, report
from tests.chaos.moments import LOADING, REFRESHING
from tests.chaos.report import LARGE, SMALL
from tests.chaos.servers import Proxy
from tests.chaos.world import DONE, KEY, World, again, readings

SIZES = pytest.mark.parametrize("rows", report.SIZES.values(), ids=report.SIZES)
MOMENTS = {
    name: {**LOADING, **REFRESHING}[name]
    for name in (
        "mid-COPY",
        "before the commit",
        "after the commit, before the move",
        "between two rollups",
        "between two marts",
    )
}


@SIZES
@pytest.mark.parametrize("name", MOMENTS)
def test_postgres_stops_and_starts(world: World, name: str, rows: int) -> None:
    if not world.server.may_crash:
        pytest.skip("the server is a container: only a cluster can be stopped so")
    fault = f"PostgreSQL stopped (`immediate`) {name}, and restarted"
    report.tried(fault)
    version = world.put(readings(rows))
    loader = world.loader(version, MOMENTS[name], "pause")
    loader.until_paused()
    world.crash()
    assert loader.go_on()["response"] == again()
    world.server.restart()

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the message is asked for again, and loaded then")


def test_a_warm_loader_outlives_a_restart(world: World) -> None:
    """Its connection broke between two invocations."""
    if not world.server.may_crash:
        pytest.skip("the server is a container: only a cluster can be stopped so")
    fault = "PostgreSQL restarted between two deliveries to one loader"
    report.tried(fault)
    assert world.deliver(world.put(readings(SMALL))) == DONE
    world.crash()
    world.server.restart()

    other = KEY.replace("a.csv", "b.csv")
    assert world.deliver(world.put(readings(SMALL, seed=2), other)) == DONE

    assert world.statuses() == ["loaded", "loaded"]
    invariants.check(world)
    report.held(fault, "it connects anew, and no message is asked for again")


@SIZES
@pytest.mark.parametrize("name", MOMENTS)
def test_a_connection_is_terminated(world: World, name: str, rows: int) -> None:
    fault = f"connection terminated by the server {name}"
    report.tried(fault)
    version = world.put(readings(rows))
    loader = world.loader(version, MOMENTS[name], "pause")
    loader.until_paused()
    world.ask(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'catchment-loader' and state != 'idle' "
        "or usename = 'catchment_loader' and pid != pg_backend_pid()"
    )
    assert loader.go_on()["response"] == again()

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the message is asked for again, and loaded then")


@SIZES
@pytest.mark.parametrize("name", MOMENTS)
def test_the_wire_is_cut(world: World, name: str, rows: int) -> None:
    fault = f"wire to PostgreSQL cut {name}"
    report.tried(fault)
    version = world.put(readings(rows))
    with wire(world) as proxy:
        url = world.proxied(proxy.port)
        loader = world.loader(version, MOMENTS[name], "pause", url)
        loader.until_paused()
        proxy.cut()
        assert loader.go_on()["response"] == again()

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the message is asked for again, and loaded then")


@contextmanager
def wire(world: World) -> Iterator[Proxy]:
    proxy = Proxy(urlsplit(world.platform.admin).port or 5432)
    yield proxy
    proxy.close()


def test_s3_does_not_answer(world: World) -> None:
    fault = "S3 does not answer"
    report.tried(fault)
    version = world.put(readings(SMALL))
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    assert world.loader(version, environment=nowhere).answer()["response"] == again()
    assert world.statuses() == []

    assert world.deliver(version) == DONE

    invariants.check(world)
    report.held(fault, "the message is asked for again, and loaded then")


def test_the_object_is_gone_before_it_is_read(world: World) -> None:
    fault = "object deleted between event and read"
    report.tried(fault)
    version = world.put(readings(SMALL))
    place = {"Bucket": version.bucket, "Key": version.key}
    world.bucket.client.delete_object(**place, VersionId=version.version_id)

    assert world.deliver(version) == DONE

    (load,) = world.ledger()
    assert load["status"] == "failed"
    assert "was deleted or overwritten before it was read" in load["reason"]
    invariants.check(world)
    report.held(fault, f"failed: {load['reason']}")


@SIZES
def test_the_object_is_gone_while_it_is_read(world: World, rows: int) -> None:
    fault = "object deleted while it is read"
    report.tried(fault)
    version = world.put(readings(rows))
    loader = world.loader(version, LOADING["mid-COPY"], "pause")
    loader.until_paused()
    place = {"Bucket": version.bucket, "Key": version.key}
    world.bucket.client.delete_object(**place, VersionId=version.version_id)
    assert loader.go_on()["response"] == DONE

    assert world.deliver(version) == DONE
    assert world.statuses() == ["loaded"]
    invariants.check(world, taken=[KEY])
    report.held(fault, "loaded of what S3 had begun to send; there is nothing to move")


@pytest.mark.parametrize("does_keep_versions", [True, False])
def test_the_object_changes_before_it_is_read(
    world: World, does_keep_versions: bool
) -> None:
    fault = "object overwritten between event and read"
    report.tried(fault)
    world.keep_versions("Enabled" if does_keep_versions else "Suspended")
    old = world.put(readings(SMALL, seed=1))
    new = world.put(readings(SMALL, seed=2))

    assert world.deliver(old) == DONE
    assert world.deliver(new) == DONE

    states = ["superseded" if does_keep_versions else "failed", "loaded"]
    assert world.statuses() == states
    invariants.check(world)
    said = "where the bucket keeps versions the old one is loaded and replaced; else "
    report.held(fault, said + "it is failed, and the new one is loaded")


def test_the_object_changes_while_it_is_read(world: World) -> None:
    fault = "object overwritten while it is read"
    report.tried(fault)
    world.keep_versions("Suspended")
    old = world.put(readings(LARGE, seed=1))
    loader = world.loader(old, LOADING["mid-COPY"], "pause")
    loader.until_paused()
    new = world.put(readings(SMALL, seed=2))
    assert loader.go_on()["response"] == DONE

    assert world.deliver(new) == DONE

    assert world.statuses() == ["superseded", "loaded"]
    invariants.check(world, taken=[KEY])
    report.held(fault, "the old one is loaded whole, and replaced by its own event")


@pytest.mark.parametrize("by", ["tmpfs", "limit"])
def test_the_disk_is_full(world: World, tmp_path: Path, by: str) -> None:
    """Rejects wait in a temporary file: a file of nothing else fills the disk."""
    fault = "disk full in the loader's temporary folder"
    lines = (f"{number},good\nnone,bad\n" for number in range(120_000))
    version = world.put("id,note\n" + "".join(lines), "incoming/typed/a.csv")
    if by == "limit":
        report.tried(fault)
        answer = world.loader(version, file_size=1 << 20).answer()
    else:
        with small_disk(tmp_path) as folder:
            report.tried(fault)
            answer = world.loader(version, environment={"TMPDIR": str(folder)}).answer()
    assert answer["response"] == again()
    assert world.statuses() == []

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the message is asked for again; nothing is loaded until then")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_one_mart_fails(world: World) -> None:
    """The others are refreshed; this one is tried again, and heard of."""
    fault = "refresh failing in one mart"
    report.tried(fault)
    table = "intermediate.rollup_observations_by_cell"
    version = world.put(readings(SMALL))
    world.admin.execute(f"alter table {table} rename to away")

    answer = world.loader(version).answer()

    world.admin.execute("alter table intermediate.away rename to " + table[13:])
    assert answer["response"] == again()
    assert world.statuses() == ["loaded"]
    by_state = world.one("select sum(n) from marts.observations_by_state")
    assert by_state
    assert not world.one("select sum(n) from marts.observations_by_cell")
    failed = world.ask("select model from ops.refresh where status = 'failed'")
    assert failed == [("rollup_observations_by_cell",)]
    log = world.log.read_text()
    assert '"level":"ERROR"' in log
    assert "refresh failed" in log

    assert world.deliver(version) == DONE

    assert world.statuses() == ["loaded"]
    invariants.check(world)
    report.held(fault, "the others are refreshed, the message is asked for again")
