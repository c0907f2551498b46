"""What every command uses: the two streams, progress, the person, the moment, a view's words."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from data.faults import plain_faults
from data.settings import settings
from geo.counting import counted

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
COMMAND_LINE: Final = "(command line)"  # no account of the app can have it in its name
stdout = Console()
stderr = Console(stderr=True)


def settle_store() -> None:
    """Put right what was cut short in the store, and say so; before any command runs."""
    from data.operations.settling import settle

    for line in settle(settings()):
        stderr.print(line, markup=False, highlight=False, soft_wrap=True)


def operations() -> Operations:
    """Return the operations store of the settings."""
    from data.operations.database import Operations
    from data.operations.integrity import known_damage
    from data.services.clock import newest_entry

    ops = Operations.open(settings())
    with ops.reading() as session:
        known = known_damage(session.connection(), name="The operations database")
    _say_once("damage", tuple(map(str, known)))
    _say_clock(settings().present(), newest_entry(ops))
    return ops


def person() -> Person:
    """Return who types, as the audit trail names them: the computer's account, on its command line.

    Whoever can reach the store's files may do anything with it.
    """
    from data.access import Person, computer_account

    return Person(name=f"{computer_account()} {COMMAND_LINE}", role="administrator")


def actor() -> Actor:
    """Return who changes something now: whoever types, on the operations store of the settings."""
    from data.operations.actor import Actor

    return Actor(operations(), person(), present())


def present() -> datetime:
    """Return the moment, aware."""
    from data.services.clock import newest_import

    moment = settings().present()
    _say_clock(moment, newest_import(settings()))
    return moment


def _say_clock(moment: datetime, newest: datetime | None) -> None:
    """Say once to a command that the machine's clock runs behind what is stored, if it does."""
    from data.services.clock import behind

    _say_once("clock", behind(moment, newest, timezone=ZoneInfo(settings().timezone)))


def _say_once(subject: str, lines: tuple[str, ...]) -> None:
    """Say to a command once what is wrong, whatever asks."""
    said = _said(id(settings()))
    if lines and subject not in said:
        said.append(subject)
        for line in lines:
            stderr.print(f"Warning: {line}", markup=False, highlight=False, soft_wrap=True)


@lru_cache(maxsize=1)
def _said(_settings: int) -> list[str]:
    """Return what a command has spoken of already; the settings are read once for each command."""
    return []


def say(line: str) -> None:
    """Print one line as it is."""
    stdout.print(line, markup=False, highlight=False, soft_wrap=True)


def show_record(record: ImportRecord) -> None:
    """Say what became of the rows of an import."""
    words = f"{record.import_id}  {record.name}: {import_counts(record)}"
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


def import_counts(record: ImportRecord) -> str:
    """Return the five counts of an import; they add up to the rows read."""
    counts = record.counts
    return (
        f"{counted(record.rows_read, 'row')} read = {counts.imported:,} imported "
        f"+ {counts.updated:,} updated + {counts.unchanged:,} unchanged "
        f"+ {counts.rejected:,} rejected "
        f"+ {counts.outside:,} outside."
    )


@contextmanager
def import_progress(title: str) -> Iterator[Callable[[ImportProgress], None]]:
    """Show a bar that an import tells how far it is."""
    with bar(title) as update:

        def tell(progress: ImportProgress) -> None:
            update(
                progress.fraction,
                f"{title}: {progress.stage}, {counted(progress.rows_read, 'row')}",
            )

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
    stdout.print(f"{counted(len(read), 'ward')} in use.")
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


def check_json_or_csv(out: Path | None) -> None:
    """Refuse another file than the two that a command writes, before anything is worked out.

    Raises
    ------
    typer.BadParameter
    """
    if out is not None and out.suffix not in (".json", ".csv"):
        message = f"--out must end in .json or .csv; got {out.name}"
        raise typer.BadParameter(message)


def write_file(content: bytes, path: Path) -> None:
    """Write a file, whole and readable by its owner alone; a pipe or a device as it is.

    Raises
    ------
    data.faults.FaultError
    """
    from data import durable

    with plain_faults(str(path), do="Check the name of the file and of its folder."):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            durable.write_file(path, content)


def record_export(
    what: str,
    *,
    kind: str,
    query: Mapping[str, str] | None = None,
    rows: int | None = None,
    version: int | None = None,
) -> None:
    """Record in the access log what is about to be handed out; it must not be, if this fails.

    Parameters
    ----------
    what : str
        The command.
    kind : str
        Of file, as its name ends, without the dot.
    query : mapping, optional
        The words of the view.
    rows, version : int, optional
        Of the file, and of the incident table.
    """
    from data.operations.audit.access import Exported
    from data.operations.audit.access import record_export as record

    asked = query or {}
    days = [asked[name] for name in ("from", "to") if name in asked]
    about = Exported(
        kind=kind,
        period=" to ".join(days),
        filters=urlencode(asked),
        rows=rows,
        table_version=version,
    )
    record(actor(), f"hotspots {what}", about=about)


def write(
    content: bytes,
    path: Path | None,
    *,
    what: str,
    query: Mapping[str, str] | None = None,
    version: int | None = None,
) -> None:
    """Record and write an export to a file and say where, or to the standard output without one.

    Parameters
    ----------
    content : bytes
    path : Path or None
    what, query, version
        As `record_export`; without a path the content is JSON.
    """
    from data.exports.row_count import row_count

    ending = path.suffix if path is not None else ".json"
    rows = row_count(content, ending=ending)
    record_export(what, kind=ending.removeprefix("."), query=query, rows=rows, version=version)
    if path is None:
        sys.stdout.buffer.write(content + b"\n")
        return
    write_file(content, path)
    stderr.print(f"Written to {path}", markup=False)


def show_notes(notes: Iterable[str]) -> None:
    """Say what every reader must know, apart from the answer itself."""
    for note in notes:
        stderr.print(f"- {note}", markup=False, highlight=False)
