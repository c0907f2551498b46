"""Downloading streets and places for the wards in use, and loading them, kind by kind.

What is whole is kept in the folder of the downloads: the next call goes on from there, and a kind
that is whole is not asked for again. Only `hotspots fetch --places` comes here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args
from zoneinfo import ZoneInfo

from pyproj import Transformer
from shapely import box

from data import locks
from data.layers.wards import wards_in_use
from data.rows.errors import FileError
from data.services.places import OSM_CREDIT, OSM_LICENCE, PlaceLabels, load_places_file
from data.sources.kept_downloads import KeptDownload, KeptDownloads, digest_of_file
from data.sources.large_files import size_label
from data.sources.os_downloads import OS_PRODUCTS, fetch_release, newest_release
from data.sources.osm_answers import osm_xml
from data.sources.overpass import fetch_osm, offered_by_osm, place_query
from data.sources.replies import service_of
from data.sources.street_files import replace_file
from geo.crs import WGS84
from geo.errors import PlainError
from geo.places import KIND_LABELS, PLACE_KINDS, kind_in_sentence, places_box

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime
    from pathlib import Path

    from shapely import Polygon

    from data.services.places import PlacesLoaded
    from data.settings import Settings
    from data.sources.http import PoliteClient
    from geo.places import PlaceKind

Provider = Literal["osm", "os"]
PlaceState = Literal["downloaded", "kept", "none", "unusable"]

PROVIDERS: Final[tuple[Provider, ...]] = get_args(Provider)
_LOCK: Final = ".fetch.lock"
_DECIMALS: Final = 6  # of degrees, about 10 cm
_OS_LICENCE: Final = "Open Government Licence v3.0"
_OS_CREDIT: Final = "Contains OS data © Crown copyright and database right {year}"


class UnknownProviderError(PlainError, LookupError):
    """Places are not downloaded from there."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"Unknown provider {provider[:40]!r}. Use osm (OpenStreetMap) or os (Ordnance Survey's "
            "open data: streets and parks)."
        )


@dataclass(frozen=True, slots=True)
class PlaceFetch:
    """What is to be downloaded.

    Attributes
    ----------
    provider : {"osm", "os"}
    kinds : tuple of PlaceKind
    folder : Path
        Of the downloads.
    load : bool
        Whether the layers are loaded into the store as well.
    refresh : bool
        Whether what is whole is asked for again.
    """

    provider: Provider
    kinds: tuple[PlaceKind, ...]
    folder: Path
    load: bool = True
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class PlaceFetched:
    """What became of one kind.

    Attributes
    ----------
    kind : PlaceKind
    state : {"downloaded", "kept", "none", "unusable"}
        "kept" where the whole file was there already; "none" where the provider has no such places,
        or none here; "unusable" where its file could not be loaded.
    file : str
        Name of the file and its size; "" without one.
    loaded : PlacesLoaded or None
        The layer, where it was loaded.
    reason : str
        Why there is no layer.
    """

    kind: PlaceKind
    state: PlaceState
    file: str = ""
    loaded: PlacesLoaded | None = None
    reason: str = ""


def read_provider(text: str) -> Provider:
    """Return the provider of that name.

    Raises
    ------
    UnknownProviderError
    """
    for provider in PROVIDERS:
        if provider == text.strip().casefold():
            return provider
    raise UnknownProviderError(text)


def offered_kinds(provider: Provider) -> tuple[PlaceKind, ...]:
    """Return the kinds of place that a provider has."""
    if provider == "os":
        return tuple(OS_PRODUCTS)
    return tuple(kind for kind in PLACE_KINDS if offered_by_osm(kind))


def fetch_places(
    asked: PlaceFetch,
    *,
    settings: Settings,
    now: datetime,
    person: str,
    client: PoliteClient,
    progress: Callable[[float, str], None] | None = None,
) -> Generator[PlaceFetched]:
    """Download the places of each kind in the wards' box, and load them, one kind after another.

    Parameters
    ----------
    asked : PlaceFetch
    settings : Settings
        Of the store, whose wards say where.
    now : datetime
        Aware.
    person : str
        Who loads them, as it is shown with the layers.
    client : PoliteClient
        Made with `data.sources.overpass.OVERPASS_POLICY`.
    progress : callable, optional
        Told the share done of all kinds (0 to 1) and a sentence.

    Yields
    ------
    PlaceFetched
        For each kind, once it is loaded.

    Raises
    ------
    NoWardsError
        If no wards are loaded; nothing is asked for then.
    FetchError, FolderError, data.faults.FaultError
        Where the service, the way to it or the disk failed. What is whole is kept and loaded, and
        the same call goes on from there.
    data.locks.StoreLockedError
        If another process downloads into the folder.
    """
    area = _area(settings)
    doing = "downloading streets and places"
    with locks.locked(asked.folder, doing, name=_LOCK, wait_s=0):
        fetching = _Fetching(asked, area, settings=settings, client=client)
        for number, kind in enumerate(asked.kinds):

            def tell(done: float, words: str, number: int = number) -> None:
                if progress is not None:
                    progress((number + done) / len(asked.kinds), words)

            tell(0.0, f"Looking for {kind_in_sentence(kind)}")
            fetched, kept = fetching.kind(kind, tell=tell)
            if kept is not None and asked.load:
                labels = fetching.labels(kind, kept)
                fetched = _loaded(
                    fetched, fetching.path(kept), labels, settings=settings, now=now, person=person
                )
            tell(1.0, f"{KIND_LABELS[kind].partition(' (')[0]}: {fetched.state}")
            yield fetched


class _Fetching:
    """The downloads of one call."""

    def __init__(
        self, asked: PlaceFetch, area: Polygon, *, settings: Settings, client: PoliteClient
    ) -> None:
        self._asked, self._area, self._client = asked, area, client
        self._urls = {"osm": settings.overpass_api_url, "os": settings.os_downloads_url}
        self._zone = ZoneInfo(settings.timezone)
        self._downloads = KeptDownloads(asked.folder)

    def path(self, kept: KeptDownload) -> Path:
        return self._asked.folder / kept.file

    def kind(
        self, kind: PlaceKind, *, tell: Callable[[float, str], None]
    ) -> tuple[PlaceFetched, KeptDownload | None]:
        """Download the places of a kind, unless they are there or there are none."""
        provider = self._asked.provider
        if kind not in offered_kinds(provider):
            return PlaceFetched(kind, "none", reason=_not_offered(provider)), None
        question, name = self._question(kind), f"{provider}-{kind}"
        kept = None if self._asked.refresh else self._downloads.whole(name, question=question)
        if kept is not None:
            return PlaceFetched(kind, "kept", self._file(kept)), kept
        fetch = self._from_osm if provider == "osm" else self._from_os
        kept = fetch(kind, tell)
        if kept is None:
            reason = f"{self._osm()} has none in the box of the wards and 1 km around"
            return PlaceFetched(kind, "none", reason=reason), None
        self._downloads.note(name, kept, question=question)
        return PlaceFetched(kind, "downloaded", self._file(kept)), kept

    def labels(self, kind: PlaceKind, kept: KeptDownload) -> PlaceLabels:
        """Return what is said of a layer: its source, date, licence and credit."""
        if self._asked.provider == "osm":
            return PlaceLabels(None, kept.shown_on, self._osm(), OSM_LICENCE, OSM_CREDIT)
        credit = _OS_CREDIT.format(year=kept.shown_on.year)
        title = OS_PRODUCTS[kind].title
        return PlaceLabels(title, kept.shown_on, kept.release, _OS_LICENCE, credit)

    def _question(self, kind: PlaceKind) -> str:
        url = self._urls[self._asked.provider]
        if self._asked.provider == "osm":
            return f"{url}\n{place_query(kind, tile=self._area)}"
        return f"{url}\n{OS_PRODUCTS[kind].name}"

    def _from_osm(self, kind: PlaceKind, tell: Callable[[float, str], None]) -> KeptDownload | None:
        answer = fetch_osm(
            kind,
            area=self._area,
            client=self._client,
            url=self._urls["osm"],
            progress=lambda done: tell(done, f"Downloading {kind_in_sentence(kind)}"),
        )
        if not answer.elements:
            return None
        name = f"osm-{kind}.osm"
        content = osm_xml(answer)
        replace_file(self._asked.folder / name, content)
        shown_on = answer.as_of.astimezone(self._zone).date()
        return KeptDownload(name, shown_on, "OpenStreetMap", self._digest(name))

    def _from_os(self, kind: PlaceKind, tell: Callable[[float, str], None]) -> KeptDownload:
        release = newest_release(OS_PRODUCTS[kind], client=self._client, url=self._urls["os"])
        tell(0.0, f"Downloading {release.file.title}: {release.file.size_label}")
        path = fetch_release(
            release,
            self._asked.folder,
            client=self._client,
            unpack=self._asked.load,
            progress=tell,
        )
        return KeptDownload(
            path.name, release.shown_on, release.file.title, self._digest(path.name)
        )

    def _osm(self) -> str:
        return f"OpenStreetMap (Overpass at {service_of(self._urls['osm'])})"

    def _digest(self, name: str) -> str:
        return digest_of_file(self._asked.folder / name)

    def _file(self, kept: KeptDownload) -> str:
        return f"{kept.file}, {size_label(self.path(kept).stat().st_size)}"


def _loaded(
    fetched: PlaceFetched,
    path: Path,
    labels: PlaceLabels,
    *,
    settings: Settings,
    now: datetime,
    person: str,
) -> PlaceFetched:
    """Load a file that is whole, or say why it cannot be."""
    try:
        loaded = load_places_file(
            path, kind=fetched.kind, settings=settings, now=now, person=person, labels=labels
        )
    except FileError as fault:
        return replace(fetched, state="unusable", reason=str(fault))
    return replace(fetched, loaded=loaded)


def _area(settings: Settings) -> Polygon:
    """Return the box of the wards and 1 km around, EPSG:4326."""
    metric = places_box(wards_in_use(settings).bounds)
    to_degrees = Transformer.from_crs(settings.metric_crs, WGS84, always_xy=True)
    west, south, east, north = (
        round(float(each), _DECIMALS) for each in to_degrees.transform_bounds(*metric)
    )
    return box(west, south, east, north)


def _not_offered(provider: Provider) -> str:
    if provider == "os":
        return (
            "Ordnance Survey's open downloads have streets and parks; take others with "
            "--provider osm"
        )
    return "no tag of OpenStreetMap means these; load them from a file with `hotspots places`"
