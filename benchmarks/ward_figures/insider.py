"""How often the best test of one who knows all incidents but one is right about that one.

A changed count that the incident is in is at most the count without it with a chance of 5/8, and
above that with 5/8 if it happened: of these two halves, and only of these, the likelihoods differ,
always by the same factor 5/3. The best test of several changed counts is therefore which half the
more of them are in.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from models.ward_panel.perturbation import STEP

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray


def right(counts: int, *, step: Fraction = STEP) -> float:
    """Return how often the best test is right, where both answers are as likely beforehand.

    Parameters
    ----------
    counts : int
        Changed counts that the incident is in.
    step : Fraction
        Of the table of changes.
    """
    one = 1 / (1 + step)
    chance = sum(
        comb(counts, n) * one**n * (1 - one) ** (counts - n) * (1 if 2 * n > counts else 0)
        for n in range(counts + 1)
    )
    tie = comb(counts, counts // 2) * (one * (1 - one)) ** (counts // 2) if counts % 2 == 0 else 0
    return float(chance + tie / 2)


def surest(counts: int, *, step: Fraction = STEP) -> tuple[float, float]:
    """Return how sure the attacker is at most, and with what chance they ever are as sure."""
    one = 1 / (1 + step)
    odds = (1 / step) ** counts
    return float(odds / (1 + odds)), float(one**counts + (1 - one) ** counts)


def says_it_happened(
    changed: NDArray[np.int64], without: NDArray[np.int64], *, rng: np.random.Generator
) -> bool:
    """Return the best test's answer from the counts that the incident would be in.

    Parameters
    ----------
    changed : int64 array
        As published, or before they are made to add up.
    without : int64 array
        The true counts if it did not happen.
    rng : Generator
        Decides a tie.
    """
    above = int((changed > without).sum())
    tie = 2 * above == len(changed)
    return bool(rng.random() < 0.5) if tie else 2 * above > len(changed)
