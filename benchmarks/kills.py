"""Kills of every command that writes, at random and at placed moments; nothing may be lost by one.

Run as ``python -m benchmarks.kills [KILLS] [COMMAND…]``: 500 of all commands but those of the demo,
which take long, unless given. Stopped by Ctrl-C it says what there is until then. Each command runs
in a process of its own that is killed (SIGKILL): every second time at a placed moment, just before
or after one of its calls that bring something to the disk (fsync, rename, link, unlink, mkdir, a
commit of the operations), else at a random one. Then the store must open, `hotspots check --full`
must find nothing, and the same command again must end with what it would have ended with. A process
is forked from this one, in which everything is imported and nothing was run, so that a kill costs a
second and not ten.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.kill_child import LOGS, run_command, state_of
from benchmarks.kill_stores import COMMANDS, DEMO_COMMANDS, build_store
from benchmarks.measuring import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.kill_stores import Command

State = dict[str, Any]
_KILLED: Final = -signal.SIGKILL


@dataclass(slots=True)
class Tally:
    """What became of the kills of one command."""

    kills: int = 0
    before: int = 0
    after: int = 0
    between: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Course:
    """A command that was run to its end: how long it took, its calls, what was before and after.

    A store may be unsound before, for a command that puts that right: `faults` are those.
    """

    command: Command
    base: Path
    seconds: float
    calls: int
    before: State
    after: State
    faults: tuple[object, ...] = ()


def main(kills: int, *, commands: Sequence[Command] = COMMANDS) -> int:
    """Kill each command in turn; print a table, and return how many kills did harm."""
    chance = random.Random(12)  # noqa: S311 - moments, not secrets
    tallies = {command.name: Tally() for command in commands}
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name)
        timed = kills > len(commands)
        courses = [run_to_end(command, folder=folder, timed=timed) for command in commands]
        with suppress(KeyboardInterrupt):  # what there is until then is said
            for number in range(kills):
                course = courses[number % len(courses)]
                placed = (number // len(courses)) % 2 == 0
                one_kill(course, tallies[course.command.name], chance=chance, placed=placed)
                if course is courses[-1]:
                    print(f"{number + 1:,} runs, {harm_of(tallies):,} harmful", file=sys.stderr)
    print_tallies(tallies)
    return harm_of(tallies)


def harm_of(tallies: dict[str, Tally]) -> int:
    """Return how many kills did harm so far."""
    return sum(each.lost + each.doubled + each.stuck for each in tallies.values())


def run_to_end(command: Command, *, folder: Path, timed: bool) -> Course:
    """Run a command without a kill.

    Parameters
    ----------
    command : Command
    folder : Path
        For the stores.
    timed : bool
        Whether it matters how long it takes: it is then run twice, as the first run also writes
        compiled code.
    """
    base = build_store(command.store, folder=folder)
    work = copy_of(base)
    if timed and command.store != "empty":
        run_command(command, work, kill_at=None)
        shutil.rmtree(work)
        work = copy_of(base)
    before = state_of(work, tidy=command.tidy)
    started = time.perf_counter()
    code, calls = run_command(command, work, kill_at=None)
    seconds = time.perf_counter() - started
    after = state_of(work, tidy=command.tidy)
    if code != 0 or after["damage"] or after["fault"] or content(before) == content(after):
        message = f"{command.name} ended with {code}, {after}: {log_of(work)}"
        raise RuntimeError(message)
    shutil.rmtree(work)
    return Course(
        command, base, seconds, calls, content(before), content(after), faults=faults_of(before)
    )


def one_kill(course: Course, tally: Tally, *, chance: random.Random, placed: bool) -> None:
    """Kill a command once, look at what is left, and run it again to its end."""
    work = copy_of(course.base)
    if placed:
        at = (chance.randint(1, course.calls), chance.random() < 1 / 2)
        code, _ = run_command(course.command, work, kill_at=at)
        moment = f"call {at[0]} of {course.calls}"
    else:
        wait_s = chance.uniform(0, course.seconds)
        code, _ = run_command(course.command, work, kill_at=None, kill_after_s=wait_s)
        moment = f"{wait_s:.3f} s of {course.seconds:.3f} s"
    left = state_of(work, tidy=course.command.tidy)
    tally.kills += code == _KILLED
    if content(left) == course.before:
        tally.before += 1
    elif content(left) == course.after:
        tally.after += 1
    else:
        tally.between += 1
    again, _ = run_command(course.command, work, kill_at=None)
    end = state_of(work, tidy=course.command.tidy)
    fault = verdict(course, left=left, end=end, again=again, tally=tally)
    if fault:
        tally.faults.append(f"{course.command.name}, {moment}: {fault}\n{log_of(work)}")
        print(tally.faults[-1], file=sys.stderr)
    shutil.rmtree(work)


def verdict(course: Course, *, left: State, end: State, again: int, tally: Tally) -> str:
    """Count what a kill did, and say it; nothing where it did no harm."""
    counted = {name: value for name, value in course.after.items() if isinstance(value, int)}
    if any(end.get(name, 0) < value for name, value in counted.items()):
        tally.lost += 1
        return f"lost: {differences(end, course.after)}"
    if any(end.get(name, 0) > value for name, value in counted.items() if name not in LOGS):
        tally.doubled += 1
        return f"doubled: {differences(end, course.after)}"
    refused = again != 0 and content(left) != course.after
    unsound = faults_of(end) or (faults_of(left) not in ((), course.faults))
    if unsound or refused or content(end) != course.after:
        tally.stuck += 1
        told = differences(end, course.after)
        return f"stuck: {left['damage']} {left['fault']}, again ended with {again}: {told}"
    return ""


def content(state: State) -> State:
    """Return what a state is compared by; what only ever grows is not the same after two tries."""
    apart = ("damage", "fault", *LOGS)
    return {name: value for name, value in state.items() if name not in apart}


def faults_of(state: State) -> tuple[object, ...]:
    """Return what is wrong with a store, a fault by its kind; nothing where it is sound."""
    kind, _, _ = state["fault"].partition(":")
    return tuple(each for each in (*state["damage"], kind) if each)


def differences(state: State, other: State) -> str:
    names = sorted({*content(state), *other})
    told = {name: (state.get(name), other.get(name)) for name in names}
    return json.dumps({name: pair for name, pair in told.items() if pair[0] != pair[1]})


def copy_of(base: Path) -> Path:
    """Return a folder of its own with a copy of a store in it."""
    work = Path(tempfile.mkdtemp(dir=base.parent, prefix="work-"))
    shutil.copytree(base, work, dirs_exist_ok=True)
    return work


def log_of(work: Path) -> str:
    return (work / "log").read_text(encoding="utf-8", errors="replace")[-1500:]


def print_tallies(tallies: dict[str, Tally]) -> None:
    """Print a line a command and one for all, then each fault."""
    names = ("kills", "before", "after", "between", "lost", "doubled", "stuck")
    rows = [
        [command, *(f"{getattr(tally, name):,}" for name in names)]
        for command, tally in tallies.items()
    ]
    sums = [f"{sum(getattr(each, name) for each in tallies.values()):,}" for name in names]
    print_table("Kills", ["command", *names], [*rows, ["all", *sums]])
    for tally in tallies.values():
        for fault in tally.faults:
            print(f"- {fault}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    every = {command.name: command for command in (*COMMANDS, *DEMO_COMMANDS)}
    named = tuple(every[word] for word in sys.argv[1:] if word in every)
    sys.exit(1 if main(numbers[0] if numbers else 500, commands=named or COMMANDS) else 0)
