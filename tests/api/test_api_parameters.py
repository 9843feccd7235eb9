"""A path's own parameters, for rows and for datasets alike."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from api_asserts import assert_problem, links

READINGS = "/places/readings"
STATS = "/stats/places"
RANKED = "/stats/ranked"


@pytest.fixture
def count(send):
    """How many rows a path answers."""

    def count(path, **asked):
        answer = send(path, urlencode(asked, doseq=True))
        assert answer.status == 200, answer.body
        return answer.json["numberMatched"]

    return count


def test_equals_takes_lists_and_repetitions(world, count):
    assert count(READINGS, names="South") == 2
    assert count(READINGS, names="South,North") == 7
    assert count(READINGS, names=["South", "North", "South"]) == 7
    assert count(READINGS, names='"South,North"') == 0
    # Its column is neither answered nor a dimension.
    assert count(READINGS, kinds="sun") == 2
    assert count(READINGS, kinds="sun", names="North") == 0


def test_given_empty_a_parameter_filters_nothing(world, count):
    assert count(READINGS, names="", start_date="", end_date="") == 7
    assert count(READINGS, names=["", "South"]) == 2
    assert count(READINGS, names='""') == 0


def test_a_default_holds_where_the_parameter_is_absent(world, count):
    assert count(RANKED) == 8
    assert count(RANKED, year="2020") == 1
    assert count(RANKED, year="2020,2021") == 9
    assert count(RANKED, year="") == 9


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"start_date": "2020-03-02"}, 4),
        ({"end_date": "2020-03-01"}, 3),
        ({"end_date": "2020-03-02"}, 4),
        ({"start_date": "2020-03-01", "end_date": "2020-03-01"}, 3),
        ({"end_date": "2020-03-01T12:00:00"}, 2),
        ({"end_date": "2020-03-01 11:59:59.999999"}, 1),
        ({"end_date": "2020-03-01t12:00"}, 2),
        ({"start_date": "2020-03-01T23:59:59.5", "end_date": "2020-03-02"}, 2),
        ({"start_date": "2020-10-25T02:00:00"}, 2),
        ({"start_date": "2020-10-25T02:00:00.000001"}, 0),
        ({"start_date": "2020-03-02T00:00:00", "end_date": "2020-03-02T00:00:00"}, 1),
        # With a zone: a day is that of UTC, and so is a time that names none.
        ({"loaded_to": "2020-04-01"}, 3),
        ({"loaded_to": "2020-04-02T00:00:00Z"}, 5),
        ({"loaded_to": "2020-04-02T02:00:00+02:00"}, 5),
        ({"loaded_to": "2020-04-02T02:00:00 02:00"}, 5),
        ({"loaded_to": "2020-04-01T23:59:59"}, 3),
        ({"loaded_from": "2020-04-01T23:30:00", "loaded_to": "9999-12-31"}, 5),
        ({"value_from": "2", "value_to": "3"}, 2),
        ({"value_to": "-0.5"}, 1),
        # The bounds of two columns have nothing to do with each other.
        ({"loaded_from": "2020-04-01", "end_date": "2020-03-01"}, 3),
    ],
)
def test_from_and_to_are_inclusive(world, count, asked, expected):
    assert count(READINGS, **asked) == expected


@pytest.mark.parametrize(
    "day", ["2020-02-29", "2020-03-01", "2020-03-02", "2020-10-25"]
)
def test_dates_are_inclusive_on_a_date_column(world, count, day):
    def matching(comparison):
        (found,) = world.execute(
            f"select count(*) from marts.place_days where date {comparison} %s", [day]
        ).fetchone()
        return found

    assert count(STATS, start_date=day) == matching(">=")
    assert count(STATS, end_date=day) == matching("<=")
    assert count(STATS, start_date=day, end_date=day) == matching("=")


def test_text_is_compared_by_the_collation_of_its_column(world, send):
    answer = send("/places", urlencode({"from_label": "b", "to_label": "z"}))
    expected = world.execute(
        "select name from marts.places where label between 'b' and 'z' order by name"
    ).fetchall()
    assert [(row["name"],) for row in answer.json["data"]] == expected
    assert ("é",) in expected


@pytest.mark.parametrize(
    ("path", "asked", "parameter"),
    [
        (STATS, {"start_date": "2020-03-02", "end_date": "2020-03-01"}, "start_date"),
        (READINGS, {"start_date": "2020-03-02", "end_date": "2020-03-01"},
         "start_date"),
        (READINGS, {"start_date": "2020-03-02T00:00:00", "end_date": "2020-03-01"},
         "start_date"),
        (READINGS, {"loaded_from": "2020-03-02T00:00:00Z",
                    "loaded_to": "2020-03-02T01:59:00+02:00"}, "loaded_from"),
        (READINGS, {"value_from": "10", "value_to": "9"}, "value_from"),
    ],
)  # fmt: skip
def test_a_start_after_its_end_is_told(world, send, path, asked, parameter):
    problem = assert_problem(send(path, urlencode(asked)), 400)
    assert problem["parameter"] == parameter
    end = parameter.replace("start", "end").replace("from", "to")
    assert problem["detail"] == f"{parameter} is after {end}."


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (RANKED, "year", "twenty"),
        (RANKED, "year", "2021,"),
        (RANKED, "year", "2147483648"),
        (STATS, "start_date", "2020-3-1"),
        (STATS, "start_date", "2020-02-30"),
        (STATS, "start_date", "2020-W01-1"),
        (STATS, "start_date", "2020-03-01T00:00:00"),
        (STATS, "start_date", "2020-03-01/2020-03-02"),
        (STATS, "end_date", "today"),
        (READINGS, "start_date", "noon"),
        (READINGS, "start_date", "2020-03-01T25:00:00"),
        (READINGS, "start_date", "2020-03-01T00:00:00Z"),
        (READINGS, "start_date", "2020-03-01/.."),
        (READINGS, "end_date", "0001-01-01T00:00:00+14:00"),
        (READINGS, "loaded_to", "0001-01-01T00:00:00+14:00"),
        (READINGS, "value_to", "many"),
        (READINGS, "names", "\x00"),
    ],
)
def test_a_value_that_does_not_fit_is_named(world, send, path, name, value):
    problem = assert_problem(send(path, urlencode({name: value})), 400)
    assert problem["parameter"] == name


def test_a_bound_is_given_once(world, send):
    query = "start_date=2020-03-01&start_date=2020-03-02"
    assert assert_problem(send(STATS, query), 400)["parameter"] == "start_date"


def test_links_keep_the_parameters(world, send, open_link):
    asked = [("names", "North"), ("names", "South"), ("end_date", "2020-03-02")]
    answer = send(READINGS, urlencode([*asked, ("limit", "2")]))
    for link in links(answer).values():
        parts = urlsplit(link["href"])
        assert (parts.netloc, parts.path) == ("api.example.org", READINGS)
        assert set(asked) < set(parse_qsl(parts.query))
    rest = open_link(links(answer)["next"]["href"])
    assert [row["place"] for row in rest.json["data"]] == ["North", "South"]


def test_a_dataset_answers_at_its_path_as_it_does_by_name(world, get, send):
    by_name, by_path = get("place_days", kind="wind"), send(STATS, "kind=wind")
    assert by_path.json["data"] == by_name.json["data"]
    assert (by_path.json["dataset"], by_path.json["group_by"]) == (
        "place_days",
        ["place", "date"],
    )
    assert by_path.json["data"][0] == {
        "place": "North",
        "date": "2020-03-01",
        "min": 1,
        "max": 2,
        "sum": 3,
        "count": 2,
    }


def test_a_dataset_groups_at_its_path_too(world, send):
    query = "group_by=place&end_date=2020-03-02&names=North&f=geojson"
    (feature,) = send(STATS, query).json["features"]
    assert feature["id"] == "North"
    assert feature["properties"] == {
        "place": "North",
        "min": 1,
        "max": 3,
        "sum": 6,
        "count": 3,
    }


def test_parameters_belong_to_the_path_alone(world, get):
    problem = assert_problem(get("place_days", names="North"), 400)
    assert problem["parameter"] == "names"
    assert "names" not in problem["known"]


def test_a_default_holds_for_a_dataset_at_its_path_alone(
    own_world, get, count, republish
):
    def change(document):
        (days,) = (m for m in document["models"] if m["name"] == "place_days")
        days["config"]["meta"]["api"]["parameters"] = {
            "place": {"equals": "place", "default": "South"}
        }

    republish(change)
    assert count(STATS) == 2
    assert count(STATS, place="North") == 3
    assert get("place_days").json["numberMatched"] == 5
