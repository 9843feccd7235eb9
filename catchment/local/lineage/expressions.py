"""Expressions of SQL as a person reads them."""

import re
from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

# The expression of a column, by the CTE that it stands in, the branch of its union
# and the column's name; the place of a query's own SELECT is "".
Written = Mapping[tuple[str, int, str], str]
_PLAIN = re.compile("[a-z_][a-z0-9_]*")
_KEPT = {TokenType.STRING, TokenType.IDENTIFIER, TokenType.HEREDOC_STRING}
_LINE = 72


def written_in(query: str) -> Written:
    """The expressions of a query as it was written; none where it cannot be read."""
    if not query:
        return {}
    try:
        tree = sqlglot.parse_one(query, read="postgres")
    except SqlglotError:  # Postgres has read it, so it is right all the same
        return {}
    ctes = tree.args.get("with_", exp.With()).expressions
    parts = [("", tree), *((cte.alias, cte.this) for cte in ctes)]
    return {
        (place, branch, projection.alias_or_name): text(projection)
        for place, part in parts
        for branch, select in enumerate(branches(part))
        for projection in select.expressions
    }


def branches(query: exp.Expr) -> Iterator[exp.Select]:
    """The selects of a query, from the first branch of a union to its last."""
    if isinstance(query, exp.SetOperation):
        yield from branches(query.this)
        yield from branches(query.expression)
    elif isinstance(query, exp.Subquery):
        yield from branches(query.this)
    elif isinstance(query, exp.Select):
        yield query


def text(projection: exp.Expr) -> str:
    """An expression as the models write it: in lower case, without its alias."""
    value = projection.unalias().copy()
    for part in value.walk():
        part.comments = None
        if isinstance(part, exp.Identifier) and _PLAIN.fullmatch(part.name):
            part.set("quoted", False)
    line = value.sql("postgres")
    is_long = len(line) > _LINE
    return _lower(value.sql("postgres", pretty=True) if is_long else line)


def _lower(text: str) -> str:
    """SQL in lower case, but for its texts and quoted names."""
    signs = list(text)
    for token in sqlglot.tokenize(text, read="postgres"):
        if token.token_type not in _KEPT:
            part = slice(token.start, token.end + 1)
            signs[part] = text[part].lower()
    return "".join(signs)
