"""Read contracts as people write them, and name every mistake in one go.

A contract is a dbt source table with `config.meta.feed`, as it stands in dbt's
manifest or in `ops.catalog`. `catchment.column_words` reads its columns.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from catchment import column_words, extract_words, globs
from catchment.contract import PACKED, SUFFIXES, TEXT_FORMATS, Feed
from catchment.extract import Extract
from catchment.mistakes import ContractError, Mistake
from catchment.vocabulary import feed as said
from catchment.words import Words, meta_of

# Words that say how files of some formats are read.
OF_FORMATS = {
    said.DELIMITER.name: TEXT_FORMATS,
    said.ENCODING.name: TEXT_FORMATS,
    said.HEADER_LINE.name: (*TEXT_FORMATS, "xlsx"),
    said.RECORDS.name: ("json",),
    said.SHEET.name: ("xlsx",),
    said.LAYER.name: ("shapefile", "geopackage"),
}
# What keys begin with that are no files: of records that say their columns.
TOPICS = ("kafka/", "kinesis/")
# What COPY takes (https://www.postgresql.org/docs/current/sql-copy.html), but for
# upper case, digits and quotes.
DELIMITER = re.compile(r'[^A-Za-z0-9."\\\r\n\0\x80-\U0010ffff]')
RAW = "raw"


def parse(source: Mapping[str, Any]) -> Feed:
    """Read one source table of the manifest's shape as a contract.

    Raises:
        ContractError: with every mistake of the contract, not only the first.
    """
    mistakes: list[Mistake] = []
    feed = _Parser(source, mistakes).feed()
    if mistakes:
        raise ContractError(mistakes)
    return feed


def parse_all(sources: Sequence[Mapping[str, Any]]) -> tuple[Feed, ...]:
    """Read all contracts and check how they stand to each other.

    Raises:
        ContractError: with every mistake of every contract.
    """
    mistakes: list[Mistake] = []
    feeds = tuple(_Parser(source, mistakes).feed() for source in sources)
    mistakes.extend(_shared_names(feeds))
    mistakes.extend(_shared_keys(feeds))
    mistakes.extend(_missing_zones(feeds))
    if mistakes:
        raise ContractError(mistakes)
    return feeds


def tests_of_dropped(manifest: Mapping[str, Any]) -> Iterator[Mistake]:
    """Tests of columns that no raw table has, for their values are not stored."""
    for node in manifest["nodes"].values():
        if node["resource_type"] != "test":
            continue
        for above in node["depends_on"].get("nodes", []):
            source = manifest["sources"].get(above) or {"columns": {}}
            column = source["columns"].get(node.get("column_name")) or {}
            if meta_of(column).get("pii") == "drop":
                yield Mistake(
                    f"feed {source['name']}",
                    "pii: drop leaves nothing that data_tests could look at",
                    column["name"],
                    "data_tests",
                    source["original_file_path"],
                )


def _shared_names(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    seen: dict[str, Feed] = {}
    for feed in feeds:
        if feed.name in seen:
            yield Mistake(
                f"feed {feed.name}",
                f"another feed in {seen[feed.name].file} has this name",
                file=feed.file,
            )
        seen[feed.name] = feed


def _shared_keys(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    """Patterns of two feeds that can match one key, where none of them yields."""
    for number, feed in enumerate(feeds):
        for other in feeds[:number]:
            if feed.yields != other.yields:
                continue
            for pattern in feed.files:
                for taken in other.files:
                    if globs.overlap(_narrowed(pattern), _narrowed(taken)):
                        yield Mistake(
                            f"feed {feed.name}",
                            f"files '{pattern}' can match the same key as "
                            f"'{taken}' of feed {other.name}",
                            word="files",
                            file=feed.file,
                        )


def _narrowed(pattern: str) -> str:
    """A pattern of records by one of their keys: these have no suffix by which
    `**/*_north.csv` could take them."""
    topic, _, part = pattern.rpartition("/")
    if part != "*" or not pattern.startswith(TOPICS):
        return pattern
    return f"{topic}/{'0' if topic.startswith('kafka') else 'shardId-0'}"


def _missing_zones(feeds: Sequence[Feed]) -> Iterator[Mistake]:
    """Local times whose zone should be in another feed, and is not."""
    names = {f.name: {c.name for c in f.columns if c.stored} for f in feeds}
    for feed in feeds:
        for column in feed.columns:
            zone = column.time_zone
            if zone is None or zone.feed is None:
                continue
            message = None
            if zone.feed not in names:
                message = f"time_zone: there is no feed '{zone.feed}'"
            elif missing := {zone.key, zone.column} - names[zone.feed]:
                message = f"time_zone: feed {zone.feed} has no column {missing.pop()}"
            elif zone.key not in names[feed.name]:
                message = f"time_zone: this feed has no column {zone.key}"
            if message:
                yield Mistake(
                    f"feed {feed.name}", message, column.name, "time_zone", feed.file
                )


class _Parser:
    """Reads one contract; what is wrong goes to `mistakes`, never raised."""

    def __init__(self, source: Mapping[str, Any], mistakes: list[Mistake]):
        self.source = source
        self.name = str(source["name"])
        self.file = source.get("original_file_path")
        self.mistakes = mistakes

    def wrong(
        self, message: str, column: str | None = None, word: str | None = None
    ) -> None:
        self.mistakes.append(
            Mistake(f"feed {self.name}", message, column, word, self.file)
        )

    def wrong_word(self, message: str, word: str | None) -> None:
        self.wrong(message, word=word)

    def feed(self) -> Feed:
        words = Words(
            self.source["config"]["meta"]["feed"],
            lambda message, word: self.wrong(message, word=word or "feed"),
        )
        feed = Feed(
            name=self.name,
            schema=self.source["schema"],
            table=self.source["identifier"],
            description=self.source.get("description", ""),
            files=words.read(said.FILES),
            formats=words.read(said.FORMAT),
            columns=column_words.parse(self.source["columns"], self.wrong),
            yields=words.read(said.YIELDS),
            delimiter=words.read(said.DELIMITER),
            encoding=words.read(said.ENCODING),
            header_line=words.read(said.HEADER_LINE),
            records=words.read(said.RECORDS),
            sheet=words.read(said.SHEET),
            layer=words.read(said.LAYER),
            trim=words.read(said.TRIM),
            null_values=words.read(said.NULL_VALUES),
            strict=words.read(said.STRICT),
            unknown_columns=words.read(said.UNKNOWN_COLUMNS),
            reject_limit=words.read(said.REJECT_LIMIT),
            on_reupload=words.read(said.ON_REUPLOAD),
            on_delete=words.read(said.ON_DELETE),
            varies=words.read(said.VARIES),
            warn_after=age(self.source.get("freshness"), "warn_after"),
            error_after=age(self.source.get("freshness"), "error_after"),
            extract=self.extract(),
            file=self.file,
        )
        words.no_others()
        self.check_feed(feed, words)
        self.check_files(feed)
        extract_words.check(feed, self.wrong_word)
        return feed

    def extract(self) -> Extract | None:
        raw = self.source["config"]["meta"].get("extract")
        return None if raw is None else extract_words.parse(raw, self.wrong_word)

    def check_feed(self, feed: Feed, words: Words) -> None:
        if words.given("delimiter") and not DELIMITER.fullmatch(feed.delimiter):
            self.wrong(
                "delimiter must be one ASCII character, and no letter, digit, point, "
                "quote, backslash or line end",
                word="delimiter",
            )
        for word, formats in OF_FORMATS.items():
            if words.given(word) and not set(formats) & set(feed.formats):
                self.wrong(f"{word} is a word of {', '.join(formats)}", word=word)
        if not feed.columns:
            self.wrong("has no columns")
        elif not feed.read_columns:
            self.wrong("has no column that a file holds")
        elif not any(column.stored for column in feed.columns):
            self.wrong("keeps no column: all are dropped")
        if not column_words.IDENTIFIER.fullmatch(feed.table) or "__" in feed.table:
            self.wrong("its name must be lower case letters, digits and single _")
        if feed.schema != RAW:
            self.wrong(f"the schema of its source must be {RAW}", word="schema")

    def check_files(self, feed: Feed) -> None:
        suffixes = [s for s, format_ in SUFFIXES.items() if format_ in feed.formats]
        for pattern in feed.files:
            if message := globs.problem(pattern):
                self.wrong(f"files '{pattern}': {message}", word="files")
            if pattern.endswith(PACKED):
                packed = pattern[pattern.rindex(".") :]
                self.wrong(
                    f"files '{pattern}': leave {packed} away, packed files match "
                    "without it",
                    word="files",
                )
            elif (
                len(feed.formats) > 1
                and not pattern.endswith(tuple(suffixes))
                and not pattern.startswith(TOPICS)
            ):
                self.wrong(
                    f"files '{pattern}': of several formats a file's is told by its "
                    f"suffix, which must be one of {', '.join(suffixes)}",
                    word="files",
                )


def age(freshness: Mapping[str, Any] | None, word: str) -> timedelta | None:
    """dbt's `warn_after` or `error_after` of a source: `{count: 2, period: day}`,
    which dbt has checked; its periods are minute, hour and day."""
    limit = (freshness or {}).get(word) or {}
    if not limit.get("count"):
        return None
    return timedelta(**{f"{limit['period']}s": limit["count"]})
