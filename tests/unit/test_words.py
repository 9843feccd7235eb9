"""Words that a person wrote are read by their kind; what is wrong is told."""

from typing import Any

import pytest

from catchment.words import Words


def read(raw: Any) -> tuple[Words, list[tuple[str, str | None]]]:
    told: list[tuple[str, str | None]] = []
    return Words(raw, lambda message, word: told.append((message, word))), told


def test_words_are_read_by_their_kind() -> None:
    words, told = read(
        {"t": "x", "one": "x", "many": ["x", 1], "n": 1.5, "c": 3, "f": True, "o": "b"}
    )

    assert words.text("t") == "x"
    assert words.texts("one") == ("x",)
    assert words.texts("many") == ("x", "1")
    assert words.number("n") == 1.5
    assert words.count("c") == 3
    assert words.flag("f") is True
    assert words.one_of("o", ["a", "b"]) == "b"
    words.no_others()
    assert told == []


@pytest.mark.parametrize("raw", [{}, {"t": None}])
def test_an_absent_word_reads_as_nothing(raw: dict[str, Any]) -> None:
    words, told = read(raw)

    assert words.text("t") is None
    assert words.texts("t") == ()
    assert words.number("t") is None
    assert words.flag("t") is False
    assert not words.given("t")
    assert told == []


def test_a_required_word_that_is_absent_is_told() -> None:
    words, told = read({"t": None})

    words.text("t", required=True)

    assert told == [("t is missing", "t")]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("text", 5, "w: 5 is no text"),
        ("texts", [], "w: [] is no list of texts"),
        ("texts", {"a": 1}, "w: {'a': 1} is no list of texts"),
        ("texts", [["a"]], "w: [['a']] is no list of texts"),
        ("texts", [True], "w: [True] is no list of texts; put yes, no, null in quotes"),
        ("texts", [None], "w: [None] is no list of texts; put yes, no, null in quotes"),
        ("number", "5", "w: '5' is no number"),
        ("number", False, "w: False is no number"),
        ("count", 1.5, "w: 1.5 is no count"),
        ("count", -1, "w: -1 is no count"),
        ("count", True, "w: True is no count"),
        ("flag", 1, "w: 1 is neither true nor false"),
    ],
)
def test_a_word_of_another_kind_is_told_and_reads_as_absent(
    kind: str, value: Any, said: str
) -> None:
    words, told = read({"w": value})

    assert not getattr(words, kind)("w")
    assert told == [(said, "w")]


def test_a_word_that_is_no_choice_is_told_with_the_choices() -> None:
    words, told = read({"w": "c"})

    assert words.one_of("w", ["a", "b"]) is None
    assert told == [("w: 'c' is none of a, b", "w")]


def test_every_word_that_was_not_asked_for_is_told_with_a_hint() -> None:
    words, told = read({"minimun": 1, "colour": 2, "minimum": 1})
    words.number("minimum")
    words.number("maximum")

    words.no_others()

    assert told == [
        ("unknown word 'minimun'; did you mean 'minimum'?", "minimun"),
        ("unknown word 'colour'; known: maximum, minimum", "colour"),
    ]


@pytest.mark.parametrize("raw", [None, "x", ["a"]])
def test_what_is_no_mapping_is_told(raw: Any) -> None:
    words, told = read(raw)

    assert words.text("t") is None
    words.no_others()
    assert told == [(f"expected words and values, found {raw!r}", None)]
