"""Who asks, and what may they?

`admit` is the one gate, which the handler sends every request through before
anything is read. `limited` is the other half: a query that shows its caller the rows
that are theirs; `share` and `is_private` are what caches have to know of it.
"""

from api.access.callers import ANYONE, Caller
from api.access.gate import admit
from api.access.rows import is_private, limited, share
from api.access.scopes import scope_of

__all__ = ["ANYONE", "Caller", "admit", "is_private", "limited", "scope_of", "share"]
