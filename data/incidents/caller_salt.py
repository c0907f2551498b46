"""The secret that callers are hashed with: made once, and never replaced in silence.

A caller is kept as a hash under this secret, so that repeat callers can be counted without their
numbers. With another secret the same caller has another hash: every count of repeat callers would
be wrong, and nobody would see it. So where hashed callers exist, a secret that is missing, empty or
another one is an error. Next to it the store keeps a check value, from which the secret cannot be
worked out, to tell the right one from another; that is in backups, the secret itself is not unless
asked for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import pyarrow.compute as pc
import pyarrow.dataset as pads

from data import seals
from data.durable import write_file
from data.incidents import table
from data.locks import locked
from geo.errors import PlainError
from models.incidents.dataset import SIMULATED

if TYPE_CHECKING:
    from data.settings import Settings

SALT_LOCK: Final = ".caller_salt.lock"
_WHAT_TO_DO: Final = (
    "Nothing was stored. Put the secret back (the file caller_salt of the store it was made in, or "
    "the value that HOTSPOT_CALLER_SALT had). If it is lost for good, `hotspots caller-secret "
    "--new` begins with another one: callers from then on cannot be matched with those before."
)
UNCHECKED_REMEDY: Final = (
    "If the secret is the same as your copy of it, run `hotspots caller-secret --new`, which keeps "
    "it; if not, put the right one back first."
)

SaltState = Literal["right", "unchecked", "missing", "other"]


class CallerSaltError(PlainError, LookupError):
    """The secret that the stored callers were hashed with is not there."""


@dataclass(frozen=True, slots=True)
class CallerSalt:
    """How the secret for callers stands.

    Attributes
    ----------
    state : str
        ``right``; ``unchecked`` where nothing says which one it must be; ``missing``; or ``other``
        than the one that callers were hashed with.
    place : str
        Where it is, or should be.
    hashed_callers : bool
        Whether the incident table holds any.
    """

    state: SaltState
    place: str
    hashed_callers: bool


def caller_salt(settings: Settings) -> bytes:
    """Return the secret for hashing callers; made once, where no caller was hashed before.

    Raises
    ------
    CallerSaltError
        If callers were hashed before, and their secret is missing, empty or another one.
    """
    _refuse_lost(settings)
    return _settled(settings)


def salt_for_preview(settings: Settings) -> bytes:
    """Return the secret as `caller_salt` does, and write nothing: empty where none was made yet.

    Raises
    ------
    CallerSaltError
        As `caller_salt`.
    """
    _refuse_lost(settings)
    return _kept(settings) or b""


def _refuse_lost(settings: Settings) -> None:
    stands = salt_state(settings)
    if stands.hashed_callers and stands.state in ("missing", "other"):
        message = f"{_fault(settings, stands)} {_WHAT_TO_DO}"
        raise CallerSaltError(message)


def salt_state(settings: Settings) -> CallerSalt:
    """Tell how the secret for callers stands, without changing anything."""
    kept, place = _kept(settings), _place(settings)
    if kept is None:
        return CallerSalt("missing", place, _callers_were_hashed(settings))
    check = _check(settings)
    if not check:
        return CallerSalt("unchecked", place, _callers_were_hashed(settings))
    right = hmac.compare_digest(check, _check_value(kept))
    return CallerSalt("right" if right else "other", place, _callers_were_hashed(settings))


def state_sentence(stands: CallerSalt) -> str:
    """Say how the secret stands."""
    callers = "There are" if stands.hashed_callers else "There are no"
    how = {
        "right": "is there",
        "unchecked": "is there; nothing says whether it is the one that was used before",
        "missing": "is missing",
        "other": "is not the one that was used before",
    }[stands.state]
    return (
        f"The secret used to hash callers {how} ({stands.place}). {callers} hashed callers in the "
        "store."
    )


def begin_new_salt(settings: Settings) -> None:
    """Hash callers from now on with the secret that is there, or with a new one if there is none.

    Unless it is the one of before, callers that were hashed then cannot be matched with those that
    come. Nothing is removed.

    Raises
    ------
    CallerSaltError
        If the store's own secret is there, so that there is nothing to begin.
    """
    if salt_state(settings).state == "right":
        message = (
            f"The secret for callers is there ({_place(settings)}) and in use; nothing was changed."
        )
        raise CallerSaltError(message)
    _settled(settings)


def _settled(settings: Settings) -> bytes:
    """Return the secret, made if there is none, and keep its check value.

    The check value of one that is made is written first: after a kill in between the secret is
    missing still, and never one of which nothing says whether it is the right one.
    """
    kept = _kept(settings)
    if kept is None:
        with locked(settings.store, "making the secret for callers", name=SALT_LOCK):
            kept = _kept(settings)
            if kept is None:
                settings.caller_salt_path.unlink(missing_ok=True)  # an empty one
                made = secrets.token_hex(32).encode()
                seals.write_file(settings.caller_check_path, _check_value(made))
                with suppress(FileExistsError):
                    write_file(settings.caller_salt_path, made, new=True)
                seals.seal(settings.caller_salt_path)
                kept = settings.caller_salt_path.read_bytes().strip()
    if _check(settings) != _check_value(kept):
        seals.write_file(settings.caller_check_path, _check_value(kept))
    return kept


def _kept(settings: Settings) -> bytes | None:
    """Return the secret that is set or stored; None where there is none, or an empty file."""
    if settings.caller_salt is not None:
        return settings.caller_salt.get_secret_value().encode()
    with suppress(FileNotFoundError):
        return settings.caller_salt_path.read_bytes().strip() or None
    return None


def _check(settings: Settings) -> bytes:
    with suppress(FileNotFoundError):
        return settings.caller_check_path.read_bytes().strip()
    return b""


def _check_value(secret: bytes) -> bytes:
    return hmac.new(secret, b"hotspots caller secret", hashlib.sha256).hexdigest().encode()


def _callers_were_hashed(settings: Settings) -> bool:
    try:
        rows = table.dataset(table.opened(settings))
    except table.EmptyStoreError:
        return False
    simulated = pc.match_substring(pads.field("source"), SIMULATED)  # the demo's have no secret
    hashed = pads.field("caller_ref").is_valid() & ~simulated
    return bool(rows.scanner(columns=["caller_ref"], filter=hashed).head(1).num_rows)


def _place(settings: Settings) -> str:
    if settings.caller_salt is not None:
        return "HOTSPOT_CALLER_SALT"
    return str(settings.caller_salt_path)


def _fault(settings: Settings, stands: CallerSalt) -> str:
    hashed = "the incidents in the store have callers that were hashed with it"
    if stands.state == "other":
        return (
            f"The secret for callers in {stands.place} is not the one that was used before, and "
            f"{hashed}."
        )
    how = "is empty" if settings.caller_salt_path.exists() else "is missing"
    return f"The secret for callers {how} ({stands.place}), and {hashed}."
