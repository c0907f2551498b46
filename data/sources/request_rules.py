"""How often a public service is asked: the policy, the token bucket, and what is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from data.sources.fetch_errors import IncompleteReplyError, StatusError, certificate_problem

if TYPE_CHECKING:
    from collections.abc import Callable


_TRIES_OF_FIRST_CONTACT: Final = 2


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """How often a service is asked, and how long it is waited for.

    The defaults stay well below the 15 requests a second (bursts of 30) that data.police.uk
    allows (its page "API call limits").

    Attributes
    ----------
    requests_per_second, burst : float, int
        The token bucket: the steady rate, and how many requests may go out at once before it.
    tries : int
        How often one request is sent at most.
    first_wait_s, longest_wait_s, jitter_s : float
        Back-off in seconds: the first wait, which then doubles; its ceiling, which is also the
        longest ``Retry-After`` that is waited for; and the random part added to each wait.
    connect_timeout_s, read_timeout_s : float
        How long to wait for a connection, and for the next piece of an answer.
    """

    requests_per_second: float = 8.0
    burst: int = 10
    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0
    jitter_s: float = 1.0
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 90.0


class TokenBucket:
    """Token bucket; `pause` holds everything back, as a service's ``Retry-After`` asks for."""

    def __init__(
        self, policy: RequestPolicy, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._rate, self._burst = policy.requests_per_second, float(policy.burst)
        self._clock, self._sleep = clock, sleep
        self._tokens, self._filled_at = self._burst, clock()
        self._closed_until = self._filled_at

    def pause(self, seconds: float) -> None:
        """Let nothing through for so many seconds."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def take(self) -> None:
        """Wait until one more request may go out."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        wait_s = max((1.0 - self._tokens) / self._rate, self._closed_until - now, 0.0)
        if wait_s > 0:
            self._sleep(wait_s)
            self._tokens = min(self._burst, self._tokens + wait_s * self._rate)
            self._filled_at = now + wait_s
        self._tokens -= 1.0


class RetryRule:
    """Tells, for one request, whether a failure is worth another try.

    Parameters
    ----------
    policy : RequestPolicy
    is_known : callable
        Whether the service has ever answered; one that has not is given up sooner.
    pause : callable
        Holds all requests back for so many seconds.
    busy_tries : int or None
        How many answers of 503 without ``Retry-After`` to accept.
    """

    def __init__(
        self,
        policy: RequestPolicy,
        *,
        is_known: Callable[[], bool],
        pause: Callable[[float], None],
        busy_tries: int | None,
    ) -> None:
        self._policy, self._is_known, self._pause = policy, is_known, pause
        self._busy_tries = busy_tries
        self._unconnected = 0
        self._busy = 0

    def __call__(self, error: Exception) -> bool | float:
        """Tell whether to try again, or in how many seconds."""
        if isinstance(error, StatusError):
            return self._status(error)
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
            self._unconnected += 1
            if certificate_problem(error):
                return False
            return self._is_known() or self._unconnected < _TRIES_OF_FIRST_CONTACT
        return isinstance(
            error,
            (
                httpx.TimeoutException,
                httpx.NetworkError,
                httpx.RemoteProtocolError,
                httpx.DecodingError,
                IncompleteReplyError,
            ),
        )

    def _status(self, error: StatusError) -> bool | float:
        if error.wait_s is not None:
            if error.wait_s > self._policy.longest_wait_s:
                return False
            self._pause(error.wait_s)
            return 0.0
        self._busy += error.status == HTTPStatus.SERVICE_UNAVAILABLE
        return self._busy_tries is None or self._busy < self._busy_tries
