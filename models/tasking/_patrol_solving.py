"""One call of the solver, with progress while it works.

HiGHS works on one thread with a fixed seed, so a program that it solves to the gap asked for gives
the same answer each time on the same version; one that runs out of time may not.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ortools.math_opt.python import mathopt

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_S: Final = 0.2
SOLVER: Final = mathopt.SolverType.HIGHS
_SEEDS: Final = 2**31 - 1


def solved(
    model: mathopt.Model,
    *,
    seconds: float,
    gap: float,
    seed: int,
    tell: Callable[[float], None] | None = None,
) -> mathopt.SolveResult:
    """Solve a program.

    Parameters
    ----------
    model : Model
    seconds : float
        Time limit.
    gap : float
        Relative gap at which it may stop.
    seed : int
        Of the solver's own choices.
    tell : callable, optional
        Told the share of the time limit that has passed; may raise to give up, and the solver then
        ends by itself at its time limit.
    """
    how = mathopt.SolveParameters(
        time_limit=timedelta(seconds=max(seconds, 0.1)),
        relative_gap_tolerance=gap,
        random_seed=abs(seed) % _SEEDS,
    )
    if tell is None:
        return mathopt.solve(model, SOLVER, params=how)
    answers: list[mathopt.SolveResult | Exception] = []

    def work() -> None:
        try:
            answers.append(mathopt.solve(model, SOLVER, params=how))
        except (ValueError, RuntimeError) as problem:  # told to the one who waits
            answers.append(problem)

    begun = time.monotonic()
    worker = threading.Thread(target=work, daemon=True, name="patrol-plan")
    worker.start()
    while worker.is_alive():
        tell(min((time.monotonic() - begun) / seconds, 1.0))
        worker.join(_LOOK_S)
    answer = answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer
