"""The tables of claims: ``python -m benchmarks.null_worlds [WORLDS] [MODULE ...]``.

The first has a row for each claim and world, the second one for each claim: the highest rate of its
worlds, as in docs/methods.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import TYPE_CHECKING

import benchmarks.null_worlds as package
from benchmarks.null_worlds.claim import rate_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.null_worlds.claim import Claim, Rate


def claims(modules: Sequence[str] = ()) -> Iterator[Claim]:
    """Yield the claims of some modules, of all where none is named."""
    every = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    for name in modules or [each for each in every if each != "__main__"]:
        yield from getattr(importlib.import_module(f"benchmarks.null_worlds.{name}"), "CLAIMS", ())


def percent(rate: Rate) -> str:
    """Return a rate with its interval."""
    low, high = rate.interval
    return f"{rate.share:.1%} ({low:.1%} to {high:.1%})"


def main(worlds: int, modules: Sequence[str]) -> None:
    """Measure claims and print both tables."""
    print("| claim | read on | world | level | measured |\n|---|---|---|---|---|")
    highest: dict[tuple[str, str, float], list[Rate]] = {}
    for claim in claims(modules):
        rate = rate_of(claim, worlds=worlds)
        row = (claim.sentence, claim.read_on, claim.world, f"{claim.level:.1%}", percent(rate))
        print("| " + " | ".join(row) + " |", flush=True)
        highest.setdefault((claim.sentence, claim.read_on, claim.level), []).append(rate)
    print("\n| claim | read on | level | worlds | highest rate |\n|---|---|---|---|---|")
    for (sentence, read_on, level), rates in highest.items():
        most = max(rates, key=lambda rate: rate.share)
        print(f"| {sentence} | {read_on} | {level:.1%} | {len(rates)} | {percent(most)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400, sys.argv[2:])
