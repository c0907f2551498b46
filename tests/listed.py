"""What a list of places shows, as a table, in a session without a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest


RANKED: Final = "Hotspots in order of rank"


def ranked(app: AppTest) -> pd.DataFrame:
    """Return the rows of the ranked list of hotspots."""
    return rows_of(app, RANKED)


def rows_of(app: AppTest, label: str) -> pd.DataFrame:
    """Return the rows of a list of places, its marked row in `frame.attrs["marked"]`.

    Parameters
    ----------
    app : AppTest
    label : str
        What a screen reader calls the list.
    """
    drawn = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    (data,) = (each for each in drawn if each["label"] == label)
    frame = pd.DataFrame(
        [[cell["text"] for cell in row["cells"]] for row in data["rows"]],
        columns=[column["heading"] for column in data["columns"]],
        index=[row["id"] for row in data["rows"]],
    )
    frame.attrs["marked"] = data["marked"]
    return frame
