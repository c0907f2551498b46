"""The words by which sources name rowdy behaviour and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT_ROWDY: Final = ("rowdy", "drunk", "disorderly", "inconsiderate")


DEFAULT_NOISE: Final = ("noise", "noisy", "loud music", "loud party", "loud parties")


@dataclass(frozen=True, slots=True)
class NightWords:
    """The words of one source, or of all that have none of their own.

    Attributes
    ----------
    rowdy, noise : tuple of str
        Beginnings of words in the source's name of an offence.
    """

    rowdy: tuple[str, ...] = DEFAULT_ROWDY
    noise: tuple[str, ...] = DEFAULT_NOISE
