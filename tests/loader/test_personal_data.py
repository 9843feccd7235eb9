"""Columns with `pii`: hashed or dropped, and in no quarantine, ledger or log."""

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import boto3
import pytest

from catchment import credentials
from catchment.settings import MissingSetting, Settings
from loader import rows
from loader.outcome import Outcome
from loader.validation import personal
from tests.loader.conftest import Desk, column, s3_event

KEY = "k" * 32
# What boto3 reads them from, of the words that it takes.
WORDS = {
    "AWS_ENDPOINT_URL": "endpoint_url",
    "AWS_ACCESS_KEY_ID": "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
}
PHONE, MAIL = "555-0100", "someone@example.com"


def hashed(text: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


class Personal:
    """A desk whose loader has a key, and a feed with personal data."""

    def __init__(self, desk: Desk, **words: Any):
        self.desk = desk
        self.feed = desk.feed(
            [
                column("id", "integer", required=True),
                column("phone", pii="hash", pattern="^[0-9-]+$", maxLength=12),
                column("mail", pii="drop", required=True, pattern="@"),
            ],
            **words,
        )

    def load(self, name: str, body: str, key: str | None = KEY) -> Outcome:
        loader = self.desk.loader()
        settings = replace(loader.settings, pii_key=key)
        version = self.desk.bucket.put(f"incoming/{self.feed.name}/{name}", body)
        return replace(loader, settings=settings).load(version)

    def everything(self) -> str:
        """All that the database has of this feed's loads."""
        found = self.desk.ask(
            "select to_jsonb(load)::text, (select jsonb_agg(reject)::text"
            " from ops.reject where reject.load_id = load.load_id)"
            " from ops.load where key like %s",
            f"%/{self.feed.name}/%",
        )
        table = self.desk.ask(f"select to_jsonb(t)::text from raw.{self.feed.table} t")
        return f"{found}{table}"


@pytest.fixture
def people(desk: Desk) -> Personal:
    return Personal(desk)


def test_a_value_is_hashed_with_the_key_or_dropped(people: Personal) -> None:
    done = people.load("a.csv", f"id,phone,mail\n1,{PHONE},{MAIL}\n2,,{MAIL}\n")

    assert done.status == "loaded"
    assert people.desk.rows(people.feed, done, "id, phone") == [
        (1, hashed(PHONE)),
        (2, None),
    ]
    columns = people.desk.ask(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0",
        f"raw.{people.feed.table}",
    )
    assert ("mail",) not in columns
    assert MAIL not in people.everything()
    assert PHONE not in people.everything()


def test_the_same_text_has_the_same_hash_by_any_format_and_trimmed(desk: Desk) -> None:
    people = Personal(desk, format=["csv", "ndjson"], files=["**/hashes/*.csv"])
    feed = replace(people.feed, trim=True)
    desk.feeds[feed.name] = feed
    guard = personal.Personal.of(feed, Settings("", pii_key=KEY))
    (phone,) = (c for c in feed.columns if c.name == "phone")
    ((first, other, longer),) = guard.stored([phone], [["é", "é", "é "]])
    assert first == other == hashed("é") != longer

    given = rows.Rows(
        feed.name, "r1", (json.dumps({"id": 1, "phone": f" {PHONE} ", "mail": MAIL}),)
    )
    loader = desk.loader()
    keyed = replace(loader, settings=replace(loader.settings, pii_key=KEY))
    done = rows.load(given, keyed)
    assert desk.rows(feed, done, "phone") == [(hashed(PHONE),)]


def test_another_key_gives_another_hash(people: Personal) -> None:
    body = f"id,phone,mail\n1,{PHONE},{MAIL}\n"
    done = people.load("a.csv", body, key="x" * 32)
    ((phone,),) = people.desk.rows(people.feed, done, "phone")
    assert phone == hashed(PHONE, "x" * 32) != hashed(PHONE)


def test_without_a_key_the_load_fails_and_is_tried_again(people: Personal) -> None:
    body = f"id,phone,mail\n1,{PHONE},{MAIL}\n"
    with pytest.raises(MissingSetting, match="PII_KEY is not set"):
        people.load("a.csv", body, key=None)
    assert people.desk.ledger() == []

    assert people.load("a.csv", body).status == "loaded"


def test_a_feed_whose_personal_data_are_all_dropped_needs_no_key(desk: Desk) -> None:
    people = Personal(desk)
    columns = tuple(c for c in people.feed.columns if c.pii != "hash")
    desk.feeds[people.feed.name] = replace(people.feed, columns=columns)
    done = people.load("a.csv", f"id,mail\n1,{MAIL}\n", key=None)
    assert done.counts.loaded == 1


def test_the_quarantine_says_what_is_wrong_and_not_of_whom(people: Personal) -> None:
    wrong = "none-of-your-business"
    done = people.load(
        "a.csv",
        "id,phone,mail,beside\n"
        f"1,{PHONE},{MAIL},secret-1\n"
        f"x,{PHONE},{MAIL},secret-2\n"
        f"3,{wrong},{MAIL},secret-3\n"
        f"4,{PHONE},nowhere,secret-4\n"
        f"5,{PHONE},{MAIL}\n"
        f'6,"{PHONE},{MAIL},secret-6\n',
    )

    assert (done.counts.loaded, done.counts.rejected) == (1, 5)
    rejects = people.desk.rejects(done)
    told = [(r["row_number"], r["column_name"], r["code"]) for r in rejects]
    assert told == [
        (2, "id", "type"),
        (3, "phone", "pattern"),
        (4, "mail", "pattern"),
        (5, None, "fields"),
        (6, None, "quoting"),
    ]
    shown = {"id": "x", "phone": "[pii]", "mail": "[pii]"}
    assert json.loads(rejects[0]["record"]) == shown
    assert rejects[0]["message"] == "'x' is no integer"
    assert "none-of" not in rejects[1]["message"]
    assert rejects[3]["message"] == "has 3 fields, not 4"
    assert [r["record"][:10] for r in rejects[3:]] == ["[withheld:"] * 2
    for text in (PHONE, MAIL, "secret", wrong, "nowhere"):
        assert text not in people.everything()


def test_a_missing_value_is_told_from_a_withheld_one(people: Personal) -> None:
    done = people.load("a.csv", f"id,phone,mail\n1,,\n2,,{MAIL}\n")
    (reject,) = people.desk.rejects(done)
    assert json.loads(reject["record"]) == {"id": "1", "phone": "", "mail": ""}
    assert (reject["code"], reject["message"]) == ("required", "is missing")


def test_the_ledger_does_not_quote_the_file(people: Personal) -> None:
    done = people.load("a.csv", f"1,{PHONE},{MAIL}\n")
    assert done.status == "failed"
    assert str(done.reason).startswith("the file has no column id in its header")
    assert MAIL not in people.everything()
    assert PHONE not in people.everything()


def test_nor_does_it_quote_json_that_is_none(desk: Desk) -> None:
    people = Personal(desk, format="json")
    done = people.load("a.json", f'[{{"id": 1, "mail": "{MAIL}", oops {PHONE}}}]')
    assert done.status == "failed"
    assert "[withheld:" in str(done.reason)
    assert MAIL not in people.everything()
    assert PHONE not in people.everything()


def test_what_postgres_quotes_of_a_row_is_hashed_before(people: Personal) -> None:
    people.desk.admin.execute(
        f"alter table raw.{people.feed.table} add check (id < 100)"
    )
    done = people.load("a.csv", f"id,phone,mail\n100,{PHONE},{MAIL}\n")
    assert done.status == "failed"
    assert "Postgres refused it" in str(done.reason)
    assert MAIL not in people.everything()
    assert PHONE not in people.everything()


def test_a_file_of_dropped_columns_alone_has_rows_all_the_same(desk: Desk) -> None:
    feed = desk.feed([column("id"), column("mail", pii="drop")])
    done = desk.drop(feed, "a.csv", f"mail\n{MAIL}\n{MAIL}\n")
    assert done.counts.loaded == 2
    assert desk.rows(feed, done, "_row_number, id") == [(1, None), (2, None)]


def test_the_log_of_a_load_does_not_quote_it(
    own_desk: Desk, call: Any, capsys: Any, monkeypatch: Any
) -> None:
    """The handler's log, with a key that is too short and then none."""
    version = own_desk.bucket.put("incoming/observations/a.csv", "id\n1\n")
    monkeypatch.setenv("PII_KEY", "short-but-secret")
    with pytest.raises(MissingSetting, match="fewer than 32"):
        call(own_desk.platform, s3_event(version))
    assert "short-but-secret" not in "".join(capsys.readouterr())


def test_in_aws_the_key_is_a_secret_which_is_read_once(
    aws: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = boto3.client("secretsmanager", **aws)  # type: ignore[call-overload]
    made = client.create_secret(Name="pii", SecretString=KEY)
    for word, name in WORDS.items():
        monkeypatch.setenv(word, aws[name])
    settings = Settings("", pii_key_from=made["ARN"])
    assert credentials.pii_key(settings) == KEY.encode()
    client.put_secret_value(SecretId="pii", SecretString="other" * 10)
    assert credentials.pii_key(settings) == KEY.encode()

    short = client.create_secret(Name="short", SecretString="Geheim-7731")
    with pytest.raises(
        MissingSetting, match="PII_KEY_FROM names holds no text"
    ) as error:
        credentials.pii_key(Settings("", pii_key_from=short["ARN"]))
    assert "Geheim" not in str(error.value)
    with pytest.raises(MissingSetting, match="PII_KEY_FROM names cannot be read"):
        credentials.pii_key(Settings("", pii_key_from=made["ARN"] + "-absent"))


def test_names_of_columns_that_no_contract_has_are_counted(desk: Desk) -> None:
    """A member of a JSON object may be named like a person."""
    feed = desk.feed(
        [column("id", "integer"), column("mail", pii="drop")],
        format="ndjson",
        unknown_columns="warn",
    )

    desk.drop(feed, "a.ndjson", '{"id": 1, "someone at home": 2}\n')

    assert desk.ledger()[0]["unknown_columns"] == ["[withheld: 1]"]
