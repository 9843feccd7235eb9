"""Which columns each column of a view comes from, and by which expressions.

What is read is `pg_get_viewdef`, the query as Postgres itself understood it: every
`*` is written out there, every name is one of a relation in the same FROM, and what
an expression means is settled. So only scopes are left to follow; sqlglot
(https://sqlglot.com) gives the tree.

The rows of a relation are a column of it here, `ROWS`: it comes from the rows of the
relations below, and from what joins, filters and groups them. `count(*)` is made of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from catchment.local.lineage.expressions import Written, branches, text, written_in

ROWS = "*"
# What decides which rows there are, after the rows of FROM.
_KEEP = ("group", "having", "qualify", "limit", "distinct")
# The place of a query within an expression, which is shown with the whole of it.
_WITHIN = "?"


@dataclass(frozen=True, order=True)
class Origin:
    """A column of a relation (`schema.table`)."""

    relation: str
    column: str


@dataclass(frozen=True)
class Step:
    """An expression that a value passes; `place` is the CTE that it stands in."""

    place: str
    sql: str


@dataclass(frozen=True)
class Derivation:
    """Where a column comes from; the steps are in the order that they are taken."""

    origins: frozenset[Origin] = frozenset()
    steps: tuple[Step, ...] = ()

    def __or__(self, other: "Derivation") -> "Derivation":
        steps = dict.fromkeys((*self.steps, *other.steps))
        return Derivation(self.origins | other.origins, tuple(steps))


NOTHING = Derivation()
# The columns of a relation in their order, and its ROWS.
Columns = dict[str, Derivation]


class Unresolved(ValueError):
    """A form of SQL that the reader does not know; a name that is in no relation."""


def derivations(
    view: str, columns_of: Mapping[str, Iterable[str]], written: str = ""
) -> Columns:
    """The columns of a view.

    Args:
        view: its query, as `pg_get_viewdef` prints it.
        columns_of: the columns of each relation that it may read, by `schema.table`.
        written: the query as it was written, of which expressions are shown; by
            default as Postgres prints them.

    Raises:
        Unresolved: where a column is of no relation, or sqlglot cannot read it.
    """
    try:
        query = sqlglot.parse_one(view, read="postgres")
    except SqlglotError as error:
        raise Unresolved(str(error)) from error
    reader = _Reader(columns_of, written_in(written))
    return reader.columns(query, _Scope({}, {}), "")


@dataclass(frozen=True)
class _Scope:
    """What a name may mean: relations of a FROM, CTEs, and those around them."""

    relations: dict[str, Columns]
    ctes: dict[str, Columns]
    around: "_Scope | None" = None
    conditions: list[exp.Expr | None] = field(default_factory=list)

    def cte(self, name: str) -> Columns | None:
        if name in self.ctes:
            return self.ctes[name]
        return self.around.cte(name) if self.around else None

    def named(self, column: exp.Column) -> Derivation:
        """What a column of a query comes from.

        Without a relation's name it is of all that have it: of both sides of USING.
        """
        table, name = column.table, column.name
        if table in self.relations:
            found = [self.relations[table]]
        else:
            found = [] if table else [r for r in self.relations.values() if name in r]
        if isinstance(column.this, exp.Star) and found:
            return _union(found[0][one] for one in _names(found[0]))
        if found and all(name in relation for relation in found):
            return _union(relation[name] for relation in found)
        if not table and name in self.relations:  # a function's only column
            return _union(self.relations[name].values())
        if self.around is None:
            raise Unresolved(f"{column.sql('postgres')} is of no relation")
        return self.around.named(column)

    def rows(self) -> Derivation:
        return _union(relation[ROWS] for relation in self.relations.values())


@dataclass(frozen=True)
class _Reader:
    columns_of: Mapping[str, Iterable[str]]
    written: Written

    def columns(
        self, query: exp.Expr, around: _Scope, place: str, branch: int = 0
    ) -> Columns:
        """The columns of a query, and its ROWS."""
        scope = _Scope({}, {}, around)
        for cte in query.args.get("with_", exp.With()).expressions:
            name = cte.alias
            if query.args["with_"].recursive:
                scope.ctes[name] = self._first_round(cte, scope)
            found = self.columns(cte.this, scope, name)
            scope.ctes[name] = _renamed(found, _aliases(cte))
        match query:
            case exp.Subquery():
                return self.columns(query.this, scope, place, branch)
            case exp.SetOperation():
                return self._set_operation(query, scope, place, branch)
            case exp.Values():
                return self._values(query, scope)
            case exp.Select():
                return self._select(query, scope, place, branch)
        raise Unresolved(f"{type(query).__name__} is no query that is known here")

    def _first_round(self, cte: exp.CTE, scope: _Scope) -> Columns:
        """What a recursive CTE is before it reads itself: its first branch."""
        found = self.columns(next(branches(cte.this)), scope, cte.alias)
        return _renamed(found, _aliases(cte))

    def _set_operation(
        self, query: exp.SetOperation, scope: _Scope, place: str, branch: int
    ) -> Columns:
        left = self.columns(query.this, scope, place, branch)
        after = branch + len(list(branches(query.this)))
        right = self.columns(query.expression, scope, place, after)
        made = {
            name: left[name] | right[other]
            for name, other in zip(_names(left), _names(right), strict=True)
        }
        rows = left[ROWS] | right[ROWS]
        if query.args.get("distinct") or not isinstance(query, exp.Union):
            rows = _union([rows, *made.values()])
        return {**made, ROWS: Derivation(rows.origins)}

    def _values(self, query: exp.Values, scope: _Scope) -> Columns:
        rows = [row.expressions for row in query.expressions]
        made = {
            f"column{number}": _union(self._value(cell, scope) for cell in cells)
            for number, cells in enumerate(zip(*rows, strict=True), 1)
        }
        return {**made, ROWS: NOTHING}

    def _select(
        self, query: exp.Select, scope: _Scope, place: str, branch: int
    ) -> Columns:
        for source in _in_from(query):
            self._relation(source, scope)
        for join in query.args.get("joins") or []:
            self._relation(join.this, scope)
            scope.conditions.append(join.args.get("on"))
        scope.conditions.append(query.args.get("where"))
        read = [self._value(part, scope) for part in scope.conditions if part]
        rows = _union([scope.rows(), *read])
        inner = Derivation(rows.origins)
        made = {
            one.alias_or_name: self._projected(one, scope, inner, place, branch)
            for one in query.expressions
        }
        kept = [query.args[word] for word in _KEEP if query.args.get(word)]
        rows = inner | _union(self._value(part, scope, inner) for part in kept)
        if query.args.get("distinct") and not query.args["distinct"].args.get("on"):
            rows = _union([rows, *made.values()])
        return {**made, ROWS: Derivation(rows.origins)}

    def _projected(
        self,
        projection: exp.Expr,
        scope: _Scope,
        rows: Derivation,
        place: str,
        branch: int,
    ) -> Derivation:
        found = self._value(projection, scope, rows)
        if place == _WITHIN or isinstance(projection.unalias(), exp.Column):
            return found
        key = place, branch, projection.alias_or_name
        step = Step(place, self.written.get(key) or text(projection))
        return found | Derivation(steps=(step,))

    def _relation(self, source: exp.Expr, scope: _Scope) -> None:
        """Add what stands in a FROM to the scope, and the conditions of its joins."""
        if _in_parentheses(source):
            self._relation(source.this, scope)
        else:
            scope.relations[source.alias_or_name] = self._columns_in_from(source, scope)
        for join in source.args.get("joins") or []:
            self._relation(join.this, scope)
            scope.conditions.append(join.args.get("on"))

    def _columns_in_from(self, source: exp.Expr, scope: _Scope) -> Columns:
        made = source.this if isinstance(source, exp.Lateral) else source
        alias = source.args.get("alias")
        names = [name.name for name in alias.columns] if alias else []
        if isinstance(made, exp.Subquery | exp.Values):
            place = source.alias_or_name
            return _renamed(self.columns(made, scope, place), names)
        if isinstance(made, exp.Table) and isinstance(made.this, exp.Identifier):
            return _renamed(self._table(made, scope), names)
        # A function: each column of it is made of all its arguments.
        called = [made.this] if isinstance(made, exp.Table) else made.expressions
        value = _union(self._value(part, scope) for part in called)
        counted = made.args.get("offset")  # WITH ORDINALITY
        names += [counted.name] if isinstance(counted, exp.Identifier) else []
        names = names or [source.alias_or_name]
        return dict.fromkeys([*names, ROWS], value)

    def _table(self, table: exp.Table, scope: _Scope) -> Columns:
        if not table.db and (cte := scope.cte(table.name)) is not None:
            return cte
        relation = f"{table.db}.{table.name}"
        if relation not in self.columns_of:
            raise Unresolved(f"{relation} is no relation of the project")
        names = [*self.columns_of[relation], ROWS]
        return {name: Derivation(frozenset({Origin(relation, name)})) for name in names}

    def _value(
        self, part: exp.Expr, scope: _Scope, rows: Derivation = NOTHING
    ) -> Derivation:
        """All that an expression is made of, queries within it included."""
        found = [NOTHING]
        for child in _outermost(part):
            if isinstance(child, exp.Column):
                found.append(scope.named(child))
            elif isinstance(child, exp.Star):
                found.append(rows)
            else:
                found.extend(self.columns(child, scope, _WITHIN).values())
        return _union(found)


def _in_from(query: exp.Select) -> Iterator[exp.Expr]:
    """The relations of a FROM but those that are joined to them."""
    if first := query.args.get("from_"):
        yield first.this
    yield from query.args.get("laterals") or []


def _in_parentheses(source: exp.Expr) -> bool:
    """Whether it is `(a join b)`, and no query."""
    while isinstance(source, exp.Subquery) and not source.alias:
        source = source.this
        if isinstance(source, exp.Table):
            return True
    return False


def _outermost(part: exp.Expr) -> Iterator[exp.Expr]:
    """The columns, stars and queries in an expression, not those within queries."""
    if isinstance(part, (exp.Column, exp.Star, exp.Select, exp.SetOperation)):
        yield part
    else:
        for child in part.iter_expressions():
            yield from _outermost(child)


def _union(parts: Iterable[Derivation]) -> Derivation:
    return reduce(Derivation.__or__, parts, NOTHING)


def _names(columns: Columns) -> list[str]:
    return [name for name in columns if name != ROWS]


def _renamed(columns: Columns, names: list[str]) -> Columns:
    """The columns under the names of an alias, as far as it gives some."""
    old = _names(columns)
    new = [*names, *old[len(names) :]]
    made = {name: columns[before] for name, before in zip(new, old, strict=False)}
    return {**made, ROWS: columns[ROWS]}


def _aliases(cte: exp.CTE) -> list[str]:
    return [name.name for name in cte.args["alias"].columns]
