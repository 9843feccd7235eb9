"""What each path of the platform needs. What is not named here needs `read`."""

# First words of paths; `catchment.paths` keeps models from having them.
ADMIN = ("checks", "feeds", "freshness", "loads", "queue", "refreshes", "uploads")
# Whoever watches over a system has no key; and a browser sends none for a page, which
# holds no data and asks for the key itself. `/` is open too: links of the platform.
OPEN = ("docs", "health", "ops", "static")


def scope_of(path: str, method: str) -> str | None:
    """The scope that a request needs; None where it needs none.

    `OPTIONS` is a browser's question before a request, which bears no key and is
    answered without data.
    """
    first = path.split("/")[1] if path.startswith("/") else ""
    if method == "OPTIONS" or path == "/" or first in OPEN:
        return None
    return "admin" if first in ADMIN else "read"
