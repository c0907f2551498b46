"""Hashes of passwords and tokens, from which neither can be read.

Passwords are hashed by argon2id with the parameters that RFC 9106 gives for 64 MiB. Stores of
earlier versions have scrypt hashes; these still fit, and `is_outdated` says that they are to be
replaced when their password is at hand. Tokens are random, so their SHA-256 hash is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from models.accounts.passwords import LONGEST_PASSWORD, normal_password

_ARGON2: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_ARGON2_MARK: Final = "$argon2"
_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY: Final = 64 * 2**20
_NOBODYS_SCRYPT: Final = "$".join(base64.b64encode(bytes(size)).decode() for size in (16, 32))


def password_hash(password: str) -> str:
    """Return the argon2id hash of a password, with a salt of its own."""
    return _ARGON2.hash(normal_password(password))


def password_fits(password: str, kept: str | None, *, older_kept: bool = False) -> bool:
    """Tell whether a password is the one that was hashed.

    Parameters
    ----------
    password : str
    kept : str or None
        The hash; None where there is no account. It then takes as long and is False.
    older_kept : bool
        Whether any account still has a scrypt hash: both hashes are then worked out for every name,
        so that the time does not tell which names have one.
    """
    given = password[:LONGEST_PASSWORD]
    older = kept if kept is not None and not kept.startswith(_ARGON2_MARK) else None
    fits_older = (older_kept or older is not None) and _fits_scrypt(given, older or _NOBODYS_SCRYPT)
    fits = False
    with suppress(VerificationError, InvalidHashError):
        fits = _ARGON2.verify(_nobodys() if kept is None or older else kept, normal_password(given))
    return kept is not None and (fits_older if older else fits)


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made in another way than hashes are made now."""
    return not kept.startswith(_ARGON2_MARK) or _ARGON2.check_needs_rehash(kept)


def token_hash(token: str) -> str:
    """Return what is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _fits_scrypt(password: str, kept: str) -> bool:
    salt, _, hashed = kept.partition("$")
    tried = hashlib.scrypt(
        password.encode(),
        salt=base64.b64decode(salt),
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MEMORY,
        dklen=32,
    )
    return hmac.compare_digest(tried, base64.b64decode(hashed))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return password_hash(secrets.token_urlsafe(32))
