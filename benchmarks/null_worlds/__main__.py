"""The table of docs/methods.md: ``python -m benchmarks.null_worlds [WORLDS] [MODULE ...]``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks.null_worlds as package
from benchmarks.null_worlds.claim import rate_of

worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
print("| claim | read on | world | level | measured |")
print("|---|---|---|---|---|")
for name in sys.argv[2:] or [each.name for each in pkgutil.iter_modules(package.__path__)]:
    module = importlib.import_module(f"benchmarks.null_worlds.{name}")
    for claim in getattr(module, "CLAIMS", ()):
        rate = rate_of(claim, worlds=worlds)
        low, high = rate.interval
        measured = f"{rate.share:.1%} ({low:.1%} to {high:.1%})"
        row = (claim.sentence, claim.read_on, claim.world, f"{claim.level:.1%}", measured)
        print("| " + " | ".join(row) + " |", flush=True)
