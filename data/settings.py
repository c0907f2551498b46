"""Settings, from the environment (prefix ``HOTSPOT_``) or a ``.env`` file next to the app.

Every setting is listed in docs/settings.md; a test holds that.
"""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import (
    AwareDatetime,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import PlainError
from models.calendar.night_rule import NightRule, NightRuleError
from models.wording.categories import LINK_NAMES

_STARTED = time.monotonic()
_NIGHT: Final = NightRule()
_NIGHT_VARIABLES: Final = {
    "kinds": "HOTSPOT_NIGHT_KINDS",
    "night": "HOTSPOT_NIGHT_START_HOUR and HOTSPOT_NIGHT_END_HOUR",
    "peak": "HOTSPOT_NIGHT_PEAK_START_HOUR and HOTSPOT_NIGHT_PEAK_END_HOUR",
    "levy": "HOTSPOT_NIGHT_LEVY_START_HOUR and HOTSPOT_NIGHT_LEVY_END_HOUR",
}


class SettingsError(PlainError, ValueError):
    """A setting has a value that it cannot have."""

    def __init__(self, faults: ValidationError) -> None:
        lines = []
        for fault in faults.errors(include_url=False, include_input=False):
            name = "".join(f"HOTSPOT_{part}: ".upper() for part in fault["loc"])
            lines.append(name + fault["msg"].removeprefix("Value error, "))
        super().__init__(
            "The settings cannot be used. " + " ".join(lines) + " See docs/settings.md."
        )


# What the incident table's library takes for something else than a part of a file's name.
_UNUSABLE: Final = re.compile(r"[#?\[\]\\|^\x00-\x1f]|%[0-9A-Fa-f]{2}")


class StorePathError(PlainError, LookupError):
    """The folder of the store has a name that the incident table cannot be kept under."""

    def __init__(self, path: Path, *, part: str) -> None:
        super().__init__(
            f"The store cannot lie in {str(path)!r}: the name has {part!r} in it, under which the "
            "incident table cannot be kept. Nothing was written. Move the project, or name another "
            "folder with HOTSPOT_STORE: spaces and accents are fine; # ? [ ] \\ | ^ and a per "
            "cent sign before two digits or letters from A to F are not."
        )


class Settings(BaseSettings):
    """What a borough sets once. See docs/settings.md for each one in plain words."""

    model_config = SettingsConfigDict(env_prefix="HOTSPOT_", env_file=".env", extra="ignore")

    now: AwareDatetime | None = Field(
        default=None, description="Moment that the clock starts at; the machine's own if not set"
    )
    store: Path = Field(default=Path("var"), description="Folder of all that is kept")
    borough_code: str = Field(default="E09000030", description="Code of the home borough")
    borough_name: str = Field(default="Tower Hamlets", description="Name of the home borough")
    timezone: str = Field(default="Europe/London", description="Local time of all incidents")
    metric_crs: str = Field(default=BRITISH_NATIONAL_GRID, description="Metric CRS of the store")
    window_months: int = Field(
        default=12,
        ge=1,
        le=60,
        description="Complete months that hotspots are drawn from where nobody chooses a period",
    )
    ward_tolerance_m: float = Field(
        default=50.0, ge=0, description="Points this near outside a ward are given to it, flagged"
    )
    caller_salt: SecretStr | None = Field(
        default=None, description="Secret that callers are hashed with; made once when not set"
    )
    operations_url: SecretStr | None = Field(
        default=None, description="Database of taskings and visits; a file in the store if not set"
    )
    tile_url: str | None = Field(default=None, description="Background map tiles, off by default")
    tile_attribution: str = Field(default="", description="Credit for the background map")
    paper_marking: str = Field(
        default="OFFICIAL", min_length=1, description="Protective marking on documents for officers"
    )
    max_upload_mb: int = Field(default=2048, ge=1, description="Largest unpacked import, in MB")
    ward_panel_threshold: int = Field(
        default=5, ge=3, description="Smallest count but 0 that a ward panel is shown"
    )
    ward_panel_lag_days: int = Field(
        default=31, ge=0, description="Days after a quarter's end before its figures are published"
    )
    ward_panel_cell_m: float = Field(
        default=150.0, ge=150, description="Side of the ward map's squares, in metres"
    )
    night_kinds: Annotated[tuple[str, ...], NoDecode] = Field(
        default=_NIGHT.categories,
        description="Kinds of incident that count as night-time economy by their hour",
    )
    night_start_hour: int = Field(default=_NIGHT.start_hour, description="Hour a night starts")
    night_end_hour: int = Field(default=_NIGHT.end_hour, description="Hour a night ends")
    night_peak_start_hour: int = Field(
        default=_NIGHT.peak_start_hour, description="Hour the peak of a night starts"
    )
    night_peak_end_hour: int = Field(
        default=_NIGHT.peak_end_hour, description="Hour the peak of a night ends"
    )
    night_levy_start_hour: int = Field(
        default=_NIGHT.levy_start_hour, description="Hour the Late Night Levy's hours start"
    )
    night_levy_end_hour: int = Field(
        default=_NIGHT.levy_end_hour, description="Hour the Late Night Levy's hours end"
    )
    police_api_url: str = Field(
        default="https://data.police.uk/api", description="Address of the police.uk service"
    )
    boundaries_api_url: str = Field(
        default="https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services",
        description="Address of the ONS open geography service",
    )

    @field_validator("store")
    @classmethod
    def _refuse_unusable_path(cls, store: Path) -> Path:
        """Refuse a path before anything is written to it; links are followed, as the table does."""
        path = store.resolve()
        for name in path.parts[1:]:
            if unusable := _UNUSABLE.search(name):
                raise StorePathError(path, part=unusable.group())
        return store

    @field_validator("night_kinds", mode="before")
    @classmethod
    def _kinds(cls, value: object) -> object:
        """Read names with commas, as in a link; ``other`` is other theft with other crime."""
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        kinds = [
            kind
            for name in (str(each).strip() for each in names)
            if name
            for kind in LINK_NAMES.get(name, (name,))
        ]
        return tuple(kinds)

    @model_validator(mode="after")
    def _one_night(self) -> Settings:
        """Refuse kinds and hours that make no night, by the names of their variables."""
        try:
            _ = self.night_rule
        except NightRuleError as fault:
            message = f"{_NIGHT_VARIABLES[fault.part]}: {fault}"
            raise ValueError(message) from None
        return self

    @property
    def night_rule(self) -> NightRule:
        """What a night is, and which incidents in it are night-time economy."""
        return NightRule(
            start_hour=self.night_start_hour,
            end_hour=self.night_end_hour,
            peak_start_hour=self.night_peak_start_hour,
            peak_end_hour=self.night_peak_end_hour,
            levy_start_hour=self.night_levy_start_hour,
            levy_end_hour=self.night_levy_end_hour,
            categories=self.night_kinds,
        )

    def present(self) -> datetime:
        """Return the moment, in UTC: the machine's, or `now` and what has passed since the start.

        This is the one place that reads a clock; everything below the front doors is told.
        """
        if self.now is None:
            return datetime.now(tz=UTC)
        return self.now.astimezone(UTC) + timedelta(seconds=time.monotonic() - _STARTED)

    @property
    def incidents_path(self) -> Path:
        """Folder of the Delta table."""
        return self.store / "incidents"

    @property
    def imports_path(self) -> Path:
        """Folder of import records and rejected rows, one sub-folder an import."""
        return self.store / "imports"

    @property
    def wards_path(self) -> Path:
        """The ward layer in use, as GeoParquet in the metric CRS."""
        return self.store / "wards.parquet"

    @property
    def postcodes_path(self) -> Path:
        """The postcode table in use, in the metric CRS."""
        return self.store / "postcodes.parquet"

    @property
    def bases_path(self) -> Path:
        """Folder of the bases of opportunity, one Parquet file each."""
        return self.store / "bases"

    @property
    def operations_path(self) -> Path:
        """The operations store, where no address of a database is set."""
        return self.store / "operations.sqlite"

    @property
    def premises_path(self) -> Path:
        """The list of licensed premises in use, in the metric CRS."""
        return self.store / "premises.parquet"

    @property
    def context_path(self) -> Path:
        """Population and deprivation by small area, in the metric CRS."""
        return self.store / "context.parquet"

    @property
    def severity_path(self) -> Path:
        """The borough's own severity table; the one that ships is used where there is none."""
        return self.store / "severity.csv"

    @property
    def profiles_path(self) -> Path:
        """Folder of the borough's own column-mapping profiles (TOML)."""
        return self.store / "profiles"

    def salt(self) -> bytes:
        """Return the secret for hashing callers; made once and kept in the store if not set."""
        if self.caller_salt is not None:
            return self.caller_salt.get_secret_value().encode()
        path = self.store / "caller_salt"
        if not path.exists():
            self.store.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text().strip().encode()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises
    ------
    SettingsError
        With every variable whose value cannot be used.
    """
    try:
        return Settings()
    except ValidationError as faults:
        raise SettingsError(faults) from None
