"""The stand-in of services, and what a person asks `catchment extract` for."""

import json
import os
import re
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import click
import pytest
from click.testing import CliRunner

from catchment import contract_words
from catchment.cli import main
from catchment.contract import Feed
from catchment.local import extract_deployed, recorded
from catchment.local.extract_commands import years_of
from catchment.local.extracting import Wish
from catchment.local.trouble import Trouble

HOST = "https://data.example.org"


@pytest.fixture
def feed() -> Feed:
    return contract_words.parse(
        {
            "name": "items",
            "schema": "raw",
            "identifier": "items",
            "config": {
                "meta": {
                    "feed": {"files": ["**/items/*/*"], "format": "json"},
                    "extract": {
                        "url": f"{HOST}/v1/{{year}}/items/",
                        "key": "items/{year}/{page}.json",
                        "years": {"from": 2020},
                    },
                }
            },
            "columns": [{"name": "id", "data_type": "text"}],
        }
    )


@pytest.fixture
def url(tmp_path: Path, feed: Feed) -> Iterator[str]:
    """A stand-in with three pages of 2020 and one of 2021."""
    for year, pages in ((2020, 3), (2021, 1)):
        for number in range(1, pages + 1):
            more = f"{HOST}/v1/{year}/items/?page={number + 1}"
            document = {"next": more if number < pages else None, "results": [number]}
            path = tmp_path / "items" / "recorded" / str(year) / f"{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document))
    with recorded.serving(tmp_path, [feed]) as url:
        yield url


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def get(url: str) -> Any:
    """A page, at the second try if need be."""
    status_of(url)
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def test_pages_lead_to_each_other_on_the_stand_in(url: str) -> None:
    first = get(f"{url}/v1/2020/items/")
    second = get(first["next"])

    assert first["next"] == f"{url}/v1/2020/items/?page=2"
    assert (first["results"], second["results"]) == ([1], [2])


def test_what_is_not_recorded_is_not_there(url: str) -> None:
    assert status_of(f"{url}/v1/2022/items/") == 404
    assert status_of(f"{url}/v1/2020/items/?page=4") == 404


def test_some_pages_come_at_the_second_try_only(url: str) -> None:
    targets = [
        "/v1/2020/items/",
        "/v1/2020/items/?page=2",
        "/v1/2020/items/?page=3",
        "/v1/2021/items/",
    ]

    first = [status_of(url + target) for target in targets]
    second = [status_of(url + target) for target in targets]

    assert sorted(first) == [200, 200, 200, 504]
    assert second == [200, 200, 200, 200]


def test_years_are_known_by_their_folders(tmp_path: Path, url: str, feed: Feed) -> None:
    assert recorded.years_of(tmp_path, feed) == (2020, 2021)


@pytest.mark.parametrize("text", ["2020 2021", "2020,2021", " 2020, 2021 "])
def test_years_are_read_from_a_text(text: str) -> None:
    assert years_of(text) == (2020, 2021)


def test_no_years_are_all_years() -> None:
    assert years_of(None) == years_of("") == ()


def test_what_is_no_year_is_told() -> None:
    with pytest.raises(click.BadParameter, match="'20x0' is no year"):
        years_of("2021 20x0")


class Lambda:
    """A deployed function that answers as it is told, and keeps its event."""

    def __init__(self, document: Any, **words: str) -> None:
        self.answer = {"Payload": BytesIO(json.dumps(document).encode()), **words}

    def invoke(self, **words: Any) -> dict[str, Any]:
        self.asked = words["FunctionName"], json.loads(words["Payload"])
        return self.answer


def test_a_deployed_stack_is_asked_by_its_own_lambda() -> None:
    found = {"feed": "items", "year": 2020, "status": "complete", "pages": 2, "rows": 7}
    function = Lambda({"extracts": [found]})
    said: list[str] = []

    extract_deployed.run(Wish(years=(2020,)), "stack-extract", function, said.append)

    assert function.asked == ("stack-extract", {"years": [2020]})
    assert said == ["items 2020: 2 pages, 7 rows"]


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            Lambda({"errorMessage": "items 2020 failed"}, FunctionError="Unhandled"),
            "stack-extract did not do it: items 2020 failed",
        ),
        (
            Lambda({"extracts": [{"feed": "items", "year": 2020, "status": "left"}]}),
            "Not complete: items 2020. Run it again: what is here is kept.",
        ),
    ],
)
def test_what_a_deployed_stack_does_not_do_is_told(
    function: Lambda, sentence: str
) -> None:
    with pytest.raises(Trouble, match=re.escape(sentence)):
        extract_deployed.run(Wish(), "stack-extract", function, lambda _: None)


def test_two_hosts_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATCHMENT_ENV_FILE", os.devnull)
    done = CliRunner().invoke(main, ["extract", "--live", "--from", "http://a"])

    assert done.exit_code == 2
    assert "--live and --from exclude each other" in done.output
