"""Answers of OpenStreetMap's Overpass: whether one is whole, its date, and several made into one.

Overpass answers "OK" (200) before it knows whether it will come to an end. Where it does not, the
XML is valid all the same and holds some of what was asked, with a ``<remark>`` that says why; such
an answer is never taken. Format: OpenStreetMap wiki, "Overpass API/XML" and "OSM XML".
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from data.sources.fetch_errors import FetchError, IncompleteReplyError, ReplyError

if TYPE_CHECKING:
    from collections.abc import Iterable

ElementKey = tuple[int, int]  # place of its type in `_TYPES`, and its id

_TYPES: Final = ("node", "way", "relation")  # the order that GDAL needs
_TOO_MUCH: Final = ("timed out", "out of memory")
_HARMLESS: Final = "runtime remark:"
_LONGEST: Final = 200
_DECLARED_WITHIN: Final = 4_096


class TooMuchAskedError(FetchError):
    """The service gave up on a query: it took too long or too much memory. Ask for less."""


@dataclass(frozen=True, slots=True, eq=False)
class OsmAnswer:
    """What came of one query, or of several.

    Attributes
    ----------
    elements : dict of (int, int) to Element
        Nodes, ways and relations, each once.
    as_of : datetime
        Aware: the state of OpenStreetMap that it shows; of several the oldest.
    """

    elements: dict[ElementKey, ET.Element]
    as_of: datetime


def read_answer(content: bytes) -> OsmAnswer:
    """Read an answer, if it is whole.

    Parameters
    ----------
    content : bytes
        OSM XML as Overpass writes it.

    Raises
    ------
    TooMuchAskedError
        If the query ran out of time or memory.
    IncompleteReplyError
        If the answer was cut short, or its remark says that it is not whole.
    ReplyError
        If it is something else.
    """
    if b"<!DOCTYPE" in content[:_DECLARED_WITHIN]:
        message = (
            "Overpass should answer with OpenStreetMap XML, and sent a document that declares a "
            "type of its own. Check HOTSPOT_OVERPASS_API_URL."
        )
        raise ReplyError(message)
    try:
        root = ET.fromstring(content)  # noqa: S314 - no entity is declared
    except ET.ParseError as error:
        message = (
            f"Overpass sent {len(content):,} bytes that are not whole XML ({error}), however often "
            "it was asked. Try again later; what is complete is kept."
        )
        raise IncompleteReplyError(message) from error
    if root.tag != "osm":
        message = (
            f"Overpass should answer with OpenStreetMap XML, and sent <{root.tag[:40]}>. Check "
            "HOTSPOT_OVERPASS_API_URL."
        )
        raise ReplyError(message)
    for remark in root.iter("remark"):
        _refuse_incomplete(" ".join((remark.text or "").split()))
    elements = {_key(each): each for each in root if each.tag in _TYPES}
    return OsmAnswer(elements, _as_of(root))


def merged(answers: Iterable[OsmAnswer]) -> OsmAnswer:
    """Make one of several answers: what two of them hold, such as a way across a seam, is once."""
    elements: dict[ElementKey, ET.Element] = {}
    dates: list[datetime] = []
    for answer in answers:
        elements.update(answer.elements)
        dates.append(answer.as_of)
    return OsmAnswer(elements, min(dates))


def osm_xml(answer: OsmAnswer) -> bytes:
    """Write an answer as a file: nodes, ways, relations, each by id, as GDAL needs them."""
    root = ET.Element("osm", version="0.6", generator="Overpass API")
    note = ET.SubElement(root, "note")
    note.text = (
        "The data included in this document is from www.openstreetmap.org. The data is made "
        "available under ODbL."
    )
    ET.SubElement(root, "meta", osm_base=f"{answer.as_of:%Y-%m-%dT%H:%M:%SZ}")
    root.extend(answer.elements[key] for key in sorted(answer.elements))
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _refuse_incomplete(remark: str) -> None:
    if remark.startswith(_HARMLESS):
        return
    words = remark[:_LONGEST]
    if any(each in remark for each in _TOO_MUCH):
        message = (
            f"Overpass gave up on the query ({words!r}), even for the smallest part of the area "
            "that is asked for. Nothing of it was kept. Try again later; what is complete is kept."
        )
        raise TooMuchAskedError(message)
    message = (
        f"Overpass says that its answer is not whole ({words!r}), however often it was asked. "
        "Nothing of it was kept. Try again later; what is complete is kept."
    )
    raise IncompleteReplyError(message)


def _key(element: ET.Element) -> ElementKey:
    try:
        return _TYPES.index(element.tag), int(element.attrib["id"])
    except (KeyError, ValueError) as error:
        message = (
            f"Overpass sent a {element.tag} without a number ({dict(element.attrib)!r:.80}). The "
            "service may have changed; check HOTSPOT_OVERPASS_API_URL."
        )
        raise ReplyError(message) from error


def _as_of(root: ET.Element) -> datetime:
    meta = root.find("meta")
    text = meta.attrib.get("osm_base", "") if meta is not None else ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = (
            f"Overpass should say of which day its data is, and says {text[:40]!r}. Check "
            "HOTSPOT_OVERPASS_API_URL."
        )
        raise ReplyError(message) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
