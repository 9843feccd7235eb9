"""A condition of a `filter` as SQL.

What is not true is taken down to the single conditions (De Morgan's rules hold of
three values too), so that above them "unknown" and "false" come to the same: a row
is answered only where all is true. So `not s_intersects(…)` of a member without a
geometry stays unknown, where `not (… in (select …))` would be true.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql
from psycopg.sql import Composable

from api.query.parts import Bound, column, comma
from api.query.places import envelope, meets, of_place
from api.question.asked import Query
from api.question.conditions import (
    AllOf,
    Among,
    AnyOf,
    Between,
    Column,
    Compared,
    Condition,
    HasNoGeometry,
    IsNull,
    Like,
    Not,
    Operand,
    Spatial,
    Truth,
    Value,
)
from catchment.catalog import Catalog

# Full case folding (CaseFolding.txt), by the tables of ICU whatever the database's own
# collation. Over all of Unicode lower, upper and lower again make the same texts equal
# as it does, but for two characters: the Turkish i without a dot (U+0131), which is
# kept out of it as one of private use, and the sigma at a word's end (U+03C2).
_FOLDED = (
    "translate(lower(upper(lower(translate({}::text, U&'\\0131', U&'\\E131') "
    'collate "und-x-icu") collate "und-x-icu") collate "und-x-icu"), '
    "U&'\\E131\\03C2', U&'\\0131\\03C3')"
)
# {0} is the row's geometry. What intersects asks an index first, as the others do;
# what is disjoint cannot.
_SPATIAL = {
    "s_intersects": "st_intersects({0}, {1})",
    "s_disjoint": "not st_intersects({0}, {1})",
    "s_equals": "st_equals({0}, {1})",
    "s_touches": "st_touches({0}, {1})",
    "s_within": "st_within({0}, {1})",
    "s_overlaps": "st_overlaps({0}, {1})",
    "s_crosses": "st_crosses({0}, {1})",
    "s_contains": "st_contains({0}, {1})",
}
_GEOJSON = "st_geomfromgeojson({}::text)"
# A polygon that crosses itself would be an error of GEOS.
_AREA = "st_collectionextract(st_makevalid(st_geomfromgeojson({}::text)), 3)"


def render(
    condition: Condition, query: Query, catalog: Catalog, bound: Bound
) -> Composable:
    """What is true of the rows `t` that a condition is true of."""
    return _Statement(query, catalog, bound).of(condition, is_true=True)


@dataclass(frozen=True)
class _Statement:
    query: Query
    catalog: Catalog
    bound: Bound

    def of(self, condition: Condition, is_true: bool) -> Composable:
        match condition:
            case Not(part):
                return self.of(part, not is_true)
            case AllOf(parts):
                return self._joined(parts, is_true, " and " if is_true else " or ")
            case AnyOf(parts):
                return self._joined(parts, is_true, " or " if is_true else " and ")
            case Truth(value):
                return sql.SQL("true" if value == is_true else "false")
            case Spatial():
                return self._place(condition, is_true)
            case HasNoGeometry():
                some = of_place(self.query, self.catalog, _exists)
                return some if not is_true else sql.SQL("({}) is not true").format(some)
        asked = self._scalar(condition)
        return asked if is_true else sql.SQL("not ({})").format(asked)

    def _joined(
        self, parts: Iterable[Condition], is_true: bool, word: str
    ) -> Composable:
        rendered = [self.of(part, is_true) for part in parts]
        return sql.SQL("({})").format(sql.SQL(word).join(rendered))

    def _scalar(self, condition: Condition) -> Composable:
        match condition:
            case Compared(left, operator, right):
                return sql.SQL("{} " + operator + " {}").format(*self._all(left, right))
            case Like(operand, pattern):
                return sql.SQL("{} like {}").format(*self._all(operand, pattern))
            case Between(operand, low, high):
                parts = self._all(operand, low, high)
                return sql.SQL("{} between {} and {}").format(*parts)
            case Among(operand, items):
                first, *others = self._all(operand, *items)
                return sql.SQL("{} in ({})").format(first, comma(others))
            case IsNull(name):
                return sql.SQL("{} is null").format(column("t", name))
        raise TypeError(f"no SQL says {type(condition).__name__}")

    def _all(self, *operands: Operand) -> list[Composable]:
        return [self._operand(operand) for operand in operands]

    def _operand(self, operand: Operand) -> Composable:
        match operand:
            case Column(name):
                found = column("t", name)
            case Value(text, None):
                found = self.bound.bind(text)
            case Value(text, str(type_name)):
                cast = sql.SQL("{}::" + type_name)
                found = cast.format(self.bound.bind(text))
        return sql.SQL(_FOLDED).format(found) if operand.folded else found

    def _place(self, asked: Spatial, is_true: bool) -> Composable:
        def true_of(geometry: Composable) -> Composable:
            if asked.function == "s_intersects" and not isinstance(asked.shape, str):
                met = meets(geometry, asked.shape, self.bound)
            else:
                predicate = sql.SQL(_SPATIAL[asked.function])
                met = predicate.format(geometry, self._shape(asked))
            return met if is_true else sql.SQL("not ({})").format(met)

        return of_place(self.query, self.catalog, true_of)

    def _shape(self, asked: Spatial) -> Composable:
        if isinstance(asked.shape, str):
            read = _AREA if asked.has_area else _GEOJSON
            return sql.SQL(read).format(self.bound.bind(asked.shape))
        boxes = [envelope(box, self.bound) for box in asked.shape]
        if len(boxes) == 1:
            return boxes[0]
        return sql.SQL("st_collect({})").format(comma(boxes))


def _exists(geometry: Composable) -> Composable:
    return sql.SQL("{} is not null").format(geometry)
