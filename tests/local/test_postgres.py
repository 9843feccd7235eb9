"""The private cluster, the given server, and what is said where none is."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from catchment.local import postgres, process, queries
from catchment.local.postgres import binaries, server
from catchment.local.postgres.server import Server
from catchment.local.trouble import Trouble


def one(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def test_it_has_postgis_and_keeps_what_it_commits(private_server: Server) -> None:
    assert one(private_server.url, "show fsync") == "on"
    assert one(private_server.url, "show listen_addresses") == "127.0.0.1"
    assert one(private_server.url, "show unix_socket_directories") == ""
    assert one(private_server.url, "show server_encoding") == "UTF8"
    assert one(
        private_server.url,
        "select count(*) from pg_available_extensions where name = 'postgis'",
    )


def test_it_does_not_run_as_root(private_server: Server) -> None:
    assert Path(f"/proc/{private_server.pid}").stat().st_uid != 0


def test_nobody_comes_in_without_the_password(private_server: Server) -> None:
    url = private_server.url.replace("postgres:", "postgres:not-", 1)

    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(url)


def test_a_cluster_is_found_stopped_started_and_removed(tmp_path: Path) -> None:
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    made = postgres.provide(tmp_path, given_url="")
    try:
        with psycopg.connect(made.url, autocommit=True) as connection:
            connection.execute("create table kept as select 7 as n")
        found = postgres.provide(tmp_path, given_url="")
        assert (made.started, found.started, found.pid) == (True, False, made.pid)

        found.stop()
        assert postgres.find(tmp_path) is None

        again = postgres.provide(tmp_path, given_url="")
        assert again.started
        assert one(again.url, "select n from kept") == 7
        mode = stat.S_IMODE((tmp_path / "postgres.json").stat().st_mode)
        assert mode == 0o600
    finally:
        postgres.remove(tmp_path)
    assert made.data_dir is not None
    assert not made.data_dir.exists()
    assert server.note_of(tmp_path) == {}


def test_what_a_former_clone_has_left_in_this_place_is_put_aside(
    tmp_path: Path,
) -> None:
    """Its password went with the clone; its server may even be running."""
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    former = postgres.provide(tmp_path, given_url="")
    server.forget(tmp_path)
    said: list[str] = []

    made = postgres.provide(tmp_path, given_url="", say=said.append)
    try:
        assert one(made.url, "select 1") == 1
        assert former.data_dir is not None
        old = former.data_dir.with_name("data.old")
        assert (old / "PG_VERSION").exists()
        assert not (old / "postmaster.pid").exists(), "it was not stopped"
        assert any("put aside" in sentence for sentence in said)
    finally:
        made.remove()


def test_a_taken_port_is_no_obstacle(tmp_path: Path, private_server: Server) -> None:
    """Two projects on one machine: the second one's server goes elsewhere."""
    other = postgres.provide(tmp_path, given_url="")
    try:
        assert other.url != private_server.url
        assert one(other.url, "select 1") == 1
    finally:
        other.remove()


def test_a_server_that_does_not_start_is_not_replaced_by_an_empty_one(
    tmp_path: Path,
) -> None:
    if binaries.find() is None:
        pytest.skip("no local PostgreSQL with PostGIS")
    made = postgres.provide(tmp_path, given_url="")
    made.stop()
    assert made.data_dir is not None
    with (made.data_dir / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    try:
        with pytest.raises(Trouble, match=r"does not start.*FATAL.*--delete-data"):
            postgres.provide(tmp_path, given_url="")

        assert server.note_of(tmp_path)["data_dir"] == str(made.data_dir)
        assert (made.data_dir / "PG_VERSION").exists()
    finally:
        postgres.remove(tmp_path)


def test_a_given_server_is_never_stopped(
    private_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", private_server.url)

    given = postgres.provide(tmp_path)
    given.stop()
    given.remove()

    assert given.kind == "given"
    assert one(given.url, "select 1") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_given_server_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    url = f"postgresql://postgres@127.0.0.1:{process.free_port(0)}/postgres"

    with pytest.raises(Trouble, match="Mend DATABASE_URL"):
        postgres.provide(tmp_path, given_url=url)


def test_a_given_server_without_postgis_is_a_sentence(
    private_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        queries, "POSTGIS_OFFERED", "select 1 where false -- as without it"
    )

    with pytest.raises(Trouble, match="has no PostGIS"):
        postgres.provide(tmp_path, given_url=private_server.url)


def test_where_no_way_is_open_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no pg_ctl, docker, apt-get
    monkeypatch.setattr(binaries, "_PLACES", ())

    with pytest.raises(Trouble) as trouble:
        postgres.provide(tmp_path, given_url="")

    said = str(trouble.value)
    assert "set DATABASE_URL" in said
    for reason in ("no local PostgreSQL", "no Docker engine", "there is no apt-get"):
        assert reason in said
    assert "\n" not in said


def test_programs_without_postgis_are_passed_over(tmp_path: Path) -> None:
    programs = tmp_path / "pgsql-17" / "bin"
    programs.mkdir(parents=True)
    assert not binaries.has_postgis(programs)

    control = tmp_path / "pgsql-17" / "share" / "extension" / "postgis.control"
    control.parent.mkdir(parents=True)
    control.touch()
    assert binaries.has_postgis(programs)


def test_where_root_keeps_its_cluster(private_server: Server) -> None:
    """The server's user must reach the data; pytest's folders are closed to it."""
    assert private_server.data_dir is not None
    under_var = private_server.data_dir.is_relative_to("/var/lib/catchment")
    assert under_var == (os.geteuid() == 0)
