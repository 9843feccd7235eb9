"""Models with a path of their own: four that serve rows, and a dataset."""

from typing import Any


def model(name: str, columns: dict[str, str], api: dict[str, Any]) -> dict[str, Any]:
    """A model's entry of the catalog document; `columns` are names and types."""
    return {
        "unique_id": f"model.catchment.{name}",
        "name": name,
        "schema": "marts",
        "alias": name,
        "description": f"What {name} holds.",
        "original_file_path": f"models/marts/{name}.yml",
        "depends_on": [],
        "config": {"materialized": "materialized_view", "meta": {"api": api}},
        "columns": [
            {"name": column, "data_type": type_, "description": f"The {column}."}
            for column, type_ in columns.items()
        ],
    }


MODELS = [
    model(
        "places",
        {"name": "text", "label": "text", "kind": "text", "geom": "geometry"},
        {
            "path": "/places",
            "title": "All places",
            "key": ["name"],
            "geometry": {"column": "geom"},
            "parameters": {
                "kinds": {"equals": "kind"},
                "from_label": {"from": "label"},
                "to_label": {"to": "label"},
            },
        },
    ),
    model(
        "readings",
        {
            "place": "text",
            "kind": "text",
            "read_at": "timestamp without time zone",
            "occurrence": "integer",
            "loaded_at": "timestamp with time zone",
            "value": "numeric",
        },
        {
            "path": "/places/readings",
            "key": ["place", "read_at", "occurrence"],
            "columns": ["place", "read_at", "value"],
            "time": "loaded_at",
            "parameters": {
                "names": {"equals": "place"},
                "kinds": {"equals": "kind"},
                "start_date": {"from": "read_at"},
                "end_date": {"to": "read_at"},
                "loaded_from": {"from": "loaded_at"},
                "loaded_to": {"to": "loaded_at"},
                "value_from": {"from": "value"},
                "value_to": {"to": "value"},
            },
        },
    ),
    model(
        "ranked",
        {"year": "integer", "id": "integer", "team": "text", "hired": "bigint"},
        {
            "path": "/stats/ranked",
            "key": ["year", "id"],
            "order_by": ["-hired", "team"],
            "columns": ["id", "team", "hired"],
            "dimensions": ["team"],
            "parameters": {"year": {"equals": "year", "default": 2021}},
        },
    ),
    model("hidden", {"name": "text"}, {"key": ["name"]}),
    model(
        "place_days",
        {
            "place": "text",
            "kind": "text",
            "date": "date",
            "value_min": "numeric",
            "value_max": "numeric",
            "value_sum": "numeric",
            "readings": "bigint",
        },
        {
            "path": "/stats/places",
            "title": "Readings by place and day",
            "dimensions": ["place", "kind", "date"],
            "group_by": ["place", "date"],
            "time": "date",
            "measures": {
                "min": {"min": "value_min"},
                "max": {"max": "value_max"},
                "sum": {"sum": "value_sum"},
                "count": {"sum": "readings"},
            },
            "parameters": {
                "names": {"equals": "place"},
                "start_date": {"from": "date"},
                "end_date": {"to": "date"},
            },
        },
    ),
]
# Code points put capitals first and accents last; a language does neither.
NAMES = ["a", "B", "b", "Á", "Z", "é", "zebra", "E,F", "~"]
TABLES = """
create table marts.places (
    name text collate "C", label text collate "und-x-icu", kind text,
    geom geometry(Point, 4326)
);
create table marts.readings (
    place text, kind text, read_at timestamp, occurrence integer,
    loaded_at timestamptz, value numeric
);
create table marts.ranked (year integer, id integer, team text, hired bigint);
create table marts.hidden (name text);
insert into marts.readings values
    ('North', 'wind', '2020-03-01 00:00', 1, '2020-04-01 10:00+00', 1),
    ('North', 'wind', '2020-03-01 23:59:59.5', 1, '2020-04-01 10:00+00', 2),
    ('North', 'wind', '2020-03-02 00:00', 1, '2020-04-01 23:30+00', 3),
    -- The clock went back: twice the same moment and value, and both are true.
    ('North', 'wind', '2020-10-25 02:00', 1, '2020-11-01 00:00+00', 4),
    ('North', 'wind', '2020-10-25 02:00', 2, '2020-11-01 00:00+00', 4),
    ('South', 'sun', '2020-03-01 12:00', 1, '2020-04-02 00:00+00', null),
    ('South', 'sun', '2020-03-03 12:00', 1, '2020-04-02 00:00+00', -0.5);
insert into marts.ranked values
    (2020, 1, 'a', 7),
    (2021, 1, 'a', 5), (2021, 2, 'b', 9), (2021, 3, 'c', null), (2021, 4, null, 5),
    (2021, 5, 'b', 5), (2021, 6, 'a', 5), (2021, 7, null, null), (2021, 8, 'c', null);
create view marts.place_days as
select
    place,
    kind,
    read_at::date as date,
    min(value) as value_min,
    max(value) as value_max,
    sum(value) as value_sum,
    count(*) as readings
from marts.readings
group by 1, 2, 3;
"""


def fill(admin: Any) -> None:
    admin.execute(TABLES)
    with admin.cursor() as cursor:
        cursor.executemany(
            "insert into marts.places values (%s, %s, %s, st_point(%s, 50, 4326))",
            [
                (name, name, "even" if i % 2 == 0 else None, i)
                for i, name in enumerate(NAMES)
            ],
        )
        # A place that nobody has found.
        cursor.execute("update marts.places set geom = null where name = 'Z'")
