"""Processes are recognised before they are ended."""

import os
import socket
from dataclasses import replace
from pathlib import Path

from catchment.local import process


def sleeper(folder: Path) -> process.Process:
    return process.spawn(["sleep", "60"], os.environ, folder / "log", folder)


def test_every_start_is_recognised_at_once(tmp_path: Path) -> None:
    """Right after exec() Linux shows no command line for a moment."""
    children = [sleeper(tmp_path) for _ in range(60)]

    assert all(child.alive for child in children)
    assert all(process.stop(child) for child in children)
    assert not any(child.alive for child in children)


def test_another_process_of_the_same_number_is_left_alone(tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    recorded = replace(child, identity=child.identity.replace("sleep", "moto"))

    assert not recorded.alive
    assert not process.stop(recorded)
    assert child.alive
    process.stop(child)


def test_what_ignores_sigterm_is_ended_all_the_same(tmp_path: Path) -> None:
    command = ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"]
    child = process.spawn(command, os.environ, tmp_path / "log", tmp_path)
    while "up" not in (tmp_path / "log").read_text():
        pass

    assert process.stop(child, seconds=0.2)
    assert not child.alive


def test_a_command_that_ends_at_once_is_not_alive(tmp_path: Path) -> None:
    child = process.spawn(["true"], os.environ, tmp_path / "log", tmp_path)
    while process.identity_of(child.pid):
        pass

    assert not child.alive


def test_a_taken_port_is_not_offered() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert process.free_port(port) != port


def test_tail_gives_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(5000)))

    assert process.tail(log, 2) == "line 4998\nline 4999"
    assert process.tail(tmp_path / "absent") == ""


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    child = process.spawn(["echo", "hello"], os.environ, tmp_path / "log", tmp_path)
    while child.alive:
        pass

    assert (tmp_path / "log").read_text() == "hello\n"
