"""What docker-compose.yml and the Dockerfile promise, as far as a look can tell.

That it comes up was tried by hand: it needs an engine and a package index.
"""

import re
import shlex
from typing import Any

import pytest
import yaml

from catchment.cli import main
from tests.conftest import BIN, ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"] == "catchment"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def waits_for(name: str) -> set[str]:
    """All services that are there before one, over any number of others."""
    direct = set(SERVICES[name].get("depends_on", {}))
    return direct.union(*(waits_for(other) for other in direct))


def test_one_service_builds_the_image_and_the_others_wait_for_it() -> None:
    """Compose builds all at once; two builds of one name fail: "already exists"."""
    builders = {name for name, service in SERVICES.items() if "build" in service}

    assert len(builders) == 1
    assert [name for name in OURS - builders if not builders <= waits_for(name)] == []
    assert sorted(OURS) == ["api", "loader", "storage", "warehouse"]


def test_the_database_is_utf_8_whatever_the_image_says() -> None:
    database = SERVICES["database"]

    assert re.fullmatch(r"postgis/postgis:\d+-\d+\.\d+", database["image"])
    assert "--encoding=UTF8" in database["environment"]["POSTGRES_INITDB_ARGS"]
    assert all(
        SERVICES[name]["environment"]["PGCLIENTENCODING"] == "UTF8" for name in OURS
    )


def test_what_is_waited_for_says_when_it_is_ready() -> None:
    for name, service in SERVICES.items():
        for other, asked in service.get("depends_on", {}).items():
            if asked["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], other
            else:
                assert "restart" not in SERVICES[other], f"{other} never completes"
        assert name == "database" or service["command"]
    assert {"database", "storage", "warehouse"} == waits_for("loader")
    assert waits_for("api") == waits_for("loader")


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_exists(name: str) -> None:
    words = shlex.split(SERVICES[name]["command"])
    lines = words[2].split("&&") if words[:2] == ["sh", "-c"] else [" ".join(words)]

    for program, command, *_ in map(shlex.split, lines):
        assert (BIN / program).exists(), program
        assert program != "catchment" or command in main.commands, command


def test_every_port_is_loopbacks() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert len(ports) == 3
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_image_has_the_python_that_lambda_runs_and_is_not_roots() -> None:
    variables = (ROOT / "terraform" / "variables.tf").read_text()
    runtime = re.search(r'variable "runtime" {.*?"python([\d.]+)"', variables, re.S)
    assert runtime

    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.M) == [f"python:{runtime[1]}-slim"]
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.M) == ["catchment"]
