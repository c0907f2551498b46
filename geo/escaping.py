"""Text that comes from data, made harmless before it enters a map's page.

Leaflet puts tooltips and labels into the page as HTML, and folium writes some texts into JavaScript
template literals, where ``${…}`` runs even after `html.escape`. So everything that could end a tag,
an attribute, a string or a literal becomes a numeric character reference, which a browser shows as
the character itself. Characters that reorder or hide the text after them (Unicode Technical Report
36, "Unicode Security Considerations", section 2.8) are replaced by a visible mark.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

LONGEST: Final = 120
_ODD: Final = "\N{REPLACEMENT CHARACTER}"
_LINE_ENDS: Final = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_PLAIN: Final[dict[int, str]] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], _ODD),  # controls
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], _ODD),  # direction overrides
    **dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF], ""),  # shown as nothing
    **dict.fromkeys(_LINE_ENDS, " "),
}
_REFERENCES: Final[dict[int, str]] = {
    ord(character): f"&#{ord(character)};" for character in "&<>\"'`${}\\"
}
_IN_SCRIPT: Final[dict[int, str]] = {
    ord(character): f"\\u{ord(character):04x}" for character in "<>&'`$"
}
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACES: Final[dict[int, str]] = {ord(each): f"\\u{ord(each):04x}" for each in "{}"}


def visible(text: str) -> str:
    """Return `text` on one line, with a visible mark for what would hide or reorder other text."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_PLAIN)


def plain_text(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` on one line, without control characters, at most `longest` characters.

    A longer text ends in an ellipsis. The result is not yet safe as HTML: see `escape`.
    """
    tidy = visible(text).strip()
    return tidy if len(tidy) <= longest else tidy[: longest - 1].rstrip() + "…"


def escape(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` as HTML that shows it literally, wherever on a map's page it is put.

    Parameters
    ----------
    text : str
        Any text: a place, a ward, a file name.
    longest : int
        Longer texts are cut, and end in an ellipsis.

    Returns
    -------
    str
        ASCII quotes, angle brackets, ampersand, backtick, dollar, braces and backslash are numeric
        character references.
    """
    return plain_text(text, longest=longest).translate(_REFERENCES)


def script_json(value: Json) -> str:
    r"""Return `value` as JSON that is safe inside a script, an attribute or a template literal.

    Every character that could end one of them, or begin a ``${…}``, is written as ``\uXXXX``; none
    of these occurs in JSON outside a string. So are braces in strings: folium reads what it has put
    together as a template once more, and would run ``{{…}}`` on this machine.

    Raises
    ------
    ValueError
        If a number is not finite, since JSON has no such number.
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return _STRING.sub(lambda found: found[0].translate(_BRACES), text).translate(_IN_SCRIPT)
