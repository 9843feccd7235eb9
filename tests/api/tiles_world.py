"""Models to draw tiles of: the real states, what Web Mercator has no place for, and
columns of every type."""

from pathlib import Path
from typing import Any

from api_world import DOCUMENT
from rows_world import model

SEED = Path(__file__).parents[2] / "warehouse" / "seeds" / "us_states.csv"
MODELS = [
    model(
        "counted_states",
        {
            "state_fips": "text",
            "state_name": "text",
            "kind": "text",
            "day": "date",
            "n": "bigint",
            "least": "numeric",
            "newest": "date",
            "x": "double precision",
            "y": "double precision",
            "z": "double precision",
        },
        {
            "dimensions": ["state_fips", "state_name", "kind", "day"],
            "time": "day",
            "group_by": ["state_fips", "state_name"],
            "geometry": {
                "dimension": "state_fips",
                "model": "all_states",
                "key": "state_fips",
                "column": "geom",
            },
            "measures": {
                "n": {"sum": "n"},
                "least": {"min": "least"},
                "newest": {"max": "newest"},
                "middle": {"centroid": ["x", "y", "z"]},
            },
        },
    ),
    model(
        "spots",
        {
            "id": "integer",
            "name": "text",
            "whole": "bigint",
            "exact": "numeric(10,2)",
            "double": "double precision",
            "flag": "boolean",
            "day": "date",
            "at": "timestamp with time zone",
            "code": "uuid",
            "more": "jsonb",
            "loose": "character varying(10)",
            "geom": "geometry",
        },
        {
            "key": ["id"],
            "dimensions": ["name"],
            "columns": [
                *("name", "whole", "exact", "double", "flag", "day", "at"),
                *("code", "more", "loose"),
            ],
            "geometry": {"column": "geom"},
        },
    ),
    model(
        "kinds",
        {"kind": "text", "spot": "text", "n": "bigint", "x": "double precision"}
        | {"y": "double precision", "z": "double precision", "geom": "geometry"},
        {
            "dimensions": ["kind", "spot"],
            "group_by": ["kind"],
            # Not grouped by, and elsewhere than the centroids.
            "geometry": {"dimension": "spot", "column": "geom"},
            "measures": {"n": {"sum": "n"}, "middle": {"centroid": ["x", "y", "z"]}},
        },
    ),
    model(
        "many",
        {"id": "bigint", "geom": "geometry(Point,4326)"},
        {"key": ["id"], "columns": ["id"], "geometry": {"column": "geom"}},
    ),
]
# Its geometry stands apart, and is not served itself.
ALL_STATES: dict[str, Any] = {
    **model("all_states", {"state_fips": "text", "geom": "geometry"}, {}),
    "config": {"materialized": "materialized_view", "meta": {}},
}


def document() -> dict[str, Any]:
    """The world's document with these models."""
    return {**DOCUMENT, "models": [*DOCUMENT["models"], *MODELS, ALL_STATES]}


TABLES = """
create table marts.seed (state_fips text, state_name text, geom text);
create table marts.spots (
    id integer primary key, name text, whole bigint, exact numeric(10, 2),
    double double precision, flag boolean, day date, at timestamptz, code uuid,
    more jsonb, loose varchar(10), geom geometry
);
create index spots_geom on marts.spots using gist (geom);
create table marts.kinds (
    kind text, spot text, n bigint, x double precision, y double precision,
    z double precision, geom geometry default st_point(150, -40, 4326)
);
create table marts.many (id bigint primary key, geom geometry(Point, 4326));
"""
FILLED = """
create materialized view marts.all_states as
select state_fips, state_name, st_setsrid(st_geomfromgeojson(geom), 4326) as geom
from marts.seed;
create unique index on marts.all_states (state_fips);
create index on marts.all_states using gist (geom);
create materialized view marts.counted_states as
select
    state_fips, state_name, kind, date '2025-01-01' + i as day,
    (i + 1)::bigint as n, i / 4.0 as least, date '2025-01-01' + i as newest,
    0::double precision as x, 1::double precision as y, 0::double precision as z
from marts.seed, generate_series(0, 3) as i, unnest(array['a', 'b']) as kind;
create index on marts.counted_states (state_fips);
insert into marts.spots values
    (7, 'plain', 9007199254740993, 1.25, 0.5, true, '2025-01-31',
        '2025-01-31 12:00+00', '00000000-0000-0000-0000-000000000001',
        '{"a": [1]}', 'loose', st_point(10, 50, 4326)),
    (8, 'bare', null, null, null, null, null, null, null, null, null,
        st_point(10.5, 50.5, 4326)),
    (9, 'nowhere', 1, 1, 1, true, null, null, null, null, null, null),
    (10, 'pole', 1, 1, 1, true, null, null, null, null, null,
        st_point(0, 90, 4326)),
    (11, 'cap', 1, 1, 1, true, null, null, null, null, null,
        st_makeenvelope(-180, 60, 180, 90, 4326)),
    (12, 'ice', 1, 1, 1, true, null, null, null, null, null,
        st_makeenvelope(-180, -90, 180, -70, 4326)),
    (13, 'tiny', 1, 1, 1, true, null, null, null, null, null,
        st_makeenvelope(20, 20, 20.00001, 20.00001, 4326)),
    (14, 'thin', 1, 1, 1, true, null, null, null, null, null,
        st_makeenvelope(30, 10, 60, 10.00001, 4326)),
    (15, 'empty', 1, 1, 1, true, null, null, null, null, null,
        st_geomfromtext('POLYGON EMPTY', 4326)),
    (16, 'high', 1, 1, 1, true, null, null, null, null, null,
        st_geomfromtext('POINT Z (-10 -50 3)', 4326)),
    (-1, 'before', 1, 1, 1, true, null, null, null, null, null,
        st_point(-60, -40, 4326));
-- The unit vectors of (10, 50) and (-100, 40).
insert into marts.kinds (kind, spot, n, x, y, z) values
    ('east', 's', 2, cosd(50) * cosd(10), cosd(50) * sind(10), sind(50)),
    ('west', 's', 3, cosd(40) * cosd(-100), cosd(40) * sind(-100), sind(40));
-- In rows from the west: whoever took the first of them would empty the east.
insert into marts.many
select i, st_point(-170 + i / 30000.0 * 340, (i % 100) - 50, 4326)
from generate_series(0, 29999) as i;
"""


def fill(admin: Any) -> None:
    admin.execute(TABLES)
    with (
        admin.cursor() as cursor,
        cursor.copy("copy marts.seed from stdin (format csv, header)") as copy,
    ):
        copy.write(SEED.read_bytes())
    admin.execute(FILLED)
    admin.execute("analyze")
