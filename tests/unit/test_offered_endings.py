"""Each kind of file that is offered has an ending, whatever the machine knows of kinds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pages.shell.offer import _TYPES

_ASKED = """
import mimetypes
mimetypes.knownfiles = []
mimetypes.init(files=[])
for kind in {kinds!r}:
    mimetypes.types_map.pop(kind, None)
import pages.shell.offer
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import get_extension_for_mimetype
print(",".join(get_extension_for_mimetype(kind) for kind in {kinds!r}))
"""


@pytest.fixture(scope="module")
def endings() -> list[str]:
    """As a machine without lists of kinds of its own names them, as a slim container is."""
    asked = _ASKED.format(kinds=list(_TYPES.values()))
    made = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return made.stdout.strip().split(",")


def test_no_kind_is_without_an_ending_that_the_door_lets_through(endings: list[str]) -> None:
    assert len(endings) == len(_TYPES)
    named = dict(zip(_TYPES, endings, strict=True))
    assert named["gpx"] == ".gpx"
    assert named["geojson"] == ".geojson"
    assert all(len(ending) > 1 and ending[0] == "." for ending in endings), named
