"""A number and what it counts, in words that fit one as well as many."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 row", "1,200 rows"; "1 row was", "2 rows were".

    Parameters
    ----------
    number : int
    one : str
        What follows a single one; may go on after the noun: "row was rejected".
    many : str
        What follows any other number; `one` with an s without it.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
