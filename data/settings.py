"""Settings, from the environment (prefix ``HOTSPOT_``) or a ``.env`` file next to the app.

Every setting is listed in docs/settings.md; a test holds that.
"""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AwareDatetime,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import PlainError
from models.accounts.groups import GroupRole, group_roles
from models.calendar.night_rule import NightRule, NightRuleError
from models.wording.categories import LINK_NAMES

_STARTED = time.monotonic()
_NIGHT: Final = NightRule()
_SHORTEST_SECRET: Final = 16
_NIGHT_VARIABLES: Final = {
    "kinds": "HOTSPOT_NIGHT_KINDS",
    "night": "HOTSPOT_NIGHT_START_HOUR and HOTSPOT_NIGHT_END_HOUR",
    "peak": "HOTSPOT_NIGHT_PEAK_START_HOUR and HOTSPOT_NIGHT_PEAK_END_HOUR",
    "levy": "HOTSPOT_NIGHT_LEVY_START_HOUR and HOTSPOT_NIGHT_LEVY_END_HOUR",
}


_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,252})")
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}"
)


def mail_address(text: str) -> str:
    """Return an address that a mail can go to or come from: one alone, without a name.

    Raises
    ------
    ValueError
    """
    if not _ADDRESS.fullmatch(text):
        message = (
            f"{text[:80]!r} is no mail address. Give addresses alone, such as "
            "tasking@borough.gov.uk, with commas between them."
        )
        raise ValueError(message)
    return text


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


# Where systemd (LoadCredential=) and the compose file put secrets: one file each, named after the
# variable it stands for.
_SECRETS_FOLDER: Final = "CREDENTIALS_DIRECTORY"


class SecretsFolderError(PlainError, LookupError):
    """The folder of the secrets is named and not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no folder of secrets at {path}, which {_SECRETS_FOLDER} names. Nothing was "
            "opened, as it would have been another database. Mount the secrets there, or unset the "
            "variable."
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
    walking_kmh: float = Field(
        default=4.0, ge=1, le=8, description="Pace of a visit's walking loop, km/h"
    )
    paper_marking: str = Field(
        default="OFFICIAL", min_length=1, description="Protective marking on documents for officers"
    )
    max_upload_mb: int = Field(
        default=2048, ge=1, description="Largest upload, and largest unpacked import, in MB"
    )
    max_uploads_mb: int = Field(
        default=4096, ge=1, description="Largest sum of all uploads that are kept at once, in MB"
    )
    public_url: str | None = Field(
        default=None, description="Address at which others reach the app, https://…"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Addresses of the proxies whose word on a client's address counts"
    )
    undo_days: int = Field(
        default=14, ge=1, description="Days for which every import can be taken back"
    )
    undo_imports: int = Field(
        default=10, ge=1, description="Newest imports that can be taken back, however old they are"
    )
    version_months: int = Field(
        default=12, ge=1, description="Months for which the table version of a decision is kept"
    )
    sso_metadata_url: str | None = Field(
        default=None, description="OpenID Connect discovery document of the sign-in service"
    )
    sso_client_id: str | None = Field(default=None, description="The app's id at that service")
    sso_client_secret: SecretStr | None = Field(
        default=None, description="The app's secret at that service"
    )
    sso_scopes: str = Field(
        default="openid profile", description="Scopes that the sign-in service is asked for"
    )
    sso_groups_claim: str = Field(
        default="groups", min_length=1, description="Claim of the id token that lists groups"
    )
    sso_roles: Annotated[tuple[GroupRole, ...], NoDecode] = Field(
        default=(), description="Which groups have which role, and which wards"
    )
    sso_label: str = Field(
        default="Sign in with your council account",
        min_length=1,
        description="What the link to single sign-on says",
    )
    public_sources: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("police_uk",),
        description="Sources that everybody can read elsewhere: readers of ward figures can take "
        "them away",
    )
    ward_panel_threshold: int = Field(
        default=5,
        ge=3,
        description="Smallest number but 0 of visits, notices and so on that a ward panel is shown",
    )
    ward_panel_lag_days: int = Field(
        default=31, ge=0, description="Days after a quarter's end before its figures are published"
    )
    ward_panel_cell_m: float = Field(
        default=200.0, ge=150, description="Side of the ward map's squares, in metres"
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
    smtp_host: str | None = Field(default=None, description="Mail server for the weekly digest")
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the line to the mail server is secured; none on this computer alone",
    )
    smtp_user: str | None = Field(default=None, description="Account at the mail server")
    smtp_password: SecretStr | None = Field(default=None, description="Its password")
    smtp_from: str | None = Field(default=None, description="Address that the digest comes from")
    digest_to: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Addresses that the weekly digest is mailed to"
    )
    police_api_url: str = Field(
        default="https://data.police.uk/api", description="Address of the police.uk service"
    )
    boundaries_api_url: str = Field(
        default="https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services",
        description="Address of the ONS open geography service",
    )
    overpass_api_url: str = Field(
        default="https://overpass-api.de/api",
        description="Address of the Overpass service that gives OpenStreetMap's places",
    )
    os_downloads_url: str = Field(
        default="https://api.os.uk/downloads/v1",
        description="Address of the OS Downloads API",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read secrets from files too; what the environment says comes first."""
        named = os.environ.get(_SECRETS_FOLDER)
        if named and not Path(named).is_dir():
            raise SecretsFolderError(Path(named))
        files = SecretsSettingsSource(settings_cls, named) if named else file_secret_settings
        return init_settings, env_settings, dotenv_settings, files

    @field_validator("store")
    @classmethod
    def _refuse_unusable_path(cls, store: Path) -> Path:
        """Refuse a path before anything is written to it; links are followed, as the table does."""
        path = store.resolve()
        for name in path.parts[1:]:
            if unusable := _UNUSABLE.search(name):
                raise StorePathError(path, part=unusable.group())
        return store

    @field_validator("public_url")
    @classmethod
    def _only_https(cls, address: str | None) -> str | None:
        """Refuse an address over which passwords would be readable on the way."""
        if address is None:
            return None
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
            message = (
                f"HOTSPOT_PUBLIC_URL is {address[:100]!r}; it must be https:// and a host, for "
                "example https://hotspots.borough.gov.uk."
            )
            raise ValueError(message)
        return address.rstrip("/")

    @field_validator("public_sources", mode="before")
    @classmethod
    def _sources(cls, value: object) -> object:
        """Read names with commas."""
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        return tuple(name for each in names if (name := str(each).strip()))

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _proxies(cls, value: object) -> object:
        """Read addresses or networks with commas."""
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        proxies = tuple(name for each in names if (name := str(each).strip()))
        for name in proxies:
            ip_network(name)  # its own error names what is wrong
        return proxies

    @field_validator("digest_to", mode="before")
    @classmethod
    def _recipients(cls, value: object) -> object:
        """Read addresses with commas; each once, whatever its capitals."""
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple):
            return value
        given = {name.casefold(): name for each in names if (name := str(each).strip())}
        return tuple(mail_address(each) for each in given.values())

    @field_validator("smtp_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        return None if value is None else mail_address(value.strip())

    @model_validator(mode="after")
    def _all_of_the_mail_server(self) -> Settings:
        """Refuse a mail server named in part, or one that others could listen to on the way."""
        message = ""
        if self.smtp_host is not None and self.smtp_from is None:
            message = "HOTSPOT_SMTP_HOST is set: it also needs HOTSPOT_SMTP_FROM."
        elif self.smtp_host is not None and not _HOST.fullmatch(self.smtp_host):
            message = "HOTSPOT_SMTP_HOST must be a host name or an address, without a port."
        elif (self.smtp_user is None) != (self.smtp_password is None):
            message = "HOTSPOT_SMTP_USER and HOTSPOT_SMTP_PASSWORD go with each other: set both."
        elif self.smtp_security == "none" and self.smtp_host not in (None, *_LOOPBACK):
            message = (
                "HOTSPOT_SMTP_SECURITY is none, which is for a mail server on this computer alone. "
                "Use starttls or tls."
            )
        if message:
            raise ValueError(message)
        return self

    @field_validator("caller_salt")
    @classmethod
    def _refuse_short_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse a secret that is empty, or so short that it could be guessed."""
        length = len(secret.get_secret_value().strip()) if secret is not None else _SHORTEST_SECRET
        if length < _SHORTEST_SECRET:
            found = f"has {length} characters" if length else "is empty"
            message = (
                f"it {found}; give a secret of at least {_SHORTEST_SECRET} characters, or leave "
                "the variable out for one that the store makes and keeps."
            )
            raise ValueError(message)
        return secret

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

    @field_validator("sso_roles", mode="before")
    @classmethod
    def _groups(cls, value: object) -> object:
        return group_roles(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _all_of_single_sign_on(self) -> Settings:
        """Refuse a sign-in service that is named in part, or whose answers others could read."""
        given = {
            "HOTSPOT_SSO_CLIENT_ID": self.sso_client_id,
            "HOTSPOT_SSO_CLIENT_SECRET": self.sso_client_secret,
            "HOTSPOT_SSO_ROLES": self.sso_roles,
        }
        if self.sso_metadata_url is None:
            return self
        parts = urlsplit(self.sso_metadata_url)
        local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        message = ""
        if not parts.hostname or not (parts.scheme == "https" or local):
            message = "HOTSPOT_SSO_METADATA_URL must begin with https:// and a host."
        elif missing := [name for name, each in given.items() if not each]:
            message = f"HOTSPOT_SSO_METADATA_URL is set: it also needs {' and '.join(missing)}."
        elif "openid" not in self.sso_scopes.split():
            message = "HOTSPOT_SSO_SCOPES must contain openid."
        if message:
            raise ValueError(message)
        return self

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
    def kept_since_path(self) -> Path:
        """Since when incidents are all there, after retention has removed earlier ones."""
        return self.store / "kept_since.json"

    @property
    def imports_path(self) -> Path:
        """Folder of import records and rejected rows, one sub-folder an import."""
        return self.store / "imports"

    @property
    def wards_path(self) -> Path:
        """The ward layer in use, as GeoParquet in the metric CRS."""
        return self.store / "wards.parquet"

    @property
    def next_wards_path(self) -> Path:
        """The ward layer that incidents are being joined to; not there at other times."""
        return self.store / "wards.next.parquet"

    @property
    def demo_unfinished_path(self) -> Path:
        """Says that the demo is being built or taken out, or was when that was cut short."""
        return self.store / "demo-unfinished.json"

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
    def places_path(self) -> Path:
        """Folder of the layers of streets and places, one Parquet file for each kind."""
        return self.store / "places"

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

    @property
    def caller_salt_path(self) -> Path:
        """The secret that callers are hashed with, where `caller_salt` is not set."""
        return self.store / "caller_salt"

    @property
    def caller_check_path(self) -> Path:
        """What tells the secret that callers were hashed with from another."""
        return self.store / "caller_salt.check"

    @property
    def erased_callers_path(self) -> Path:
        """Who was erased on request, as hashes, so that no import brings them back."""
        return self.store / "erased_callers.json"

    @property
    def accounts_marker_path(self) -> Path:
        """What says outside the operations database that it has accounts."""
        return self.store / "accounts.json"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once.

    Raises
    ------
    SettingsError
        With every variable whose value cannot be used.
    SecretsFolderError
        If a folder of secrets is named and not there.
    """
    try:
        return Settings()
    except ValidationError as faults:
        raise SettingsError(faults) from None
