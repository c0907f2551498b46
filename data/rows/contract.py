"""The incident table's contract: one list of columns for every source, the store and the demo.

Nothing is invented: what a source does not say is null. Times are stored in UTC with microseconds
and are read in local time (Europe/London unless the settings say otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

FLAGS: Final[tuple[str, ...]] = (
    "injury",
    "knife",
    "alcohol",
    "drugs",
    "domestic",
    "hate",
    "youth",
    "nte",
)

_TIME = pa.timestamp("us", tz="UTC")

# What a source gives for each row (the source half of the contract).
SOURCE_FIELDS: Final[tuple[pa.Field, ...]] = (
    pa.field("incident_id", pa.string(), nullable=False),
    pa.field("source", pa.string(), nullable=False),
    pa.field("category", pa.string(), nullable=False),
    pa.field("offence", pa.string()),
    pa.field("starts_at", _TIME, nullable=False),
    pa.field("ends_at", _TIME),
    pa.field("time_precision", pa.string(), nullable=False),
    pa.field("easting", pa.float64(), nullable=False),
    pa.field("northing", pa.float64(), nullable=False),
    pa.field("place_precision", pa.string(), nullable=False),
    pa.field("place", pa.string()),
    *(pa.field(name, pa.bool_()) for name in FLAGS),
    pa.field("caller_ref", pa.string()),
    pa.field("harm", pa.float32()),
)
# What the store adds: where it lies, and which import brought it.
STORE_FIELDS: Final[tuple[pa.Field, ...]] = (
    pa.field("ward_code", pa.string()),  # null outside every ward
    pa.field("borough_code", pa.string()),
    pa.field("ward_snapped", pa.bool_(), nullable=False),  # nearest ward within the tolerance
    pa.field("import_id", pa.string(), nullable=False),
    pa.field("row_hash", pa.int64(), nullable=False),  # of the source half; tells a changed row
    pa.field("year", pa.int32(), nullable=False),  # partition: year of starts_at, UTC
)
SOURCE_SCHEMA: Final = pa.schema(SOURCE_FIELDS)
TABLE_SCHEMA: Final = pa.schema([*SOURCE_FIELDS, *STORE_FIELDS])

# A rejected row keeps what was read, so that it can be corrected and imported again. These columns
# stand before the file's own, and a source ignores them when it reads such a file back.
REJECTED_PREFIX: Final = "rejected_"
REJECTED_COLUMNS: Final[tuple[str, ...]] = (
    "rejected_file",
    "rejected_row",  # 1-based row number in that file, the header being row 1
    "rejected_field",
    "rejected_value",
    "rejected_reason",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One batch of rows, each either accepted or rejected.

    Attributes
    ----------
    file : str
        Name of the file (or of the member of an archive) the rows came from.
    rows_read : int
        ``len(accepted) + len(rejected)``, always.
    accepted : pyarrow.Table
        `SOURCE_SCHEMA`, coordinates in the metric CRS. May hold one `incident_id` more than once;
        the store decides (see `data.incidents.ingest`).
    rejected : DataFrame
        `REJECTED_COLUMNS`, then the file's own columns as text. One row per rejected input row;
        where several fields are wrong, the first is named and the reason lists all.
    fraction_done : float
        How much of the whole input has been read so far, 0 to 1, for progress.
    without_caller : int
        How many accepted rows lost their caller, who was erased on request.
    """

    file: str
    accepted: pa.Table
    rejected: pd.DataFrame
    fraction_done: float
    without_caller: int = 0

    @property
    def rows_read(self) -> int:
        """Rows of input in this batch."""
        return int(self.accepted.num_rows) + len(self.rejected)
