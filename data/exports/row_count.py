"""How many rows a file that is handed out has, for the log of exports."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

_TEXT: Final = (".csv",)
_JSON: Final = (".json", ".geojson")
_GPX: Final = (".gpx",)


def row_count(content: bytes, *, ending: str) -> int | None:
    """Count the rows of a CSV below its heading, tracks of a GPX, or what a JSON list holds.

    Parameters
    ----------
    content : bytes
    ending : str
        Of the file's name, with its dot.

    Returns
    -------
    int or None
        None for a document, and for JSON that is no list.
    """
    if ending in _TEXT:
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return max(sum(1 for row in rows if row) - 1, 0)
    if ending in _GPX:
        return content.count(b"<trk>")
    if ending in _JSON:
        found = json.loads(content)
        listed = found.get("features") if isinstance(found, dict) else found
        return len(listed) if isinstance(listed, list) else None
    return None
