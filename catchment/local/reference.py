"""The reference of the YAML's words, written of their declarations.

`make reference` writes the tables of docs/ and the JSON Schema by which an editor
completes and checks the YAML; a test fails where they say anything else.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from catchment.local import state
from catchment.vocabulary import column, endpoint, extract, feed, parameter
from catchment.words import Word

SCHEMA = Path("warehouse/words.schema.json")
# Where the table of some words stands: below the first heading that begins so.
TABLES: Mapping[str, Mapping[str, tuple[Word[Any], ...]]] = {
    "docs/contract.md": {
        "## Words of a feed": feed.WORDS,
        "## Words of a column": column.WORDS,
        "## Words of an endpoint": endpoint.WORDS,
        "### Words of a dataset": endpoint.OF_DATASETS,
        "### Words of a row model": endpoint.OF_ROW_MODELS,
        "### Words of a parameter": parameter.WORDS,
    },
    "docs/extract.md": {"## Words of an extract": extract.WORDS},
}
_TABLE = re.compile(r"^\| word \|.*?(?=^$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")


def table(words: Iterable[Word[Any]]) -> str:
    """A table in Markdown, a line for each word."""
    lines = ["| word | value | default | means |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{word.name}` | {word.kind.said} | {default(word)} | {word.means} |"
        for word in words
    ]
    return "\n".join(lines) + "\n"


def default(word: Word[Any]) -> str:
    """What an absent word is read as, in Markdown."""
    value = word.default
    if word.required:
        return "required"
    if word.absent:
        return word.absent
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return " ".join(f"`{one}`" for one in value)
    return f"`{value}`"


def page_with_tables(text: str, tables: Mapping[str, tuple[Word[Any], ...]]) -> str:
    """A page whose tables of words are those of the code.

    Raises:
        ValueError: where a heading or the table below it is missing.
    """
    for heading, words in tables.items():
        before, found, after = text.partition(f"\n{heading}")
        place = _TABLE.search(after)
        if not found or not place:
            raise ValueError(f"no table of words below '{heading}'")
        after = after[: place.start()] + table(words) + after[place.end() :]
        text = before + found + after
    return text


def schema() -> dict[str, Any]:
    """The words as JSON Schema of a dbt YAML file. What is dbt's own is left to dbt."""
    feeds = {"feed": _object(feed.WORDS), "extract": _object(extract.WORDS)}
    source_table = _entry({"type": "object", "properties": feeds})
    source_table["properties"]["columns"] = _items(_entry(_object(column.WORDS)))
    api = _object([*endpoint.WORDS, *endpoint.OF_DATASETS, *endpoint.OF_ROW_MODELS])
    api["properties"]["parameters"]["additionalProperties"] = _object(parameter.WORDS)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `make reference` of catchment/vocabulary.",
        "title": "Feeds and endpoints of Catchment in dbt's YAML",
        "type": "object",
        "properties": {
            "sources": _items({"properties": {"tables": _items(source_table)}}),
            "models": _items(_entry({"type": "object", "properties": {"api": api}})),
        },
    }


def _items(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": one}


def _entry(meta: Mapping[str, Any]) -> dict[str, Any]:
    """A table, column or model with these words in `config.meta`."""
    config = {"type": "object", "properties": {"meta": meta}}
    return {"type": "object", "properties": {"config": config}}


def _object(words: Iterable[Word[Any]]) -> dict[str, Any]:
    """A mapping with these words and no others; of two by one name either fits."""
    properties: dict[str, dict[str, Any]] = {}
    for word in words:
        said = _described(word)
        if known := properties.get(word.name):
            said = {"anyOf": [known, said]}
        properties[word.name] = said
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _described(word: Word[Any]) -> dict[str, Any]:
    means = _LINK.sub(r"\1", f"{word.means}. Default: {default(word)}")
    return {"description": means, **word.kind.schema}


def files(root: Path) -> dict[Path, str]:
    """Each file of the reference, and what it must hold."""
    found = {SCHEMA: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}
    for name, tables in TABLES.items():
        found[Path(name)] = page_with_tables((root / name).read_text(), tables)
    return found


def main() -> None:
    root = state.project_root()
    for path, text in files(root).items():
        (root / path).write_text(text)


if __name__ == "__main__":
    main()
