"""Words that a person wrote are read by their kind; what is wrong is told."""

from typing import Any

import pytest

from catchment.words import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    TEXTS,
    Kind,
    Word,
    Words,
    one_of,
    some_of,
)


def word(name: str, kind: Kind[Any], default: Any = None, **more: Any) -> Word[Any]:
    return Word(name, kind, "means nothing", default, **more)


def read(raw: Any) -> tuple[Words, list[tuple[str, str | None]]]:
    told: list[tuple[str, str | None]] = []
    return Words(raw, lambda message, word: told.append((message, word))), told


def test_words_are_read_by_their_kind() -> None:
    words, told = read(
        {"t": "x", "one": "x", "many": ["x", 1], "n": 1.5, "c": 3, "f": True, "o": "b"}
        | {"s": ["b", "a", "b"]}
    )

    assert words.read(word("t", TEXT)) == "x"
    assert words.read(word("one", TEXTS)) == ("x",)
    assert words.read(word("many", TEXTS)) == ("x", "1")
    assert words.read(word("n", NUMBER)) == 1.5
    assert words.read(word("c", COUNT)) == 3
    assert words.read(word("f", FLAG)) is True
    assert words.read(word("o", one_of(["a", "b"]))) == "b"
    assert words.read(word("o", some_of(["a", "b"]))) == ("b",)
    assert words.read(word("s", some_of(["a", "b"]))) == ("b", "a")
    words.no_others()
    assert told == []


@pytest.mark.parametrize("raw", [{}, {"t": None}])
def test_an_absent_word_reads_as_its_default(raw: dict[str, Any]) -> None:
    words, told = read(raw)

    assert words.read(word("t", TEXT)) is None
    assert words.read(word("t", TEXTS, default=("a",))) == ("a",)
    assert not words.given("t")
    assert told == []


def test_a_required_word_that_is_absent_is_told() -> None:
    words, told = read({"t": None})

    words.read(word("t", TEXT, required=True))

    assert told == [("t is missing", "t")]


def test_a_word_that_may_not_stand_here_is_told_and_known() -> None:
    words, told = read({"t": "x"})

    words.refuse(word("t", TEXT), "not here")
    words.refuse(word("u", TEXT), "nor this")
    words.no_others()

    assert told == [("t: not here", "t")]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (TEXT, 5, "w: 5 is no text"),
        (TEXTS, [], "w: [] is no list of texts"),
        (TEXTS, {"a": 1}, "w: {'a': 1} is no list of texts"),
        (TEXTS, [["a"]], "w: [['a']] is no list of texts"),
        (TEXTS, [True], "w: [True] is no list of texts; put yes, no, null in quotes"),
        (TEXTS, [None], "w: [None] is no list of texts; put yes, no, null in quotes"),
        (NUMBER, "5", "w: '5' is no number"),
        (NUMBER, False, "w: False is no number"),
        (COUNT, 1.5, "w: 1.5 is no count"),
        (COUNT, -1, "w: -1 is no count"),
        (COUNT, True, "w: True is no count"),
        (FLAG, 1, "w: 1 is neither true nor false"),
    ],
)
def test_a_word_of_another_kind_is_told_and_reads_as_absent(
    kind: Kind[Any], value: Any, said: str
) -> None:
    words, told = read({"w": value})

    assert words.read(word("w", kind, default="absent")) == "absent"
    assert told == [(said, "w")]


def test_a_word_that_is_no_choice_is_told_with_the_choices() -> None:
    words, told = read({"w": "c"})

    assert words.read(word("w", one_of(["a", "b"]))) is None
    assert told == [("w: 'c' is none of a, b", "w")]


def test_every_word_that_was_not_asked_for_is_told_with_a_hint() -> None:
    words, told = read({"minimun": 1, "colour": 2, "minimum": 1})
    words.read(word("minimum", NUMBER))
    words.read(word("maximum", NUMBER))

    words.no_others()

    assert told == [
        ("unknown word 'minimun'; did you mean 'minimum'?", "minimun"),
        ("unknown word 'colour'; known: maximum, minimum", "colour"),
    ]


@pytest.mark.parametrize("raw", [None, "x", ["a"]])
def test_what_is_no_mapping_is_told(raw: Any) -> None:
    words, told = read(raw)

    assert words.read(word("t", TEXT)) is None
    words.no_others()
    assert told == [(f"expected words and values, found {raw!r}", None)]
