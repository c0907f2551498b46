"""Credits of layers, each said once.

A layer's credit may have several parts, parted by semicolons: layers that share one then say it
once between them. No part is shortened, since licences ask for their words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def distinct_credits(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of credits, each once and in their order.

    A part that another says too is left out: "© Crown copyright" next to "Contains OS data © Crown
    copyright".

    Parameters
    ----------
    lines : iterable of str
        Parts are parted by semicolons; a full stop at the end of one does not count.
    """
    parts = [part.strip().rstrip(".").strip() for line in lines for part in line.split(";")]
    distinct: dict[str, str] = {}
    for part in filter(None, parts):
        distinct.setdefault(part.casefold(), part)
    return tuple(
        part
        for key, part in distinct.items()
        if not any(key in other for other in distinct if other != key)
    )
