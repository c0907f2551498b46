"""Finding a borough by its name or code, without guessing."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE: Final = re.compile(r"[EWSN]\d{8}")
_STYLES: Final = re.compile(
    r"^(the )?((london|royal|metropolitan|city|county) )*(borough|city|county|district) of "
    r"|( (city|county|district|borough|metropolitan|london))* (council|borough)$"
)
_TURNED_ROUND: Final = re.compile(r" (city|county) of$")  # "Bristol, City of"
_CANDIDATES: Final = 6


class NoSuchAreaError(PlainError, LookupError):
    """No borough goes by that name or code."""


class AmbiguousAreaError(PlainError, LookupError):
    """More than one borough could be meant."""


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A borough (local authority district): its code ("E09000030") and name ("Tower Hamlets")."""

    code: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


def find_area(name_or_code: str, *, areas: Iterable[Area], source: str) -> Area:
    """Return the one borough of this name or code.

    Capitals, punctuation, "&" and styles such as "London Borough of" do not matter; anything
    less than the whole name is not taken, since "London" would be the City of London.

    Parameters
    ----------
    name_or_code : str
        Name or code.
    areas : iterable of Area
        The boroughs on offer.
    source : str
        Where they come from, for the message.

    Raises
    ------
    NoSuchAreaError, AmbiguousAreaError
        With the names that come nearest.
    """
    known = sorted(areas)
    text = name_or_code.strip()
    if _CODE.fullmatch(text.upper()):
        matches = [area for area in known if area.code == text.upper()]
    else:
        matches = [area for area in known if _plain(area.name) == _plain(text)] or [
            area for area in known if _TURNED_ROUND.sub("", _plain(area.name)) == _bare(text)
        ]
    if len(matches) == 1:
        return matches[0]
    partly = [area for area in known if _bare(text) and _bare(text) in _plain(area.name)]
    several = matches or (partly if len(partly) > 1 else [])
    if several:
        message = (
            f"Ambiguous borough {name_or_code!r}: it could be {_listed(several)}. Give the whole "
            "name, or the code in brackets."
        )
        raise AmbiguousAreaError(message)
    near = partly or _nearest(text, known)
    hint = f"Did you mean {_listed(near)}?" if near else "Give its name or its code (E09000030)."
    message = f"Unknown borough {name_or_code!r} in {source}. {hint}"
    raise NoSuchAreaError(message)


def _plain(name: str) -> str:
    """Return a name in small letters without punctuation."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold().replace("&", " and ")).split())


def _bare(name: str) -> str:
    """Return a plain name without the styles that people put around it."""
    return _STYLES.sub("", _plain(name)).strip()


def _nearest(text: str, known: list[Area]) -> list[Area]:
    by_name = {_plain(area.name): area for area in known}
    names = difflib.get_close_matches(_bare(text), by_name, n=3, cutoff=0.6)
    return [by_name[name] for name in names]


def _listed(areas: list[Area]) -> str:
    listed = ", ".join(map(str, areas[:_CANDIDATES]))
    more = len(areas) - _CANDIDATES
    return f"{listed} and {more} more" if more > 0 else listed
