"""From a path to an import record: what the command line and the import page both call.

It tells what kind of file it is, reads it with the right source, and hands the checked rows to the
one import. It also puts ward files and postcode tables into the store, and builds the demo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.demo.geography import demo_wards
from data.demo.night_areas import build_night_areas, remove_night_areas
from data.demo.operations import build_operations, remove_operations
from data.demo.performance import build_performance, remove_performance
from data.demo.premises import demo_premises
from data.demo.simulate import demo_batches
from data.demo.ward_records import build_ward_records, remove_ward_records
from data.incidents import table
from data.incidents.detection import SIMULATED, wards_in_use
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from data.incidents.wards_join import rejoin
from data.sources import police_uk, tabular
from data.sources.boundaries import load_wards, read_wards, save_wards
from data.sources.errors import UnknownColumnsError
from data.sources.files import Limits
from data.sources.opening import Recognised, recognise
from data.sources.postcodes import load_postcodes
from data.sources.premises import load_premises, save_premises
from data.sources.profile import Profile, known_profiles, load_profile
from geo.errors import PlainError
from geo.ward_vintage import vintage_warnings
from geo.wards import ward_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from data.incidents.contract import Checked
    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.settings import Settings
    from geo.postcodes import PostcodeTable
    from geo.wards import WardLayer

DEMO_NAME: Final = "SIMULATED demo data"


class MixedStoreError(PlainError, ValueError):
    """Real and simulated incidents must not stand in one store."""

    def __init__(self) -> None:
        super().__init__(
            "The store holds the simulated demo, and real incidents must not be mixed with it. "
            "Take the demo out first (Import data, or `hotspots demo --remove`), or name another "
            "store with HOTSPOT_STORE."
        )


class UnknownProfileError(PlainError, LookupError):
    """A profile was named that there is not."""

    def __init__(self, name: str, *, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There is no profile called {name!r}. Known: {', '.join(known)}. Choose one of these, "
            "or save your own on the page Import data."
        )


def look_at(path: Path, *, settings: Settings) -> Recognised:
    """Tell what a file is by its content, and which of the known profiles fit it.

    Raises
    ------
    FileError
        If there is no file, or it holds no table.
    """
    known = known_profiles(settings.profiles_path)
    profiles = [load_profile(known[name]) for name in known]
    return recognise(path, profiles=profiles, limits=_limits(settings))


def import_path(
    path: Path,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None = None,
    name: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportRecord:
    """Import a file, a folder of months or a downloaded ZIP.

    Parameters
    ----------
    path : Path
    settings : Settings
    now : datetime
        Aware.
    profile : str, optional
        Name of the column mapping; without it the file's columns decide.
    name : str, optional
        What to call the import; the file's name without it.
    progress : callable, optional
        Told after each batch.

    Raises
    ------
    NoWardsError
        If no ward layer is loaded.
    MixedStoreError
        If the store holds the demo.
    FileError, ProfileError, UnknownProfileError
        If the file cannot be read.
    StoreBusyError, OtherWardsError
        See `data.incidents.ingest.import_batches`.
    """
    wards = wards_in_use(settings)
    if holds_demo(settings):
        raise MixedStoreError
    looked = look_at(path, settings=settings) if profile is None else None
    batches: Iterator[Checked]
    if looked is not None and looked.kind == "police_uk":
        batches = police_uk.read(
            path,
            metric_crs=settings.metric_crs,
            now=now,
            timezone=settings.timezone,
            limits=_limits(settings),
        )
    else:
        batches = tabular.read(
            path,
            _profile(profile, path=path, looked=looked, settings=settings),
            metric_crs=settings.metric_crs,
            timezone=settings.timezone,
            salt=settings.salt(),
            postcodes=postcodes_in_use(settings),
            now=now,
            region=wards.bounds,
            limits=_limits(settings),
        )
    return import_batches(
        batches,
        settings=settings,
        wards=wards,
        name=name or path.name,
        now=now,
        notes=() if looked is None else looked.notes,
        progress=progress,
    )


def profile_named(name: str, *, settings: Settings) -> Profile:
    """Return a profile by name.

    Raises
    ------
    UnknownProfileError
        If there is none of that name.
    """
    known = known_profiles(settings.profiles_path)
    if name not in known:
        raise UnknownProfileError(name, known=tuple(known))
    return load_profile(known[name])


def _profile(
    name: str | None, *, path: Path, looked: Recognised | None, settings: Settings
) -> Profile:
    """Return the named profile, or the only one that fits."""
    if name is not None:
        return profile_named(name, settings=settings)
    fitting = looked.profiles if looked else ()
    if len(fitting) == 1:
        return profile_named(fitting[0], settings=settings)
    columns = ", ".join(looked.columns)[:300] if looked else ""
    several = f"the profiles {', '.join(fitting)} all fit" if fitting else "no profile fits"
    raise UnknownColumnsError(
        what=f"{path.name} is not a data.police.uk file, and no one profile is meant for it.",
        found=f"the columns {columns}; {several}",
        do="Name a profile, or map the columns once on the page Import data.",
    )


def load_ward_file(
    path: Path,
    *,
    settings: Settings,
    now: datetime,
    crs: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    layer: str | None = None,
) -> WardLayer:
    """Put a ward file into use, and join the incidents held to it.

    Raises
    ------
    MixedStoreError
        If the store holds the demo.
    WardFileError, FileError
        If the file cannot be used.
    CommitConflictError
        If an import was stored meanwhile.
    """
    if holds_demo(settings):
        raise MixedStoreError
    read = read_wards(
        path,
        metric_crs=settings.metric_crs,
        crs=crs,
        code_column=code_column,
        name_column=name_column,
        layer=layer,
    )
    use_wards(read, settings=settings, now=now)
    return read


def use_wards(layer: WardLayer, *, settings: Settings, now: datetime) -> None:
    """Put a ward layer into use, and join the incidents held to it."""
    rejoin(settings, layer, now=now)
    save_wards(layer, settings.wards_path)


def ward_warnings(layer: WardLayer, *, settings: Settings) -> tuple[str, ...]:
    """Say in what way a ward layer does not fit the borough or the postcodes in use."""
    postcodes = postcodes_in_use(settings)
    return tuple(
        finding.words
        for finding in vintage_warnings(
            layer,
            borough_code=settings.borough_code,
            postcodes=postcodes,
        )
    )


def postcodes_in_use(settings: Settings) -> PostcodeTable | None:
    """Return the postcode table of the store; None where none was loaded."""
    return load_postcodes(settings.postcodes_path) if settings.postcodes_path.exists() else None


def holds_incidents(settings: Settings) -> bool:
    """Tell whether the store holds any incident."""
    try:
        return table.rows(table.opened(settings)) > 0
    except table.EmptyStoreError:
        return False


def holds_demo(settings: Settings) -> bool:
    """Tell whether the store holds simulated incidents."""
    return any(each.undone is None and SIMULATED in each.source for each in imports(settings))


def build_demo(
    settings: Settings, *, now: datetime, progress: Callable[[Progress], None] | None = None
) -> ImportRecord:
    """Fill an empty store with the simulated demo: incidents, then taskings with their visits.

    Raises
    ------
    MixedStoreError
        If the store holds real incidents.
    """
    if holds_incidents(settings):
        raise MixedStoreError
    layer = ward_layer(demo_wards(), metric_crs=settings.metric_crs)
    use_wards(layer, settings=settings, now=now)
    save_premises(demo_premises(), settings.premises_path)
    record = import_batches(
        demo_batches(),
        settings=settings,
        wards=layer,
        name=DEMO_NAME,
        now=now,
        progress=progress,
    )
    build_operations(settings, now=now)
    build_ward_records(settings, now=now)
    build_night_areas(settings, now=now)
    build_performance(settings, now=now)
    return record


def remove_demo(settings: Settings, *, now: datetime) -> int:
    """Take the demo out of the store, its wards and taskings too.

    Returns
    -------
    int
        How many imports were taken back.
    """
    taken = 0
    for each in imports(settings):
        if each.undone is None and SIMULATED in each.source:
            undo(each.import_id, settings=settings, now=now)
            taken += 1
    if taken:
        remove_operations(settings, now=now)
        remove_ward_records(settings, now=now)
        remove_performance(settings, now=now)
        remove_night_areas(settings, now=now)
        settings.wards_path.unlink(missing_ok=True)
        held = load_premises(settings.premises_path, metric_crs=settings.metric_crs)
        if held is not None and SIMULATED in held.title:
            settings.premises_path.unlink()
    return taken


def wards_or_none(settings: Settings) -> WardLayer | None:
    """Return the ward layer in use; None where none is loaded."""
    return load_wards(settings.wards_path) if settings.wards_path.exists() else None


def _limits(settings: Settings) -> Limits:
    return Limits(unpacked_mb=settings.max_upload_mb)
