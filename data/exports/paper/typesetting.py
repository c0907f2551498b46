"""A document as PDF/UA-1, set by Typst without any other tool and without the network.

The template is this package's own; all that is in a document goes to it as JSON and as files, so
no text is ever read as markup. Only Matplotlib's copies of DejaVu Sans are used, never a font of
the machine. Source of the requirements: ISO 14289-1 (PDF/UA-1), which Typst checks as it writes.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, cast

import matplotlib as mpl
import typst

from data.exports.paper import blocks as kinds
from data.exports.paper.letters import paragraphs, printable, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.exports.paper.blocks import Block
    from data.exports.paper.document import Document

_TEMPLATE: Final = Path(__file__).with_name("document.typ")


def pdf(document: Document) -> bytes:
    """Return a document as a tagged PDF.

    The same document gives the same bytes.
    """
    made = int(document.made_at.timestamp())
    with _compiler(document) as compiler:
        written = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=made)
    return cast("bytes", written)


def pages(document: Document) -> int:
    """Return how many pages the PDF has."""
    with _compiler(document) as compiler:
        return int(json.loads(compiler.query("<pages>", field="value"))[0])


def page_pictures(document: Document, *, ppi: float = 110.0) -> tuple[bytes, ...]:
    """Return each page as a PNG file, to look at."""
    with _compiler(document) as compiler:
        drawn = compiler.compile(format="png", ppi=ppi)
    return tuple(drawn) if isinstance(drawn, list) else (cast("bytes", drawn),)


@contextmanager
def _compiler(document: Document) -> Iterator[typst.Compiler]:
    """Give Typst the template, the data, and the pictures as files of a folder that is removed."""
    told, pictures = _everything(document)
    with TemporaryDirectory(prefix="paper-") as folder:
        for name, image in pictures.items():
            (Path(folder) / name).write_bytes(image)
        yield typst.Compiler(
            _TEMPLATE.read_bytes(),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"document": json.dumps(told)},
        )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )


def _everything(document: Document) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return a document as the template reads it, and its pictures by the names it gives them."""
    pictures: dict[str, bytes] = {}
    language, _, region = document.language.partition("-")
    told = {
        "title": printable(document.title),
        "marking": printable(document.marking),
        "language": language,
        "region": region,
        "named": tidy(document.title),
        "made_by": tidy(document.made_by),
        "facts": [[label, printable(text)] for label, text in document.facts()],
        "text_pt": document.text_pt,
        "blocks": [_content(block, pictures=pictures) for block in document.blocks],
    }
    return told, pictures


def _content(block: Block, *, pictures: dict[str, bytes]) -> dict[str, Any]:
    """Return a block as the template reads it; its pictures are added to `pictures`."""
    match block:
        case kinds.Picture():
            ending = "svg" if block.media_type == "image/svg+xml" else "png"
            name = f"{len(pictures)}.{ending}"
            pictures[name] = block.image
            return _picture_content(block, file=name)
        case kinds.TwoColumns():
            left = [_content(each, pictures=pictures) for each in block.left]
            right = [_content(each, pictures=pictures) for each in block.right]
            content = {"kind": "columns", "left": left, "right": right}
            return content | {"share": block.share, "keep": block.keep}
        case kinds.SizedText():
            inner = [_content(each, pictures=pictures) for each in block.blocks]
            return {"kind": "sized", "blocks": inner, "text_pt": block.text_pt}
        case kinds.Table():
            return _table_content(block)
        case kinds.Figures():
            strip = [(each.label, each.value, each.note) for each in block.figures]
            return {"kind": "figures", "figures": [_printed(each) for each in strip]}
        case kinds.PageBreak():
            return {"kind": "break"}
        case _:
            return _text_content(block)


def _text_content(
    block: kinds.Heading | kinds.Paragraph | kinds.Bullets | kinds.Facts | kinds.Callout,
) -> dict[str, Any]:
    match block:
        case kinds.Heading():
            return {"kind": "heading", "text": printable(block.text), "level": block.level}
        case kinds.Paragraph():
            parts = _printed(paragraphs(block.text))
            return {"kind": "paragraph", "parts": parts, "style": block.style}
        case kinds.Bullets():
            return {"kind": "bullets", "items": _printed(block.items), "numbered": block.numbered}
        case kinds.Facts():
            return {"kind": "facts", "rows": [_printed(row) for row in block.rows]}
        case kinds.Callout():
            parts = _printed(paragraphs(block.text))
            heading = printable(block.heading)
            return {"kind": "callout", "heading": heading, "parts": parts, "tone": block.tone}


def _picture_content(picture: kinds.Picture, *, file: str) -> dict[str, Any]:
    return {
        "kind": "picture",
        "file": file,
        "alt": tidy(picture.alt),
        "caption": printable(picture.caption),
        "width": picture.width,
        "max_mm": picture.max_mm,
    }


def _table_content(table: kinds.Table) -> dict[str, Any]:
    words = [at for at, column in enumerate(table.columns) if column.align == "left"]
    columns = [
        {"label": printable(column.label), "align": column.align, "share": column.share}
        for column in table.columns
    ]
    return {
        "kind": "table",
        "columns": columns,
        "filling": words[0] if words else 0,
        "rows": [_printed(row) for row in table.rows],
        "caption": printable(table.caption),
        "empty": printable(table.empty),
        "total": table.total,
        "row_mm": table.row_mm,
    }


def _printed(texts: Sequence[str]) -> list[str]:
    return [printable(text) for text in texts]
