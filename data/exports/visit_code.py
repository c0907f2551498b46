"""QR codes (ISO/IEC 18004) that lead from a printed sheet to *Visit*, at the app's public address.

An address is printed only where others can reach it: `HOTSPOT_PUBLIC_URL` says it. Without one, or
where it names this machine itself, there is no code, and the sheet says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

import segno

from geo.paper.margins import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings

_PAGE: Final = "visit"
_QUIET: Final = 4  # modules of white around a code, as the standard asks for
_LINES: Final = 2
_LINE_MM: Final = 3.3
_LETTERS_MM: Final = 2.6
_GAP_MM: Final = 4.0
NO_ADDRESS: Final = (
    "No QR code: this app has no address that a phone could open. Whoever runs it sets "
    "HOTSPOT_PUBLIC_URL. Until then, open Visit in the app and choose the tasking."
)


@dataclass(frozen=True, slots=True)
class VisitCode:
    """One code, with what is written below it (at most two lines)."""

    address: str
    lines: tuple[str, ...]


def visit_address(settings: Settings, **query: str) -> str:
    """Return the address of *Visit* for what a query names; "" where nobody could reach it.

    Parameters
    ----------
    settings : Settings
        Has the app's public address.
    **query : str
        Such as ``tasking="12"``; empty values are left out.
    """
    base = settings.public_url
    if base is None or _is_own(urlsplit(base).hostname or ""):
        return ""
    words = urlencode({key: text for key, text in query.items() if text})
    return f"{base.rstrip('/')}/{_PAGE}" + (f"?{words}" if words else "")


def _is_own(host: str) -> bool:
    """Tell whether a host's name means the machine that asks."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def codes_svg(codes: Sequence[VisitCode], *, code_mm: float) -> tuple[bytes, tuple[float, float]]:
    """Draw codes in a row, each with its lines below it.

    Parameters
    ----------
    codes : sequence of VisitCode
        Not empty.
    code_mm : float
        Side of each code, the white around it included.

    Returns
    -------
    tuple of bytes, (float, float)
        An SVG file; its width and height in mm.
    """
    width = len(codes) * (code_mm + _GAP_MM) - _GAP_MM
    lines = min(_LINES, max(len(each.lines) for each in codes))
    height = code_mm + lines * _LINE_MM
    parts = []
    for at, code in enumerate(codes):
        left = at * (code_mm + _GAP_MM)
        parts.append(_modules(code.address, left=left, code_mm=code_mm))
        for row, line in enumerate(code.lines[:lines]):
            y = code_mm + (row + 0.8) * _LINE_MM
            said = escape(drawable(line, longest=40))
            parts.append(
                f'<text x="{left + code_mm / 2:.2f}" y="{y:.2f}" text-anchor="middle" '
                f'font-family="DejaVu Sans" font-size="{_LETTERS_MM}">{said}</text>'
            )
    drawing = (
        '<?xml version="1.0" encoding="UTF-8"?><svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width:.2f}mm" height="{height:.2f}mm" viewBox="0 0 {width:.2f} {height:.2f}">'
        f'<rect width="{width:.2f}" height="{height:.2f}" fill="white"/>{"".join(parts)}</svg>'
    )
    return drawing.encode(), (width, height)


@lru_cache(maxsize=64)
def _matrix(address: str) -> tuple[bytes, ...]:
    return tuple(bytes(row) for row in segno.make(address, error="m", micro=False).matrix)


def _modules(address: str, *, left: float, code_mm: float) -> str:
    """Return a code's dark modules as one path; runs of a row are one rectangle."""
    rows = _matrix(address)
    side = code_mm / (len(rows) + 2 * _QUIET)
    path = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                x0, y0 = left + (x + _QUIET) * side, (y + _QUIET) * side
                path.append(f"M{x0:.3f} {y0:.3f}h{(run - x) * side:.3f}v{side:.3f}H{x0:.3f}z")
            x = max(run, x + 1)
    return f'<path d="{"".join(path)}" fill="black"/>'
