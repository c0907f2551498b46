"""A PDF as a reader's software finds it: its facts, its tags, its alternative texts, its pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject


@dataclass(frozen=True, slots=True)
class ReadPdf:
    """What a PDF holds; `tags` in the order of reading, `pages` as text without line ends."""

    title: str
    language: str
    marked: bool
    universal: bool
    fonts: frozenset[str]
    tags: tuple[str, ...]
    alternatives: tuple[str, ...]
    pages: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.pages)


def read_pdf(data: bytes) -> ReadPdf:
    reader = PdfReader(io.BytesIO(data))
    root = reader.trailer["/Root"]
    tags: list[tuple[str, str | None]] = []
    _walk(root["/StructTreeRoot"].get("/K"), into=tags)
    known = root["/Metadata"].get_data().decode()
    return ReadPdf(
        title=str(reader.metadata.title) if reader.metadata else "",
        language=str(root["/Lang"]),
        marked=bool(root["/MarkInfo"]["/Marked"])
        and bool(root["/ViewerPreferences"]["/DisplayDocTitle"]),
        universal="<pdfuaid:part>1</pdfuaid:part>" in known,
        fonts=frozenset(
            str(font.get_object()["/BaseFont"]).split("+")[-1]
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
        ),
        tags=tuple(tag for tag, _ in tags),
        alternatives=tuple(alt for _, alt in tags if alt is not None),
        pages=tuple(" ".join(page.extract_text().split()) for page in reader.pages),
    )


def _walk(node: Any, *, into: list[tuple[str, str | None]]) -> None:  # noqa: ANN401
    held = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(held, ArrayObject):
        for each in held:
            _walk(each, into=into)
    elif isinstance(held, DictionaryObject):
        if "/S" in held:
            alt = held.get("/Alt")
            into.append((str(held["/S"])[1:], None if alt is None else str(alt)))
        if "/K" in held:
            _walk(held["/K"], into=into)
