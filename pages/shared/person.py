"""Who is using the app: the name that goes into the audit trail, and what they may see."""

from __future__ import annotations

import getpass
from typing import Final

from data.access import Person

_UNNAMED: Final = "this computer"


def person() -> Person:
    """Return who is using the app.

    Without accounts it is an officer, named after the account of the computer that runs the app.
    """
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may have no name for its user
        name = _UNNAMED
    return Person(name=name, role="officer")
