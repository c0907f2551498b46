"""The weekly digest as text and as HTML, for a file or a mail.

The HTML loads nothing and runs nothing; every text in it is escaped. Links are there where the app
has an address that others use.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from geo.escaping import visible
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.today.digest import Digest, DigestLine, DigestSection


@dataclass(frozen=True, slots=True)
class DigestLooks:
    """What a digest is written with.

    Attributes
    ----------
    borough : str
        Name of the home borough.
    marking : str
        The protective marking, at the head and the foot.
    address : str or None
        Of the app, as others reach it: each line then ends with its link.
    """

    borough: str
    marking: str
    address: str | None = None


def digest_title(digest: Digest, *, borough: str) -> str:
    """Return the title of a digest, on one line: of which borough, and of which week."""
    return " ".join(visible(f"{borough}: week of {day_label(digest.week)}").split())


def digest_text(digest: Digest, looks: DigestLooks) -> str:
    """Return a digest as plain text."""
    marking, address = looks.marking, looks.address
    parts = [marking, "", digest_title(digest, borough=looks.borough), "", digest.summary, ""]
    for section in digest.sections:
        parts += [section.heading, *(_text_line(each, address) for each in section.lines)]
        parts += [f"  ({note})" for note in section.notes] + [""]
    parts += [_foot(digest), "", marking, ""]
    return "\n".join(visible(each) for each in parts)


def digest_html(digest: Digest, looks: DigestLooks) -> str:
    """Return a digest as an HTML page."""
    marking, address = looks.marking, looks.address
    title = digest_title(digest, borough=looks.borough)
    sections = "".join(_section(each, address) for each in digest.sections)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{_escaped(title)}</title></head>"
        '<body style="margin:0 auto;padding:16px;max-width:44em;color:#0b141c;background:#fff;'
        'font:16px/1.5 Arial,sans-serif">'
        f'<p style="text-align:center;font-weight:bold">{_escaped(marking)}</p>'
        f'<h1 style="font-size:22px">{_escaped(title)}</h1><p>{_escaped(digest.summary)}</p>'
        f"{sections}<p>{_escaped(_foot(digest))}</p>"
        f'<p style="text-align:center;font-weight:bold">{_escaped(marking)}</p></body></html>\n'
    )


def _section(section: DigestSection, address: str | None) -> str:
    lines = "".join(f"<li>{_html_line(each, address)}</li>" for each in section.lines)
    notes = "".join(
        f'<p style="font-size:13px;color:#44525d">{_escaped(note)}</p>' for note in section.notes
    )
    heading = f'<h2 style="font-size:18px">{_escaped(section.heading)}</h2>'
    return f"{heading}<ul>{lines}</ul>{notes}"


def _html_line(line: DigestLine, address: str | None) -> str:
    link = _link(line, address)
    if not link:
        return _escaped(line.text)
    head, colon, rest = line.text.partition(":")
    return f'<a href="{escape(link)}">{_escaped(head)}</a>{_escaped(colon + rest)}'


def _text_line(line: DigestLine, address: str | None) -> str:
    link = _link(line, address)
    return f"- {line.text}" + (f" {link}" if link else "")


def _link(line: DigestLine, address: str | None) -> str:
    if address is None or not line.page:
        return ""
    query = f"?{urlencode(line.query)}" if line.query else ""
    return f"{address}/{line.page}{query}"


def _foot(digest: Digest) -> str:
    return (
        f"As of {day_label(digest.made_on)}, as the page Today says it. Taskings are named by "
        "number and ward alone; open the app for the rest."
    )


def _escaped(text: str) -> str:
    return escape(visible(text))
