"""The reference says of every word of the YAML what the code says of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from catchment import contract_words, dataset
from catchment.local import reference
from catchment.mistakes import ContractError, Mistake
from catchment.vocabulary import column, endpoint, extract, feed, parameter
from catchment.words import Word
from tests.conftest import ROOT

FILES = sorted((ROOT / "warehouse" / "models").rglob("*.yml"))
SCHEMA = Draft202012Validator(reference.schema())


@pytest.mark.parametrize("path", reference.files(ROOT), ids=str)
def test_a_file_of_the_reference_is_what_the_code_says(path: Path) -> None:
    told = "run: make reference"
    assert (ROOT / path).read_text() == reference.files(ROOT)[path], told


@pytest.mark.parametrize("module", [column, endpoint, extract, feed, parameter])
def test_every_word_stands_in_the_reference_and_says_what_it_means(
    module: ModuleType,
) -> None:
    shown = [
        word
        for tables in reference.TABLES.values()
        for words in tables.values()
        for word in words
    ]
    declared = [word for word in vars(module).values() if isinstance(word, Word)]

    assert len(declared) > 3
    assert [word.name for word in declared if word not in shown] == []
    assert [word.name for word in declared if len(word.means) < 10] == []


def absent(words: Iterable[Word[Any]]) -> dict[str, None]:
    """All of them, none with a value: a reader complains of those it does not know."""
    return dict.fromkeys(word.name for word in words)


def test_every_word_of_a_contract_is_one_that_the_code_reads() -> None:
    meta = {"feed": absent(feed.WORDS), "extract": absent(extract.WORDS)}
    columns = [{"name": "a", "config": {"meta": absent(column.WORDS)}}]
    source = {"name": "f", "schema": "raw", "identifier": "f", "columns": columns}

    with pytest.raises(ContractError) as error:
        contract_words.parse({**source, "config": {"meta": meta}})

    assert "files is missing" in str(error.value)
    assert "unknown word" not in str(error.value)


@pytest.mark.parametrize("measures", [None, {"n": {"sum": "n"}}])
def test_every_word_of_an_endpoint_is_one_that_the_code_reads(measures: Any) -> None:
    words = [*endpoint.WORDS, *endpoint.OF_DATASETS, *endpoint.OF_ROW_MODELS]
    year = {**absent(parameter.WORDS), "equals": "year"}
    api = {**absent(words), "measures": measures, "parameters": {"year": year}}
    if measures is None:
        del api["measures"], api["group_by"]
    mistakes: list[Mistake] = []

    dataset.parse({"name": "m", "config": {"meta": {"api": api}}}, mistakes)

    assert mistakes
    assert [one for one in mistakes if "unknown word" in str(one)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_editor_takes_what_the_code_takes(path: Path) -> None:
    said = yaml.safe_load(path.read_text())
    assert [error.message for error in SCHEMA.iter_errors(said)] == []


def table(meta: Mapping[str, Any], **column_meta: Any) -> dict[str, Any]:
    columns = [{"name": "a", "config": {"meta": column_meta}}]
    entry = {"name": "f", "config": {"meta": meta}, "columns": columns}
    return {"sources": [{"name": "s", "tables": [entry]}]}


@pytest.mark.parametrize(
    "said",
    [
        table({"feed": {"files": ["a"], "formt": "csv"}}),
        table({"feed": {"files": ["a"], "format": "cvs"}}),
        table({"extract": {"year": [2020]}}),
        table({}, minimun=1),
        table({}, geometry={"x": "longitude"}),
        {"models": [{"name": "m", "config": {"meta": {"api": {"measure": {}}}}}]},
        {
            "models": [
                {"config": {"meta": {"api": {"parameters": {"year": {"is": "year"}}}}}}
            ]
        },
    ],
)
def test_an_editor_sees_a_word_that_is_none(said: Mapping[str, Any]) -> None:
    assert list(SCHEMA.iter_errors(said))
