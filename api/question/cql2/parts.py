"""What the readers of text and of JSON have in common."""

# A filter has some conditions within each other; what has more means harm, and would
# end in Python's own limit.
MOST_NESTED = 32


class Number(str):
    """A number as it is written: through a float 12345678901234567 would change."""

    __slots__ = ()
