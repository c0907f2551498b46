"""How often signing in may be tried, so that guessing is hopeless and nobody can be locked out.

A try from a browser in which somebody has signed in under this very name is limited by that browser
alone: nothing that anybody does elsewhere is counted against it. All other tries are counted three
ways: by address, whatever the names; by name, whatever the addresses; and altogether. Names are
counted whether there is such an account or not, so what is refused tells nothing about it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

ADDRESS_TRIES: Final = 20
ADDRESS_WINDOW: Final = timedelta(minutes=15)
NAME_TRIES: Final = 50
NAME_WINDOW: Final = timedelta(days=1)
ALL_TRIES: Final = 1_000
ALL_WINDOW: Final = timedelta(hours=1)
BROWSER_TRIES: Final = 10
BROWSER_WINDOW: Final = timedelta(days=1)
KEPT_FOR: Final = max(ADDRESS_WINDOW, NAME_WINDOW, ALL_WINDOW, BROWSER_WINDOW)
_SHARED_BITS: Final = 64  # whoever has one IPv6 address has as many as these leave open
THIS_COMPUTER: Final = "this computer"


@dataclass(frozen=True, slots=True)
class FailedTries:
    """How many tries failed within the window of each count, those that are running included.

    Attributes
    ----------
    by_browser : int or None
        Under this name in this browser; None where nobody has signed in so from it.
    by_address, by_name, altogether : int
        From browsers that are not known under the name that was given.
    """

    by_browser: int | None
    by_address: int
    by_name: int
    altogether: int

    @property
    def known_browser(self) -> bool:
        """Whether the browser counts for itself: it is known, and has not failed too often."""
        return self.by_browser is not None and self.by_browser < BROWSER_TRIES

    @property
    def may_try(self) -> bool:
        """Whether another try is answered."""
        return self.known_browser or (
            self.by_address < ADDRESS_TRIES
            and self.by_name < NAME_TRIES
            and self.altogether < ALL_TRIES
        )


def network_of(address: str | None) -> str:
    """Return what tries are counted by: an IPv4 address, the /64 of an IPv6 one.

    Parameters
    ----------
    address : str or None
        None for the computer itself; what is no address counts as one for itself.
    """
    if not address:
        return THIS_COMPUTER
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:45]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _SHARED_BITS), strict=False))
    return str(parsed)
