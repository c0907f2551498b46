"""From a path to an import record: what the command line and the import page both call.

It opens the file once, tells what kind it is, reads it with the right source, and hands the checked
rows to the one import. It also puts ward files into use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.incidents import table
from data.incidents.caller_salt import caller_salt
from data.incidents.imports import imports
from data.incidents.ingest import import_batches
from data.incidents.wards_join import use_wards
from data.layers.postcodes import postcodes_in_use
from data.layers.wards import wards_in_use
from data.locks import locked
from data.rows.erased_callers import erased_callers
from data.rows.errors import NotATableError, UnknownColumnsError
from data.services.upkeep import upkeep_when_due
from data.sources import police_uk, tabular
from data.sources.boundaries import WARD_LIMITS, read_wards
from data.sources.files import Limits
from data.sources.opening import Recognised, recognise, unmapped_domestic_note
from data.sources.profile import Profile, known_profiles, load_profile
from data.sources.source_file import open_source
from geo.errors import PlainError
from geo.ward_vintage import vintage_warnings
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from data.incidents.choices import ImportChoices
    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.rows.contract import Checked
    from data.settings import Settings
    from geo.wards import WardLayer


class MixedStoreError(PlainError, ValueError):
    """Real and simulated incidents must not stand in one store."""

    def __init__(self) -> None:
        super().__init__(
            "The store holds the simulated demo, and real incidents must not be mixed with it. "
            "Take the demo out first (Import data, or `hotspots demo --remove`), or name another "
            "store with HOTSPOT_STORE."
        )


class UnknownProfileError(PlainError, LookupError):
    """No profile has this name."""

    def __init__(self, name: str, *, known: tuple[str, ...]) -> None:
        super().__init__(
            f"Unknown profile {name!r}. Known: {', '.join(known)}. Choose one of these, "
            "or save your own on the page Import data."
        )


def look_at(path: Path, *, settings: Settings) -> Recognised:
    """Open a file and tell what it is by its content, and which of the known profiles fit it.

    Raises
    ------
    FileError
        If there is no file, or it holds no table.
    """
    known = known_profiles(settings.profiles_path)
    profiles = [load_profile(known[name]) for name in known]
    return recognise(open_source(path, limits=_limits(settings)), profiles=profiles)


def opened_to_read(path: Path, *, profile: str | None, settings: Settings) -> Recognised:
    """Open a file; with a profile named, nothing else is asked of it.

    Raises
    ------
    FileError
    """
    if profile is None:
        return look_at(path, settings=settings)
    return Recognised(open_source(path, limits=_limits(settings)))


def import_path(
    path: Path,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None = None,
    name: str | None = None,
    choices: ImportChoices | None = None,
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
    choices : ImportChoices, optional
        What the user said of what the rows do not say themselves.
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
    StoreBusyError, OtherWardsError, data.locks.StoreLockedError
        See `data.incidents.ingest.import_batches`.
    """
    wards_for_import(settings)  # before anything of a large file is read
    file = opened_to_read(path, profile=profile, settings=settings)
    return import_recognised(
        file,
        settings=settings,
        now=now,
        profile=profile,
        name=name,
        choices=choices,
        progress=progress,
    )


def import_recognised(
    file: Recognised,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None = None,
    name: str | None = None,
    choices: ImportChoices | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportRecord:
    """Import a file that is open already; parameters and errors as `import_path`.

    Parameters
    ----------
    file : Recognised
        What `look_at` returned.
    settings, now, profile, name, choices, progress
    """
    wards_for_import(settings)
    with locked(settings.store, "importing incidents", shared=True):
        return _imported(
            file,
            settings=settings,
            now=now,
            profile=profile,
            name=name,
            choices=choices,
            progress=progress,
        )


def _imported(
    file: Recognised,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None,
    name: str | None,
    choices: ImportChoices | None,
    progress: Callable[[Progress], None] | None,
) -> ImportRecord:
    wards = wards_for_import(settings)  # as they are now that nothing replaces them
    mapping = profile_for(file, profile=profile, settings=settings)
    batches, notes = rows_of(
        file, mapping, settings=settings, wards=wards, now=now, salt_of=caller_salt
    )
    record = import_batches(
        batches,
        settings=settings,
        wards=wards,
        name=name or file.source.name,
        now=now,
        notes=notes,
        choices=choices,
        progress=progress,
    )
    upkeep_when_due(settings, now=now)
    return record


def rows_of(
    file: Recognised,
    mapping: Profile | None,
    *,
    settings: Settings,
    wards: WardLayer,
    now: datetime,
    salt_of: Callable[[Settings], bytes],
) -> tuple[Iterator[Checked], tuple[str, ...]]:
    """Return a file's rows in checked batches, and what is to be noted of the file.

    Parameters
    ----------
    file : Recognised
    mapping : Profile or None
        From `profile_for`; None for a data.police.uk download.
    settings : Settings
    wards : WardLayer
    now : datetime
        Aware; nothing may happen after it.
    salt_of : callable
        Returns the secret that callers are hashed with.
    """
    if mapping is None:
        if file.download is None:
            raise _no_profile(file)
        batches = police_uk.read(
            file.download, metric_crs=settings.metric_crs, now=now, timezone=settings.timezone
        )
        return batches, file.notes
    notes = (*file.source.notes, *unmapped_domestic_note(file.source, mapping))
    if file.source.workbook is not None:
        notes = (*notes, *file.source.workbook.notes(mapping.needed))
    salt = salt_of(settings) if mapping.columns.caller else b""
    batches = tabular.read(
        file.source,
        mapping,
        metric_crs=settings.metric_crs,
        timezone=settings.timezone,
        callers=erased_callers(settings.erased_callers_path, salt=salt),
        postcodes=postcodes_in_use(settings),
        now=now,
        region=wards.bounds,
    )
    return batches, notes


def wards_for_import(settings: Settings) -> WardLayer:
    """Return the wards in use, once it is known that real incidents may go into the store.

    Raises
    ------
    NoWardsError, MixedStoreError
    """
    wards = wards_in_use(settings)
    if holds_demo(settings):
        raise MixedStoreError
    return wards


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


def street_workbook_fault(file: Recognised) -> NotATableError:
    """Return why a data.police.uk file that was saved as a workbook is not read as one."""
    return NotATableError(
        what=f"{file.source.name} has the columns of data.police.uk, but it is a workbook.",
        found="a street-level file that a spreadsheet program saved as XLSX",
        do="Import the CSV as it was downloaded, or save this sheet as CSV and import that.",
    )


def profile_for(file: Recognised, *, profile: str | None, settings: Settings) -> Profile | None:
    """Return the profile that a file is read with: the named one, or the only one that fits.

    Returns
    -------
    Profile or None
        None for a data.police.uk download, which needs none.

    Raises
    ------
    UnknownProfileError, FileError
    """
    if profile is not None:
        return profile_named(profile, settings=settings)
    if file.download is not None:
        return None
    if len(file.profiles) == 1:
        return profile_named(file.profiles[0], settings=settings)
    if file.is_street_workbook:
        raise street_workbook_fault(file)
    raise _no_profile(file)


def _no_profile(file: Recognised) -> UnknownColumnsError:
    fitting = file.profiles
    several = f"the profiles {', '.join(fitting)} all fit" if fitting else "no profile fits"
    return UnknownColumnsError(
        what=f"{file.source.name} is not a data.police.uk file, and no single profile fits it.",
        found=f"the columns {', '.join(file.columns)[:300]}; {several}",
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
    data.locks.StoreLockedError
        If the store is being changed by something else.
    """
    if holds_demo(settings):
        raise MixedStoreError
    read = read_wards(
        open_source(path, limits=WARD_LIMITS),
        metric_crs=settings.metric_crs,
        crs=crs,
        code_column=code_column,
        name_column=name_column,
        layer=layer,
    )
    with locked(settings.store, "putting wards into use"):
        if holds_demo(settings):  # built while the file was read
            raise MixedStoreError
        use_wards(read, settings=settings, now=now)
    return read


def ward_warnings(layer: WardLayer, *, settings: Settings) -> tuple[str, ...]:
    """Say in what way a ward layer does not fit the borough or the postcodes in use."""
    postcodes = postcodes_in_use(settings)
    return tuple(
        finding.message
        for finding in vintage_warnings(
            layer,
            borough_code=settings.borough_code,
            postcodes=postcodes,
        )
    )


def holds_incidents(settings: Settings) -> bool:
    """Tell whether the store holds any incident."""
    try:
        return table.rows(table.opened(settings)) > 0
    except table.EmptyStoreError:
        return False


def holds_demo(settings: Settings) -> bool:
    """Tell whether the store holds simulated incidents, or the demo was cut short in it."""
    return settings.demo_unfinished_path.exists() or any(
        each.undone is None and SIMULATED in each.source for each in imports(settings)
    )


def _limits(settings: Settings) -> Limits:
    return Limits(unpacked_mb=settings.max_upload_mb)
