"""What a backup and a restore say of the secret that callers are hashed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.incidents.caller_salt import salt_state

if TYPE_CHECKING:
    from data.operations.backup.contents import Manifest
    from data.settings import Settings


def salt_sentence(manifest: Manifest, *, settings: Settings) -> str:
    """Say whether a backup that was just made holds the secret."""
    if manifest.holds_salt:
        return "It contains the secret used to hash callers: keep it as safe as the store."
    if settings.caller_salt is not None:
        where = "It is set by HOTSPOT_CALLER_SALT"
    elif settings.caller_salt_path.exists():
        where = f"It is the file {settings.caller_salt_path}"
    else:
        return "The store has no secret for callers yet, so the backup needs none."
    return (
        "It does not contain the secret used to hash callers, without which callers cannot be "
        f"matched after a restore. {where}: keep a copy elsewhere, apart from the backup."
    )


def restored_salt_sentence(manifest: Manifest, *, settings: Settings) -> str:
    """Say how the secret stands after a restore."""
    stands = salt_state(settings)
    if stands.state == "right":
        return "The secret used to hash callers is there, and is the one of the backup."
    if not stands.hashed_callers:
        return "The backup contains no hashed callers, so it needs no secret for them."
    if stands.state == "unchecked":
        return (
            "The backup contains hashed callers"
            f"{'' if manifest.holds_salt else ' but not the secret used to hash them'}. Check that "
            f"the secret in {stands.place} is the one of that store."
        )
    what = "is missing" if stands.state == "missing" else "is another one"
    return (
        "The backup does not contain the secret used to hash callers, and the one here "
        f"{what} ({stands.place}). Put the right one there before the next import that has "
        "callers; until then such imports are refused. `hotspots caller-secret` says more."
    )
