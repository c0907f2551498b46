"""What every command uses: the two streams, progress, the person, the moment, a view's words."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from data.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from data.access import Person
    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress as ImportProgress
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.incidents.dataset import Dataset
    from models.incidents.view import View

ViewOption = Annotated[
    str,
    typer.Option(
        help="The view as the app's address bar holds it, e.g. "
        '"from=2024-01-01&to=2024-12-31&category=asb&method=kde&bandwidth_m=250".'
    ),
]
FirstDay = Annotated[str | None, typer.Option("--from", help="First day, 2024-01-01.")]
LastDay = Annotated[str | None, typer.Option("--to", help="Last day, 2024-12-31.")]
Categories = Annotated[
    str | None, typer.Option("--category", help="Categories, with commas: asb,violence")
]
Hours = Annotated[
    str | None,
    typer.Option(
        "--hours",
        help="all, nights (Friday and Saturday nights), nte (night-time-economy incidents) or "
        "clock:15-18; a part of the night as nights:levy, nights:peak, nte:levy or nte:peak.",
    ),
]
Wards = Annotated[str | None, typer.Option("--ward", help="Ward codes, with commas.")]
PathArgument = Annotated[Path, typer.Argument(help="File or folder to read.", show_default=False)]
stdout = Console()
stderr = Console(stderr=True)


def operations() -> Operations:
    """Return the operations store of the settings."""
    from data.operations.database import Operations

    return Operations.open(settings())


def person() -> Person:
    """Return who types: whoever can reach the store's files may do anything with it."""
    from data.access import Person, computer_account

    return Person(name=computer_account(), role="administrator")


def actor() -> Actor:
    """Return who changes something now: whoever types, on the operations store of the settings."""
    from data.operations.actor import Actor

    return Actor(operations(), person(), present())


def present() -> datetime:
    """Return the moment, aware."""
    return settings().present()


def say(line: str) -> None:
    """Print one line as it is."""
    stdout.print(line, markup=False, highlight=False, soft_wrap=True)


def show_record(record: ImportRecord) -> None:
    """Say what became of the rows of an import."""
    words = f"{record.import_id}  {record.name}: {counted(record)}"
    stdout.print(words, markup=False, highlight=False, soft_wrap=True)
    for note in record.notes:
        stdout.print(f"- {note}", markup=False, highlight=False)
    if record.rejected_file is not None:
        stdout.print(
            f"Rejected rows, each with its reason: {record.rejected_file}\n"
            "Correct them there and import that file.",
            markup=False,
            soft_wrap=True,
        )
    refuse_nothing_read(record)


def refuse_nothing_read(record: ImportRecord) -> None:
    """End with an error where not one row of an import could be used.

    Raises
    ------
    NoRowUsedError
    """
    from data.incidents.quality import NoRowUsedError, rejected_reasons

    if record.rows_read and record.counts.rejected == record.rows_read:
        reasons = rejected_reasons([record])
        raise NoRowUsedError(record.name, reasons=reasons)


def counted(record: ImportRecord) -> str:
    """Return the five counts of an import; they add up to the rows read."""
    counts = record.counts
    return (
        f"{record.rows_read:,} rows read = {counts.imported:,} imported "
        f"+ {counts.updated:,} updated + {counts.unchanged:,} unchanged "
        f"+ {counts.rejected:,} rejected "
        f"+ {counts.outside:,} outside."
    )


@contextmanager
def import_progress(title: str) -> Iterator[Callable[[ImportProgress], None]]:
    """Show a bar that an import tells how far it is."""
    with bar(title) as update:

        def tell(progress: ImportProgress) -> None:
            update(progress.fraction, f"{title}: {progress.stage}, {progress.rows_read:,} rows")

        yield tell


@contextmanager
def bar(title: str) -> Iterator[Callable[[float, str], None]]:
    """Show a bar that is told the share done and what is being done."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr) as progress:
        task = progress.add_task(title, total=1.0)
        yield lambda done, words: progress.update(task, completed=done, description=words)


def load_ward_file(
    path: Path,
    *,
    crs: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    layer: str | None = None,
) -> None:
    """Put a ward file into use and say what was found in it."""
    from data.services import loading

    read = loading.load_ward_file(
        path,
        settings=settings(),
        now=present(),
        crs=crs,
        code_column=code_column,
        name_column=name_column,
        layer=layer,
    )
    stdout.print(f"{len(read)} wards in use.")
    for finding in (*read.report, *loading.ward_warnings(read, settings=settings())):
        stdout.print(f"- {finding}", markup=False, highlight=False)


def query_of(view: str, options: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return a view's words with the options that stand for some of them; an option wins.

    The whole address of a page will do, too.

    Raises
    ------
    typer.BadParameter
        If a part of the view is not of the form key=value, or a key comes twice.
    """
    try:
        parameters = view.rpartition("?")[2]
        pairs = parse_qsl(parameters, keep_blank_values=True, strict_parsing=bool(parameters))
    except ValueError as fault:
        message = f"The view {view[:60]!r} is not of the form key=value&key=value."
        raise typer.BadParameter(message) from fault
    keys = [key for key, _ in pairs]
    if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        message = f"The view gives {twice[0]!r} twice. Give it once, its values with commas."
        raise typer.BadParameter(message)
    return dict(pairs) | {key: text for key, text in (options or {}).items() if text}


def view_of(query: Mapping[str, str], *, dataset: Dataset) -> View:
    """Read a view's words.

    Raises
    ------
    typer.BadParameter
        If any of them cannot be read.
    """
    from models.incidents.view import read_view

    view = read_view(query, dataset=dataset)
    if view.problems:
        raise typer.BadParameter(" ".join(view.problems))
    return view


def write(content: bytes, path: Path | None) -> None:
    """Write to a file and say where, or to the standard output without one."""
    if path is None:
        sys.stdout.buffer.write(content + b"\n")
        return
    path.write_bytes(content)
    stderr.print(f"Written to {path}", markup=False)


def show_notes(notes: Iterable[str]) -> None:
    """Say what every reader must know, apart from the answer itself."""
    for note in notes:
        stderr.print(f"- {note}", markup=False, highlight=False)
