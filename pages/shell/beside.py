"""Long work that goes on beside the page, with words of how far it is and a button that cancels it.

The work has a thread of its own. The page waits for it and says how far it is; what is clicked
meanwhile is heard at once, and the page that is then drawn finds the same work still going on.
What is cancelled ends at its next step, by the error `CancelledError`, like any other fault:
whoever does the work leaves nothing behind then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import streamlit as st

from geo.errors import PlainError
from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")

_JOBS: Final = "jobs_beside"
_TOLD_EVERY_S: Final = 0.2


class CancelledError(PlainError, ValueError):
    """Work was cancelled before it was done."""

    def __init__(self, title: str) -> None:
        super().__init__(f"{title}: cancelled. Nothing was stored.")


@dataclass(slots=True)
class _Job(Generic[R]):
    """Work, in a thread; changed by that thread and read by the page."""

    key: str
    title: str
    share: float = 0.0
    words: str = ""
    result: R | None = None
    fault: BaseException | None = None
    cancelled: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)

    def tell(self, share: float, words: str) -> None:
        """Hear how far it is, or end it where it was cancelled."""
        if self.cancelled.is_set() and share < 1:
            raise CancelledError(self.title)
        self.share, self.words = share, words

    def run(self, work: Callable[[Callable[[float, str], None]], R]) -> None:
        """Do it."""
        try:
            self.result = work(self.tell)
        except BaseException as fault:
            self.fault = fault
        finally:
            self.done.set()


def beside(
    slot: str,
    work: Callable[[Callable[[float, str], None]], R],
    *,
    key: str,
    title: str,
    keep: bool = False,
) -> R:
    """Do something in a thread of its own, and wait for it with a bar and the button Cancel.

    Parameters
    ----------
    slot : str
        One piece of work at a time: another key in the same slot cancels it.
    work : callable
        Given what it tells the share done and words, returns the answer. It touches nothing of
        Streamlit's.
    key : str
        Of this very work: a page that is drawn again with the same key goes on waiting.
    title : str
        What is done: "Reading calls.csv".
    keep : bool
        Whether the answer stays for the next time the page asks.

    Raises
    ------
    CancelledError
        Once; the next time the page asks, the work begins again.
    """
    jobs = _jobs()
    job = jobs.get(slot)
    if job is None or job.key != key:
        drop(slot)
        job = jobs[slot] = _Job(key, title)
        Thread(target=job.run, args=(work,), daemon=True, name=f"beside-{slot}").start()
    if not job.done.is_set():
        _wait(job, slot)
    if job.fault is not None:
        jobs.pop(slot, None)
        raise job.fault
    if not keep:
        jobs.pop(slot, None)
    answer: Any = job.result
    return cast("R", answer)


def drop(slot: str) -> None:
    """Cancel what goes on in a slot, and forget its answer."""
    job = _jobs().pop(slot, None)
    if job is not None:
        job.cancelled.set()


def _wait(job: _Job[Any], slot: str) -> None:
    place = st.empty()
    with place.container(key=f"beside-{slot}"):
        bar = st.progress(0.0, text=plain(job.title))
        st.button(
            "Cancel", key=f"cancel-{slot}", on_click=job.cancelled.set, icon=":material/close:"
        )
    while not job.done.wait(_TOLD_EVERY_S):
        words = f"{job.title}: {job.words}" if job.words else job.title
        bar.progress(min(job.share, 1.0), text=plain(words))
    place.empty()


def _jobs() -> dict[str, _Job[Any]]:
    if state.value(_JOBS) is None:
        state.put(_JOBS, {})
    jobs: dict[str, _Job[Any]] = state.value(_JOBS)
    return jobs
