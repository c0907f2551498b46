"""From a file to what its import would do: what the command line and the import page both call."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from data.incidents import table
from data.incidents.caller_salt import salt_for_preview
from data.incidents.preview import preview_batches
from data.services.loading import (
    opened_to_read,
    profile_for,
    profile_named,
    rows_of,
    wards_for_import,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from data.incidents.choices import ImportChoices
    from data.incidents.ingest import Progress
    from data.incidents.preview import ImportPreview
    from data.settings import Settings
    from data.sources.opening import Recognised


def preview_path(
    path: Path,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None = None,
    choices: ImportChoices | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportPreview:
    """Say what the import of a file would do; parameters and errors as `loading.import_path`.

    Nothing is written to the store.
    """
    wards_for_import(settings)  # before anything of a large file is read
    file = opened_to_read(path, profile=profile, settings=settings)
    return preview_recognised(
        file, settings=settings, now=now, profile=profile, choices=choices, progress=progress
    )


def preview_basis(settings: Settings, *, profile: str | None) -> str:
    """Return in short what a preview rests on apart from the file; another one where that changed.

    Parameters
    ----------
    settings : Settings
    profile : str or None
        Name of the profile that the file is read with.
    """
    try:
        version = table.opened(settings).version()
    except table.EmptyStoreError:
        version = 0
    files = [settings.wards_path, settings.postcodes_path, settings.erased_callers_path]
    changed = [each.stat().st_mtime_ns if each.exists() else 0 for each in files]
    mapping = None if profile is None else profile_named(profile, settings=settings)
    content = repr((version, changed, mapping)).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def preview_recognised(
    file: Recognised,
    *,
    settings: Settings,
    now: datetime,
    profile: str | None = None,
    choices: ImportChoices | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportPreview:
    """Say what the import of a file that is open already would do.

    Parameters
    ----------
    file : Recognised
        What `loading.look_at` returned.
    settings, now, profile, choices, progress
        As `loading.import_path` takes them.

    Raises
    ------
    PlainError
        As the import would.
    """
    wards = wards_for_import(settings)
    mapping = profile_for(file, profile=profile, settings=settings)
    batches, notes = rows_of(
        file, mapping, settings=settings, wards=wards, now=now, salt_of=salt_for_preview
    )
    return preview_batches(
        batches,
        settings=settings,
        wards=wards,
        notes=notes,
        choices=choices,
        date_format="" if mapping is None else mapping.date_format,
        progress=progress,
    )
