"""The methods compared: ``python -m benchmarks.ward_figures [FOLDER:BOROUGH ...] [--quarters N]``.

Each folder is a store, with the code of its home borough; without any, the demo is made in a folder
of its own. Stores are only read. For each, two tables: how far figures are from the truth, and what
attacks get back from them.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.measuring import print_table
from benchmarks.ward_figures.attacks import taken_from
from benchmarks.ward_figures.insider import right, surest
from benchmarks.ward_figures.methods import METHODS, AddingUp
from benchmarks.ward_figures.tables import Changing
from benchmarks.ward_figures.truth import build_demo_in, quarters_of
from benchmarks.ward_figures.utility import FIGURES, SIZES, use_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.ward_figures.methods import Method
    from benchmarks.ward_figures.truth import QuarterCounts

STEPS: Final = (Fraction(2, 5), Fraction(1, 2), Fraction(3, 5), Fraction(2, 3))
SQUARES: Final = (150.0, 200.0, 250.0, 400.0)
# Changed counts with the incident: of its ward alone, of the borough too, and both twice.
INSIDERS: Final = {"knows the ward": 4, "knows the borough": 7, "and a revision": 14}
_DRAWS: Final = 5


def main(stores: Sequence[str], *, quarters: int) -> None:
    """Print the tables of each store, and what an insider can tell."""
    if stores:
        for each in stores:
            folder, _, borough = each.rpartition(":")
            _print_tables(Path(folder), borough=borough, quarters=quarters, name=borough)
    else:
        with TemporaryDirectory() as made:
            build_demo_in(Path(made))
            _print_tables(Path(made), borough=None, quarters=quarters, name="the demo")
    _print_insider()


def _print_tables(folder: Path, *, borough: str | None, quarters: int, name: str) -> None:
    counts = quarters_of(folder, borough=borough, most=quarters)
    full_name = f"{name}, {len(counts)} quarters"
    _print_use(counts, name=full_name)
    at_sides = {
        side: quarters_of(folder, borough=borough, cell_m=side, most=quarters) for side in SQUARES
    }
    _print_squares(at_sides, name=full_name)
    _print_attacks(counts, name=full_name)


def _print_use(counts: Sequence[QuarterCounts], *, name: str) -> None:
    rows = []
    for method in (*METHODS, *_other_steps()):
        use = use_of(method, counts, draws=_draws(method), rng=np.random.default_rng(1))
        measured = [*use.by_figure.values(), *use.by_size.values()]
        rows.append([method.name, *(one.label for one in measured)])
    title = f"Mean distance from the truth: {name}"
    print_table(title, ["method", *FIGURES, *SIZES], rows)


def _print_squares(at_sides: dict[float, list[QuarterCounts]], *, name: str) -> None:
    rows = []
    for side, counts in at_sides.items():
        blocks = np.concatenate([each for one in counts for each in one.blocks])
        off = use_of(AddingUp(), counts, draws=_DRAWS, rng=np.random.default_rng(1))
        rows.append(
            [
                f"{side:.0f} m",
                f"{len(blocks) / len(counts):,.0f}",
                f"{blocks.mean():.1f}",
                off.by_figure["blocks"].label,
                f"{((blocks > 0) & (blocks < 5)).mean():.0%}",
            ]
        )
    header = ["squares", "blocks", "mean count", "distance", "hold 1 to 4"]
    print_table(f"Maps of the product's method: {name}", header, rows)


def _print_attacks(counts: Sequence[QuarterCounts], *, name: str) -> None:
    rows = []
    for method in (*METHODS, *_other_steps()):
        taken = taken_from(method, counts, rng=np.random.default_rng(2))
        rows.append(
            [
                method.name,
                f"{taken.small:,}",
                f"{taken.certain:,}",
                f"{taken.exact:,}",
                taken.alone.label if taken.alone.surest else "–",
                taken.together.label if taken.together.surest else "–",
                taken.replayed.label if taken.replayed.surest else "–",
                taken.parted.label if taken.parted.surest else "–",
            ]
        )
    header = ["method", "counts of 1 to 4", "certain", "exact", "called: own figure"]
    header += ["called: all figures", "called: blanks by rule", "called: joins undone"]
    print_table(f"Counts of 1 to 4 that attacks get back: {name}", header, rows)


def _print_insider() -> None:
    rows = []
    for step in STEPS:
        sure = [surest(counts, step=step) for counts in INSIDERS.values()]
        rows.append(
            [
                str(step),
                *(f"{right(counts, step=step):.1%}" for counts in INSIDERS.values()),
                *(f"{most:.2%}, {often:.2%} of the time" for most, often in sure),
            ]
        )
    header = ["step", *(f"right: {who}" for who in INSIDERS), *(f"surest: {n}" for n in INSIDERS)]
    print_table("One who knows every incident but one, on that one", header, rows)


def _other_steps() -> list[AddingUp]:
    """Return the product's method with the steps that it does not have."""
    return [AddingUp(Changing(float(step))) for step in STEPS if float(step) != Changing().step]


def _draws(method: Method) -> int:
    return 1 if method.name == "hiding" else _DRAWS


if __name__ == "__main__":
    read = argparse.ArgumentParser(description="Compare ways of protecting ward figures.")
    read.add_argument("stores", nargs="*", metavar="FOLDER:BOROUGH")
    read.add_argument("--quarters", type=int, default=4)
    given = read.parse_args()
    main(given.stores, quarters=given.quarters)
