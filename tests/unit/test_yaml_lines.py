"""The line of a mistake, so that a person can jump to it."""

from pathlib import Path

import pytest

from catchment.mistakes import ContractError, Mistake
from catchment.yaml_lines import line_of, report

YAML = """\
version: 2
sources:
  - name: energy
    tables:
      - name: parks
        columns:
          - name: id
      - name: readings
        config:
          meta:
            feed:
              files: [a]
              format: csv
        columns:
          - name: park
            data_type: text
          - name: megawatts
            data_type: float
            config: {meta: {minimum: 1, maximum: 0}}
models:
  - name: by_park
    config:
      meta:
        api:
          dimensions: [x]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "f.yml").write_text(YAML)
    (tmp_path / "models" / "f.sql").write_text("select 1")
    return tmp_path


def mistake(
    owner: str = "feed readings",
    column: str | None = None,
    word: str | None = None,
    file: str | None = "models/f.yml",
) -> Mistake:
    return Mistake(owner, "is wrong", column, word, file)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (mistake(), 8),
        (mistake(word="files"), 12),
        (mistake(word="format"), 13),
        (mistake(word="feed"), 11),
        (mistake(column="park"), 15),
        (mistake(column="park", word="data_type"), 16),
        (mistake(column="megawatts", word="data_type"), 18),
        (mistake(column="megawatts", word="minimum"), 19),
        (mistake(column="megawatts", word="absent"), 17),
        (mistake(column="absent"), 8),
        (mistake(word="absent"), 8),
        (mistake(owner="feed parks", column="id"), 7),
        (mistake(owner="model by_park", word="dimensions"), 25),
        (mistake(owner="model by_park"), 21),
    ],
)
def test_a_mistake_has_the_line_of_its_word(
    project: Path, found: Mistake, line: int
) -> None:
    assert line_of(found, project) == line


@pytest.mark.parametrize(
    "found",
    [
        mistake(owner="feed absent"),
        mistake(file=None),
        mistake(file="models/absent.yml"),
        mistake(file="models/f.sql"),
    ],
)
def test_without_a_place_there_is_no_line(project: Path, found: Mistake) -> None:
    assert line_of(found, project) is None


def test_a_report_names_each_mistake_with_its_file_and_line(project: Path) -> None:
    error = ContractError(
        [
            mistake(column="park", word="data_type"),
            mistake(owner="model by_park", file="models/f.sql"),
            mistake(owner="feed lost", file=None),
        ]
    )

    assert report(error, project) == (
        "3 mistake(s) in contracts:\n"
        "  models/f.yml:16: feed readings, column park: is wrong\n"
        "  models/f.sql: model by_park: is wrong\n"
        "  feed lost: is wrong"
    )
