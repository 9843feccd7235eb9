"""Where the columns of a view come from, for each form that a query may have."""

import pytest

from catchment.local.lineage import views
from catchment.local.lineage.views import ROWS

TABLES = {"raw.a": ("id", "x", "y"), "raw.b": ("id", "z")}


def origins(view: str) -> dict[str, set[str]]:
    """The origins of each column, as `a.x`; without its rows."""
    found = views.derivations(view, TABLES)
    return {
        name: {
            f"{one.relation.removeprefix('raw.')}.{one.column}" for one in of.origins
        }
        for name, of in found.items()
    }


def without_rows(view: str) -> dict[str, set[str]]:
    return {name: of for name, of in origins(view).items() if name != ROWS}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("select x, y as other from raw.a", {"x": {"a.x"}, "other": {"a.y"}}),
        ("select x + y as s, 1 as one from raw.a", {"s": {"a.x", "a.y"}, "one": set()}),
        (
            "with c(p) as (select x from raw.a) select c.p from c",
            {"p": {"a.x"}},
        ),
        (
            "select x from raw.a union all select z from raw.b",
            {"x": {"a.x", "b.z"}},
        ),
        (
            "select b.z, a.x from (raw.a left join raw.b on a.id = b.id)",
            {"z": {"b.z"}, "x": {"a.x"}},
        ),
        (
            "select id from (raw.a join raw.b using (id))",
            {"id": {"a.id", "b.id"}},
        ),
        (
            "select to_jsonb(a.*) as j from raw.b join raw.a on true",
            {"j": {"a.id", "a.x", "a.y"}},
        ),
        (
            "select e.k from raw.a, lateral jsonb_each(a.x) e(k, v)",
            {"k": {"a.x"}},
        ),
        (
            "select s.v, s.n from raw.a cross join "
            "lateral unnest(a.x) with ordinality s(v, n)",
            {"v": {"a.x"}, "n": {"a.x"}},
        ),
        (
            "select l.t from raw.a cross join lateral (select a.x * 2 as t) l",
            {"t": {"a.x"}},
        ),
        (
            "select (select max(b.z) from raw.b where b.id = a.id) as m from raw.a",
            {"m": {"b.*", "b.z", "b.id", "a.id"}},
        ),
        (
            "select row_number() over (partition by x order by y) as n from raw.a",
            {"n": {"a.x", "a.y"}},
        ),
        (
            "with recursive r as (select x from raw.a "
            "union all select r.x + b.z as x from r join raw.b on true) "
            "select x from r",
            {"x": {"a.x", "b.z"}},
        ),
        ("select v.c from (values (1), (2)) v(c)", {"c": set()}),
        (
            'with "rollup" as (select x from raw.a) select "rollup"."x" from "rollup" '
            'group by "rollup"."x"',
            {"x": {"a.x"}},
        ),
    ],
)
def test_a_column_comes_from(view: str, expected: dict[str, set[str]]) -> None:
    assert without_rows(view) == expected


def test_a_count_comes_from_the_rows_and_what_filters_them() -> None:
    view = "select x, count(*) as n from raw.a where y > 0 group by x"
    assert origins(view)["n"] == {"a.*", "a.y"}


def test_rows_come_from_what_joins_filters_and_groups_them() -> None:
    view = (
        "select a.y from (raw.a join raw.b on a.id = b.id) where b.z > 0 group by a.y"
    )
    assert origins(view)[ROWS] == {"a.*", "b.*", "a.id", "b.id", "b.z", "a.y"}


def test_expressions_are_shown_as_they_were_written() -> None:
    postgres = "with c as (select (x * (2)::numeric) as t from raw.a) select c.t from c"
    written = "with c as (\n  select x * 2 as t from raw.a\n) select * from c"
    steps = views.derivations(postgres, TABLES, written)["t"].steps
    assert [(step.place, step.sql) for step in steps] == [("c", "x * 2")]


def test_a_name_that_is_in_no_relation_is_a_mistake_of_the_reader() -> None:
    with pytest.raises(views.Unresolved, match=r"b\.z is of no relation"):
        views.derivations("select b.z from raw.a", TABLES)


def test_what_sqlglot_cannot_read_is_told_or_not_shown() -> None:
    with pytest.raises(views.Unresolved):
        views.derivations("select from from", TABLES)
    steps = views.derivations("select x + 1 as t from raw.a", TABLES, "((")["t"].steps
    assert [step.sql for step in steps] == ["x + 1"]
