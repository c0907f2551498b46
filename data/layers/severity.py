"""The weight of an offence, by its name in the source; a table that a borough can replace.

The table is a CSV with the columns ``offence``, ``weight``, ``source`` and ``date`` (others are
kept and not read). The table that ships holds weights of the ONS Crime Severity Score. A borough's
own lies in the store and takes its place; since weights are looked up when incidents are read into
memory, replacing the table needs no import.

Nothing is made up: an offence that the table does not name has no weight, and a heading that covers
offences of different weights ("Violence with injury", "Rape", "Drugs") has none either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data import seals
from data.faults import plain_faults, refuse_no_file
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from data.settings import Settings

SHIPPED: Final = Path(__file__).with_name("ons_crime_severity_score.csv")
COLUMNS: Final[tuple[str, ...]] = ("offence", "weight", "source", "date")
_LONGEST_SOURCE: Final = 400


class SeverityTableError(PlainError, ValueError):
    """A severity table cannot be used."""

    def __init__(self, name: str, *, found: str) -> None:
        super().__init__(
            f"The severity table {name} cannot be used: {found}. It needs the columns "
            f"{', '.join(COLUMNS)}, one offence a row; see docs/severity.md."
        )


@dataclass(frozen=True, slots=True)
class SeverityTable:
    """Weights by offence.

    Attributes
    ----------
    name : str
        Name of its file.
    weights : mapping of str to float
        By the offence's name in the form of `offence_key`.
    source, date : str
        Where the weights come from and the date they are of; several are joined by "; ".
    """

    name: str
    weights: Mapping[str, float]
    source: str
    date: str

    def weights_of(self, offences: Sequence[str]) -> NDArray[np.float32]:
        """Return the weight of each offence, NaN where the table names none."""
        weights = [self.weights.get(offence_key(offence), np.nan) for offence in offences]
        return np.array(weights, dtype=np.float32)


def offence_key(offence: str) -> str:
    """Return an offence's name without case, punctuation and repeated blanks."""
    return " ".join(re.findall(r"[^\W_]+", offence.casefold()))


def read_severity(path: Path) -> SeverityTable:
    """Read a severity table.

    Raises
    ------
    SeverityTableError
        With every kind of fault, its count and its first row.
    """
    if not path.exists():
        raise SeverityTableError(path.name, found="the file does not exist")
    refuse_no_file(path)
    with plain_faults(
        f"The severity table {path.name}",
        damaged=lambda _: SeverityTableError(path.name, found="it is not a CSV in UTF-8"),
        also=(ValueError,),  # pandas' parser errors among them
    ):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise SeverityTableError(path.name, found=f"it has no column {' or '.join(missing)}")
    if frame.empty:
        raise SeverityTableError(path.name, found="it holds no offence")
    keys = frame["offence"].map(offence_key)
    weights = pd.to_numeric(frame["weight"], errors="coerce")
    _check(path.name, frame, keys=keys, weights=weights)
    return SeverityTable(
        name=path.name,
        weights=dict(zip(keys, weights.astype(float), strict=True)),
        source="; ".join(dict.fromkeys(frame["source"].str.strip()))[:_LONGEST_SOURCE],
        date="; ".join(dict.fromkeys(frame["date"].str.strip())),
    )


def severity_in_use(settings: Settings) -> SeverityTable:
    """Return the borough's own table, or the one that ships.

    Raises
    ------
    SeverityTableError
        If the borough's own table was changed by hand and cannot be read.
    """
    own = settings.severity_path
    return read_severity(own if own.exists() else SHIPPED)


@plain_faults("The severity table of the store")
def use_severity(path: Path, *, settings: Settings) -> SeverityTable:
    """Put a borough's own table into use.

    Raises
    ------
    SeverityTableError
        If it cannot be used; the table in use then stays.
    """
    table = read_severity(path)
    written = path.read_bytes()
    seals.write_file(settings.severity_path, written)
    return table


@plain_faults("The severity table of the store")
def use_shipped_severity(settings: Settings) -> SeverityTable:
    """Take a borough's own table out of use."""
    seals.remove_file(settings.severity_path, missing_ok=True)
    return severity_in_use(settings)


def _check(
    name: str, frame: pd.DataFrame, *, keys: pd.Series[str], weights: pd.Series[float]
) -> None:
    bare = [frame[column].str.strip().eq("") for column in ("source", "date")]
    names, has = ("row names", "rows name"), ("row has", "rows have")
    faults: tuple[tuple[pd.Series[bool], tuple[str, str], str], ...] = (
        (keys.eq(""), names, "no offence"),
        (~(weights.gt(0) & weights.lt(np.inf)), has, "no weight above 0"),
        (keys.ne("") & keys.duplicated(), names, "an offence that an earlier row names"),
        (bare[0], has, "no source"),
        (bare[1], has, "no date"),
    )
    descriptions = [
        f"{counted(int(rows.sum()), *words)} {what} (the first is row "
        f"{int(rows.to_numpy().argmax()) + 2})"
        for rows, words, what in faults
        if rows.any()
    ]
    if descriptions:
        raise SeverityTableError(name, found="; ".join(descriptions))
