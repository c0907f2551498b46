"""The stores and the commands of `benchmarks.kills`."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import insert

from benchmarks.ingest import WARDS, write_street_file
from benchmarks.kill_child import forked
from benchmarks.kill_people import NEW_PASSWORD, STAFF, build_people, write_calls
from benchmarks.kill_rows import PASSWORD, run, tasking
from data.incidents.imports import imports
from data.layers.severity import SHIPPED
from data.operations.database import Operations
from data.operations.tables import TaskingRow
from data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

StoreKind = Literal["incidents", "people", "without secret", "without accounts", "demo", "empty"]
_ROLE: Final = "administrator"
_ROWS: Final = 1_500
_WARDS: Final = "E05009317,E05009318"
# So much later that nothing is kept for readers, and few imports for undo.
_MUCH_LATER: Final = {"HOTSPOT_NOW": "2126-11-21T09:00:00+00:00", "HOTSPOT_UNDO_IMPORTS": "2"}


@dataclass(frozen=True, slots=True)
class Command:
    """A command that writes.

    Attributes
    ----------
    name : str
    arguments : callable
        Gives them for a folder.
    store : str
        The kind of store that it runs on.
    environment : mapping
        Settings that it runs with.
    tidy : bool
        Whether it leaves no file of the incident table that nothing needs.
    """

    name: str
    arguments: Callable[[Path], list[str]]
    store: StoreKind = "incidents"
    environment: Mapping[str, str] = field(default_factory=dict)
    tidy: bool = False


def _on(*words: str) -> Callable[[Path], list[str]]:
    """Return arguments in which a word that begins with @ is a file of the folder."""
    return lambda work: [str(work / each[1:]) if each.startswith("@") else each for each in words]


COMMANDS: Final = (
    Command("import", _on("import", "@more.csv")),
    Command("undo", lambda work: ["undo", (work / "newest").read_text()]),
    Command("wards", _on("wards", "@wards.geojson")),
    Command("postcodes", _on("postcodes", "@postcodes.csv")),
    Command("base", _on("base", "@points.csv", "--name", "doors", "--on", "2026-11-01")),
    Command("premises", _on("premises", "@premises.csv", "--on", "2026-11-01")),
    Command("places", _on("places", "@premises.csv", "--kind", "other", "--on", "2026-11-01")),
    Command("context", _on("context", "@areas.csv", "--residents", "people", "--title", "2021")),
    Command("severity", _on("severity", "@severity.csv")),
    Command("visits", _on("visits", "@visits.csv")),
    Command("users add", _on("users", "add", "Ada", "--role", _ROLE, "--password", PASSWORD)),
    Command("backup", _on("backup", "@new.zip")),
    Command("restore", _on("restore", "@old.zip", "--replace")),
    Command("import calls", _on("import", "@calls.csv", "--profile", "cad_log")),
    Command("midnights", _on("midnights", "police_uk", "--real")),
    Command("ward-figures", _on("ward-figures", "--yes"), "people"),
    Command("rota", _on("rota", "@rota")),
    Command("audit", _on("audit", "@new.csv")),
    Command("digest", _on("digest", "--out", "@new.html"), "people"),
    Command("upkeep", _on("upkeep"), "people", environment=_MUCH_LATER, tidy=True),
    Command("retain", _on("retain"), "people"),
    Command("erase --caller", _on("erase", "--caller"), "people"),
    Command("erase --staff", _on("erase", "--staff", STAFF, "--as", "Former officer 7"), "people"),
    Command("subject-access", _on("subject-access", "@new.zip", "--staff", STAFF), "people"),
    Command("users password", _on("users", "password", "Cy", "--password", NEW_PASSWORD), "people"),
    Command("users wards", _on("users", "wards", "Cy", _WARDS), "people"),
    Command("users close", _on("users", "close", "Cy"), "people"),
    Command("users adopt", _on("users", "adopt", "--yes"), "without accounts"),
    Command("caller-secret", _on("caller-secret", "--new", "--yes"), "without secret"),
)
DEMO_COMMANDS: Final = (
    Command("demo", _on("demo"), "empty"),
    Command("demo --remove", _on("demo", "--remove"), "demo"),
)


_WITHOUT: Final = {"without secret": "*caller_salt*", "without accounts": "operations.sqlite*"}


def build_store(kind: StoreKind, *, folder: Path) -> Path:
    """Return a folder with a store of a kind and the files that the commands read; made once."""
    base = folder / kind
    if not base.exists():
        if kind in _WITHOUT:
            shutil.copytree(build_store("people", folder=folder), base)
            for path in (base / "var").glob(_WITHOUT[kind]):
                path.unlink()
            return base
        base.mkdir()
        code = forked(lambda: _build(kind, base), work=base)
        if code != 0:
            raise RuntimeError((base / "log").read_text())
        shutil.rmtree(base / "tmp")
    return base


def _build(kind: StoreKind, base: Path) -> None:
    if kind == "empty":
        return
    if kind == "demo":
        run("demo")
        return
    if kind == "people":
        build_people(base)
        return
    _write_files(base)
    own = Settings(_env_file=None)  # type: ignore[call-arg]
    run("wards", str(WARDS))
    run("import", str(base / "first.csv"))
    ops = Operations.open(own)
    with ops.engine.begin() as connection:
        connection.execute(insert(TaskingRow), [tasking(1)])
    ops.close()
    run("backup", str(base / "old.zip"))
    run("import", str(base / "second.csv"))
    (base / "newest").write_text(imports(own)[0].import_id)


def _write_files(base: Path) -> None:
    (base / "rota").mkdir()
    write_street_file(base / "first.csv", rows=_ROWS)
    text = (base / "first.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    write_street_file(base / "second.csv", rows=_ROWS // 2, seed=2)
    # Of these a third are new, a third correct a row of the first file, and a third are as before.
    write_street_file(base / "more.csv", rows=_ROWS // 3, seed=3)
    corrected = [line.replace("On or near Street", "On or near Road") for line in lines[1:1000]]
    with (base / "more.csv").open("a", encoding="utf-8") as file:
        file.writelines([*corrected, *lines[1000:2000]])
    write_calls(base / "calls.csv", number=1)
    layer = json.loads(WARDS.read_text(encoding="utf-8"))
    one, other = layer["features"][:2]  # two wards change places, so every incident is joined again
    one["properties"], other["properties"] = other["properties"], one["properties"]
    (base / "wards.geojson").write_text(json.dumps(layer), encoding="utf-8")
    (base / "postcodes.csv").write_text(
        '"E1 0AA",10,535267,181084,"E92000001","E19000003","E18000007","","E09000030","E05009332"\n'
        '"E1 0AD",10,535042,181124,"E92000001","E19000003","E18000007","","E09000030","E05009332"\n'
    )
    (base / "points.csv").write_text("easting,northing\n533800,182000\n533850,182000\n")
    (base / "premises.csv").write_text(
        "Name,Type,Easting,Northing,Closes\nThe Tap,Bar,533800,182000,02:00\n"
    )
    (base / "areas.csv").write_text("code,people,x,y\nA,10,533800,182000\nB,20,533850,182000\n")
    (base / "severity.csv").write_bytes(SHIPPED.read_bytes())
    days = [f"2026-11-{day:02d}" for day in range(1, 20)]
    visits = [f"T-0001,Team 1,{day} 22:30,{day} 22:45" for day in days]
    (base / "visits.csv").write_text("\n".join(["tasking,team,arrived,left", *visits, ""]))
