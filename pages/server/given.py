"""Which files were offered to which sign-in: a link alone gives nobody a file.

Streamlit serves what a page shows or offers for download to anybody who has its address, and works
out a deferred file for anybody who names it. So what goes out to a browser is looked through for
such names, and only the sign-in that was told one may use it, while one of its pages is open.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

_NAMES: Final = re.compile(rb"/media/([0-9a-f]{32,}\.\w{1,12})|\x20([0-9a-f]{32})")
_MOST: Final = 5000


@dataclass(slots=True)
class Given:
    """The names that were told, by sign-in.

    Attributes
    ----------
    names : dict of str to OrderedDict
        The key of a sign-in, and the names that its open pages were told, the oldest first.
    pages : dict of str to int
        How many pages of a sign-in are open.
    """

    names: dict[str, OrderedDict[str, None]] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)

    def opened(self, key: str) -> None:
        """Note that a page was opened."""
        self.pages[key] = self.pages.get(key, 0) + 1
        self.names.setdefault(key, OrderedDict())

    def closed(self, key: str) -> None:
        """Note that a page was closed; with the last one its names are forgotten."""
        self.pages[key] -= 1
        if not self.pages[key]:
            del self.pages[key], self.names[key]

    def tell(self, key: str, message: bytes) -> None:
        """Keep the names in a message to a browser."""
        kept = self.names.get(key)
        if kept is None:
            return
        for media, deferred in _NAMES.findall(message):
            name = (media or deferred).decode()
            kept[name] = None
            kept.move_to_end(name)
        while len(kept) > _MOST:
            kept.popitem(last=False)

    def has(self, key: str, name: str) -> bool:
        """Tell whether a sign-in's open pages were told a name."""
        return name in self.names.get(key, ())
