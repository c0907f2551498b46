"""Changing counts by chance, in a way that may be known: the two-sided geometric mechanism.

Every count is changed by a whole number that is drawn from one fixed table: 0 has a chance of one
in four, and each further step, up or down, three fifths of the chance of the one before. There is
no greatest change, so no figure excludes any true count: one incident more or less makes any set of
`n` changed counts that hold it at most (5/3)^n times as likely. What is worked out from changed
counts alone (sums, shares, figures made to add up) tells no more than they do.

The draws come from a secret, the name of each count and all true counts of the release. The same
counts of a release therefore have the same figures, however often they are worked out; and where
any count differs, every figure is drawn again, so that two releases do not show where they differ.
Two releases are two draws: an incident that is in both is in twice as many changed counts.

Source: A. Ghosh, T. Roughgarden and M. Sundararajan, "Universally utility-maximizing privacy
mechanisms", SIAM Journal on Computing 41 (2012); C. Dwork and A. Roth, "The Algorithmic Foundations
of Differential Privacy" (2014), section 3.5 on composition.
"""

from __future__ import annotations

import math
from fractions import Fraction
from hashlib import blake2b, shake_256
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

STEP: Final = Fraction(3, 5)  # the chance of a change over that of one a step nearer to 0
VARIANCE: Final = float(2 * STEP / (1 - STEP) ** 2)
_DRAWS: Final = 51 * STEP.denominator  # values of a byte that are used: each outcome as often
_BYTES: Final = 64


def chance_of(change: int) -> float:
    """Return the chance that a count is changed by so much."""
    return float((1 - STEP) / (1 + STEP) * STEP ** abs(change))


def most_changed(*, confidence: float) -> int:
    """Return the least number that so large a share of all changes do not go beyond."""
    beyond = (1 - confidence) * float(1 + STEP) / 2
    return max(0, math.ceil(math.log(beyond, float(STEP)) - 1 - 1e-9))


def release_key(secret: bytes, *, name: str, counts: Sequence[NDArray[np.int64]]) -> bytes:
    """Return what the changes of one release are drawn from.

    Parameters
    ----------
    secret : bytes
        At least 32; known to nobody who reads the figures.
    name : str
        Of the release.
    counts : sequence of int64 array
        All true counts of the release.

    Raises
    ------
    ValueError
        If the secret is too short.
    """
    if len(secret) < 32:
        message = f"The secret has {len(secret)} bytes; at least 32 are needed"
        raise ValueError(message)
    made = blake2b(name.encode(), key=blake2b(secret).digest(), person=b"ward figures")
    for each in counts:
        made.update(repr(each.shape).encode())
        made.update(np.ascontiguousarray(each, dtype="<i8").tobytes())
    return made.digest()


def changed(counts: NDArray[np.int64], *, key: bytes, name: str) -> NDArray[np.int64]:
    """Return counts, each with the change that is drawn for it; one below 0 is left so.

    Parameters
    ----------
    counts : int64 array
    key : bytes
        From `release_key`.
    name : str
        Of this array within the release; no two have the same.
    """
    of_all = [
        change_from(_bytes(key, name=name, place=place)) for place in np.ndindex(counts.shape)
    ]
    return counts + np.array(of_all, dtype=np.int64).reshape(counts.shape)


def change_from(draws: Iterator[int]) -> int:
    """Return a change drawn from random bytes: the difference of two geometric numbers.

    Everything is done in whole numbers, so that the chances are exactly those of the table.
    """
    return _in_a_row(draws) - _in_a_row(draws)


def _in_a_row(draws: Iterator[int]) -> int:
    """Return how often a thing with the chance `STEP` happened before it first did not."""
    often = 0
    for value in draws:
        if value >= _DRAWS:
            continue
        if value % STEP.denominator >= STEP.numerator:
            break
        often += 1
    return often


def _bytes(key: bytes, *, name: str, place: tuple[int, ...]) -> Iterator[int]:
    """Yield random bytes without end."""
    number = 0
    while True:
        yield from shake_256(key + f"{name}|{place}|{number}".encode()).digest(_BYTES)
        number += 1
