"""The three registers of `examples/childcare`, as the API and the marts show them."""

import csv
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from catchment.local.uploads import Upload
from tests.examples.childcare_leads import POINTS
from tests.examples.world import EXAMPLES, World, expected

Row = dict[str, str]
Get = Callable[[str], dict[str, Any]]

FOLDER = EXAMPLES / "childcare"
SOURCES = {
    "source1.csv": "07-07-2023 Nevada Dept of Public _ Behavioral Health.csv",
    "source2.csv": "07-07-2023 Oklahoma Human Services.csv",
    "source3.csv": "07-07-2023 Texas DHHS.csv",
}
FEEDS = ("nevada_childcare", "oklahoma_childcare", "texas_childcare")


def rows_of(name: str) -> list[Row]:
    with expected(f"childcare/expected/{name}").open(newline="") as file:
        return list(csv.DictReader(file))


def said(value: Any) -> str:
    """A value as the CSV files of expected results have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def as_expected(rows: list[dict[str, Any]], like: Row) -> list[Row]:
    """The columns of the expected rows, in an order of their own."""
    found = [{name: said(row[name]) for name in like} for row in rows]
    return sorted(found, key=lambda row: list(row.values()))


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: list(row.values()))


def pages(get: Get, target: str) -> list[dict[str, Any]]:
    """All rows of all pages."""
    rows, target = [], f"{target}{'&' if '?' in target else '?'}limit=50"
    while target:
        answer = get(target)
        rows.extend(answer["data"])
        links = [link["href"] for link in answer["links"] if link["rel"] == "next"]
        target = "?".join(urlsplit(links[0])[2:4]).rstrip("?") if links else ""
    return rows


def test_leads_are_what_the_registers_were_written_from(get: Get) -> None:
    """Names, addresses, licences, ages, hours, phones: every column of every one."""
    leads = rows_of("leads.csv")

    found = pages(get, "/leads")

    assert as_expected(found, leads[0]) == in_order(leads)
    assert len({lead["facility_id"] for lead in found}) == len(leads) == 152
    assert {lead["register_date"] for lead in found} == {"2023-07-07"}


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("states=NV&states=OK", lambda lead: lead["state"] in ("NV", "OK")),
        ("counties=CLARK", lambda lead: lead["county"] == "CLARK"),
        (
            "cities=LAS+VEGAS,EL+PASO",
            lambda lead: lead["city"] in ("LAS VEGAS", "EL PASO"),
        ),
        ("zips=89027", lambda lead: lead["zip"] == "89027"),
        (
            "license_statuses=Active&facility_types=home",
            lambda lead: (
                lead["license_status"] == "Active" and lead["facility_type"] == "home"
            ),
        ),
    ],
)
def test_leads_are_filtered(get: Get, query: str, holds: Callable[[Row], bool]) -> None:
    leads = [lead for lead in rows_of("leads.csv") if holds(lead)]

    found = pages(get, f"/leads?{query}")

    assert as_expected(found, leads[0]) == in_order(leads)


def test_a_lead_is_where_its_zip_is_or_else_in_its_state(loaded: World) -> None:
    rows = loaded.ask(
        """
        select lead.location_precision, lead.zip, lead.state, st_y(lead.geom),
            st_x(lead.geom), states.state_name
        from marts.lead
        left join marts.states on st_contains(states.geom, lead.geom)
        """
    )
    names = {"NV": "Nevada", "OK": "Oklahoma", "TX": "Texas", None: None}
    for precision, zip_, state, latitude, longitude, name in rows:
        assert name == names[state]
        if precision == "zip":
            assert (latitude, longitude) == POINTS[zip_]
        else:
            assert zip_ not in POINTS
            assert (precision == "state") == (latitude is not None) == bool(state)
    assert {row[0] for row in rows} == {"zip", "state", None}


def test_leads_are_points_of_a_map(get: Get) -> None:
    features = get("/leads?f=geojson&zips=89027")["features"]

    latitude, longitude = POINTS["89027"]
    points = {tuple(feature["geometry"]["coordinates"]) for feature in features}
    assert points == {(longitude, latitude)}
    assert {f["properties"]["city"] for f in features} == {"MESQUITE"}


def test_leads_by_state(get: Get) -> None:
    states = rows_of("leads_by_state.csv")

    answer = get("/stats/leads_by_state")

    assert as_expected(answer["data"], states[0]) == in_order(states)


def test_leads_by_state_have_the_geometry_of_the_state(get: Get) -> None:
    """Those of no known state have none."""
    features = get("/stats/leads_by_state?f=geojson")["features"]

    shapes = {f["properties"]["state"]: f["geometry"] for f in features}

    assert {state for state, shape in shapes.items() if shape is None} == {None}
    assert {s["type"] for s in shapes.values() if s} == {"MultiPolygon"}


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("", lambda _: True),
        ("?changes=new&changes=gone", lambda row: row["change"] in ("new", "gone")),
        ("?states=OK", lambda row: row["register"] == "OK"),
    ],
)
def test_changes_since_the_register_before(
    get: Get, query: str, holds: Callable[[Row], bool]
) -> None:
    changes = [row for row in rows_of("lead_changes.csv") if holds(row)]

    found = pages(get, f"/stats/lead_changes{query}")

    assert as_expected(found, changes[0]) == in_order(changes)
    assert {row["former_register_date"] for row in found} == {"2023-06-30"}


def test_rejects_are_told(loaded: World) -> None:
    rejects = [
        (
            row["file"],
            int(row["row_number"]),
            int(row["line"]),
            row["column"] or None,
            row["code"],
        )
        for row in rows_of("rejects.csv")
    ]
    assert [reject for feed in FEEDS for reject in loaded.rejects(feed)] == rejects


def test_one_row_in_is_one_facility_out(loaded: World) -> None:
    """In the newest registers as in those before, and under one key each."""
    assert (
        loaded.ask(
            """
        select feed, rows_loaded
        from ops.load
        left join (
            select
                _load_id as load_id,
                count(*) as facilities,
                count(distinct facility_id) as keys
            from intermediate.rollup_childcare_facilities
            group by 1
        ) as parsed using (load_id)
        where
            feed like '%%childcare'
            and (rows_loaded, rows_loaded) is distinct from (facilities, keys)
        """
        )
        == []
    )


COUNTS = """
select
    (select count(*) from marts.lead),
    (select count(*) from marts.facility),
    (select count(distinct contact_id) from marts.contact),
    (select count(distinct license_id) from marts.license),
    (select sum(facilities)
        from marts.fact_facility
        inner join marts.dim_addresscode using (addresscode_id)
        inner join marts.dim_contact using (contact_id)
        inner join marts.dim_license using (license_id))
"""


def test_the_star_and_the_wide_table_count_the_same(loaded: World) -> None:
    assert loaded.ask(COUNTS) == [(152,) * 5]


def test_a_place_is_kept_once(loaded: World) -> None:
    places = {
        (lead["city"], lead["county"], lead["state"], lead["zip"])
        for lead in rows_of("leads.csv")
    }

    found = loaded.ask("select city, county, state, zip from marts.addresscode")

    assert sorted(tuple(map(said, row)) for row in found) == sorted(places)


LEADS = "select to_jsonb(lead) from marts.lead"


def test_the_three_files_load_side_by_side_whatever_they_are_called(
    own_world: World,
) -> None:
    """As source1.csv, source2.csv and source3.csv, and each twice; and again
    under their long names, which say their day."""
    leads = rows_of("leads.csv")
    files = [
        Upload(FOLDER / same, f"incoming/{name}") for name, same in SOURCES.items()
    ]
    longer = [Upload(FOLDER / name, f"old/{name}") for name in SOURCES.values()]

    own_world.load([*files, *files, *longer], workers=3)

    found = [row for (row,) in own_world.ask(LEADS)]
    # Here no gazetteer is loaded.
    here = {"zip": "state", "state": "state", "": ""}
    for lead in leads:
        lead["location_precision"] = here[lead["location_precision"]]
    assert as_expected(found, leads[0]) == in_order(leads)
    assert {row["register_date"] for row in found} == {"2023-07-07"}
    assert own_world.ask(COUNTS) == [(152,) * 5]
    assert own_world.ask("select * from marts.lead_changes") == []
