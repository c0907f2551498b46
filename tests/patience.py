"""A client's patience without waiting: a policy of milliseconds, and a clock that sleep moves."""

from __future__ import annotations

from data.sources.request_rules import RequestPolicy

QUICK = RequestPolicy(
    requests_per_second=1000,
    burst=1000,
    tries=4,
    first_wait_s=0.001,
    longest_wait_s=60,
    jitter_s=0,
    connect_timeout_s=2,
    read_timeout_s=0.4,
)


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
