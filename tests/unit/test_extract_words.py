"""`meta.extract` as it is written, and every mistake that can be made in it."""

from typing import Any

import pytest

from catchment import contract_words
from catchment.extract import Extract, Years
from catchment.mistakes import ContractError
from tests.conftest import ROOT

URL = "https://data.example.org/v1/{year}/schools/"
KEY = "f/{year}/page-{page:04}.json"


def source(**words: Any) -> dict[str, Any]:
    """A source table; `feed_…` words go to the feed, the others to the extract."""
    feed = {"files": ["**/f/*/*.json"], "format": "json", "records": "results"}
    feed |= {k.removeprefix("feed_"): v for k, v in words.items() if "feed_" in k}
    extract = {"url": URL, "key": KEY, "years": {"from": 2015}}
    extract |= {k: v for k, v in words.items() if "feed_" not in k}
    given = {word: value for word, value in extract.items() if value is not ...}
    return {
        "name": "f",
        "schema": "raw",
        "identifier": "f",
        "original_file_path": "models/f.yml",
        "config": {"meta": {"feed": feed, "extract": given}},
        "columns": [{"name": "a", "data_type": "text"}],
    }


def parsed(**words: Any) -> Extract:
    feed = contract_words.parse(source(**words))
    assert feed.extract is not None
    return feed.extract


def mistakes(**words: Any) -> list[str]:
    with pytest.raises(ContractError) as caught:
        contract_words.parse(source(**words))
    return [mistake.message for mistake in caught.value.mistakes]


def test_an_extract_is_read_with_all_its_words() -> None:
    found = parsed(
        next="links.next",
        count="meta.total",
        retry={"attempts": 3, "seconds": 0.5},
        years=[2021, 2019],
    )

    assert found == Extract(
        url=URL,
        key=KEY,
        years=Years(listed=(2021, 2019)),
        next="links.next",
        count="meta.total",
        attempts=3,
        seconds=0.5,
    )


def test_a_feed_without_the_word_is_not_extracted() -> None:
    table = source()
    del table["config"]["meta"]["extract"]

    assert contract_words.parse(table).extract is None


def test_next_and_count_stand_where_most_services_have_them() -> None:
    found = parsed()

    assert (found.next, found.count, found.attempts, found.seconds) == (
        "next",
        "count",
        6,
        1.0,
    )


@pytest.mark.parametrize(
    ("years", "wanted"),
    [
        ({"from": 2018}, (2018, 2019, 2020)),
        ({"from": 2018, "to": 2019}, (2018, 2019)),
        ({"from": 2021}, ()),
        ([2021, 2019], (2019, 2021)),
    ],
)
def test_years_end_with_the_running_one_unless_they_say(
    years: Any, wanted: tuple[int, ...]
) -> None:
    assert parsed(years=years).years.until(2020) == wanted


def test_addresses_and_keys_are_made_of_year_and_page() -> None:
    found = parsed(url="https://data.example.org/{year}/of/{year}?size=10")

    assert found.url_of(2021) == "https://data.example.org/2021/of/2021?size=10"
    assert (
        found.url_of(2021, "http://127.0.0.1:99/x/")
        == "http://127.0.0.1:99/x/2021/of/2021?size=10"
    )
    assert found.key_of(2021, 7) == "f/2021/page-0007.json"
    assert found.key_of(2021, 12345) == "f/2021/page-12345.json"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"url": ...}, "url is missing"),
        ({"key": ...}, "key is missing"),
        ({"years": ...}, "years is missing"),
        ({"url": "ftp://a.example.org/{year}"}, "is no address that begins with"),
        ({"url": "https://a.example.org/2021"}, "must have {year} in its path"),
        ({"url": "https://{year}.example.org/a"}, "must have {year} in its path"),
        ({"url": "https://a.example.org/{year}/{page}"}, "and nothing else"),
        ({"url": "https://a.example.org/{year"}, "must have {year} in its path"),
        ({"key": "f/{year}.json"}, "must have {year} and {page}"),
        ({"key": "f/{year}/{page!r}.json"}, "must have {year} and {page}"),
        ({"key": "f/{year}/{page:x}.json"}, "a page is {page} or padded"),
        ({"key": "f/{year.real}/{page}.json"}, "must have {year} and {page}"),
        ({"key": "incoming/f/{year}/{page}.json"}, "leave that away"),
        ({"key": "g/{year}/{page}.json"}, "'incoming/g/2000/1.json' is none of"),
        ({"years": 2020}, "is neither a list of years nor {from: 2015}"),
        ({"years": []}, "is neither a list of years nor {from: 2015}"),
        ({"years": ["2020"]}, "'2020' is no year"),
        ({"years": [20]}, "20 is no year of four digits"),
        ({"years": {"from": 2020, "to": 2019}}, "to 2019 lies before from 2020"),
        ({"years": {"from": 2020, "until": 2021}}, "is neither a list of years"),
        ({"retry": 3}, "is not {attempts: …, seconds: …}"),
        ({"retry": {"attempts": 0}}, "attempts 0 is no count from 1 on"),
        ({"retry": {"seconds": -1}}, "seconds -1 is no duration"),
        ({"nxt": "next"}, "unknown word 'nxt'; did you mean 'next'?"),
        (
            {"feed_files": ["**/f/*/*.csv"], "feed_format": ["csv", "json"]}
            | {"key": "f/{year}/{page}.csv"},
            "is not read as json, which pages are",
        ),
        ({"feed_on_reupload": "append"}, "extract needs on_reupload: replace"),
    ],
)
def test_a_mistake_is_told(words: dict[str, Any], said: str) -> None:
    assert said in " | ".join(mistakes(**words))


def test_every_mistake_is_told_in_one_go() -> None:
    assert len(mistakes(url="x", key="y", years="z", retry="r", other=1)) == 5


def test_a_mistake_names_the_word_whose_line_it_stands_in() -> None:
    with pytest.raises(ContractError) as caught:
        contract_words.parse(source(url="x"))

    (mistake,) = caught.value.mistakes
    assert (mistake.word, mistake.file) == ("url", "models/f.yml")


def test_every_word_stands_in_the_reference() -> None:
    page = (ROOT / "docs" / "extract.md").read_text()
    (said,) = (m for m in mistakes(zzz=1) if "known: " in m)
    words = said.partition("known: ")[2].split(", ")

    assert [word for word in words if f"| `{word}` |" not in page] == []
