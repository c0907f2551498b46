"""A store in which every text that somebody may have written is hostile.

Two texts take turns, so that what a page shows of either is seen: one that Markdown would format,
link and load, and one that HTML would. Texts of the product's own choosing (kinds, codes, states)
are listed; every other text of every table is planted, so that one which is added later is too.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import geopandas as gpd

from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from data.operations.database import Operations
from data.operations.row_digests.keeping import renew
from data.operations.row_digests.schema import DIGESTS, NOTED
from data.services.ward_panel.publishing import series_of
from data.settings import Settings
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer
from tests.incident_rows import batch
from tests.moment import NOW
from tests.quiet_flat import ordinary_rows, wards

if TYPE_CHECKING:
    from pathlib import Path

MARKDOWN: Final = "![p](https://evil.example/p.png) www.evil.example a@evil.example"
HTML: Final = "<img src=//evil.example/q onerror=window.hostile=1>${window.hostile=2}"
# What the product chooses itself from a list of its own, or makes: never written by anybody.
OWN: Final = frozenset(
    {
        *("status", "tactic", "origin", "kind", "verdict", "category", "role", "action", "what"),
        *("ward_code", "series", "quarter", "indicator", "view", "decision_hotspot_id"),
        *("table_name", "row_key", "password", "token", "name_key", "version_num", "hotspot_id"),
    }
)
WRITTEN_ALL_THE_SAME: Final = {("ward_promises", "what")}


def hostile_store(folder: Path, *, operations: Path) -> Settings:
    """Make the store; what people wrote is planted in a copy of an operations database.

    Parameters
    ----------
    folder : Path
    operations : Path
        SQLite; its own texts are all replaced.
    """
    settings = Settings(store=folder, _env_file=None)
    folder.mkdir(parents=True, exist_ok=True)
    frame = wards().frame
    named = gpd.GeoDataFrame(
        {
            "ward_code": frame["ward_code"],
            "ward_name": [f"{text(number)} {number}" for number in range(len(frame))],
            "borough_code": frame["borough_code"],
            "borough_name": MARKDOWN,
        },
        geometry=frame.geometry,
        crs=BRITISH_NATIONAL_GRID,
    )
    layer = ward_layer(named, metric_crs=BRITISH_NATIONAL_GRID)
    save_wards(layer, settings.wards_path)
    rows = [
        {**row, "place": text(number), "offence": text(number), "source": MARKDOWN}
        for number, row in enumerate(ordinary_rows())
    ]
    import_batches(
        [batch(*rows, file=MARKDOWN)], settings=settings, wards=layer, name=MARKDOWN, now=NOW
    )
    shutil.copy(operations, settings.operations_path)
    _plant(
        settings.operations_path,
        ward_codes=list(frame["ward_code"]),
        series=series_of(Store.open(settings)),
    )
    ops = Operations.open(settings)
    with ops.engine.begin() as connection:  # the planted rows are those that were stored
        renew(connection, keep_notes=False)
    ops.close()
    return settings


def text(number: int) -> str:
    """Return one text or the other, in turn."""
    return MARKDOWN if number % 2 else HTML


def _plant(database: Path, *, ward_codes: list[str], series: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in connection.execute(tables).fetchall():
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            for _, column, kind, *_ in columns:
                if column == "ward_code":
                    _move(connection, table, to=ward_codes)
                elif _written(table, column, kind):
                    connection.execute(
                        f"UPDATE {table} SET {column} = "  # noqa: S608 - names of our own tables
                        "CASE rowid % 2 WHEN 1 THEN ? ELSE ? END || ' ' || rowid",
                        (MARKDOWN, HTML),
                    )
        connection.execute("UPDATE ward_releases SET series = ?", (series,))
        connection.commit()


def _written(table: str, column: str, kind: str) -> bool:
    # Nobody can change the audit trail or the access log, and the others are no words of anybody.
    if table in {"audit", "access_log", "alembic_version", "store_identity", DIGESTS, NOTED}:
        return False
    is_text = kind.startswith(("VARCHAR", "TEXT"))
    return is_text and (column not in OWN or (table, column) in WRITTEN_ALL_THE_SAME)


def _move(connection: sqlite3.Connection, table: str, *, to: list[str]) -> None:
    """Put what belongs to the demo's wards into this store's, as far as there are any."""
    held = f"SELECT DISTINCT ward_code FROM {table} ORDER BY 1"  # noqa: S608
    for number, (code,) in enumerate(connection.execute(held).fetchall()):
        if number < len(to):
            connection.execute(
                f"UPDATE {table} SET ward_code = ? WHERE ward_code = ?",  # noqa: S608
                (to[number], code),
            )
        else:
            connection.execute(f"DELETE FROM {table} WHERE ward_code = ?", (code,))  # noqa: S608
