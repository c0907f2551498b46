"""A polite HTTP client for public services: slow enough, patient, and plain about what went wrong.

Requests pass a token bucket that stays below the service's documented limit. A busy or broken
answer (408, 429, 5xx, a time-out, a cut connection, half a JSON document) is tried again with
exponential back-off and jitter; where the service says how long to wait (``Retry-After``), that
is waited instead. A service that has never answered is given up after two tries, so that somebody
without internet is not kept waiting. Proxies come from the usual environment variables.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import httpx
import stamina

from data.sources.fetch_errors import (
    HINT,
    IncompleteReplyError,
    NotFoundError,
    RefusedError,
    ReplyError,
    StatusError,
    certificate_problem,
    status_failure,
    transport_failure,
)

if TYPE_CHECKING:
    from types import TracebackType

Params = Mapping[str, str | int]
Check = Callable[[object], None]

_BUSY_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_TRIES_OF_FIRST_CONTACT: Final = 2
# Without a handler, each retry would be printed on the user's terminal.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def _user_agent() -> str:
    """Name the product, as a polite visitor does."""
    try:
        number = version("hotspot-tasking")
    except PackageNotFoundError:  # run from a folder that was never installed
        number = "unreleased"
    return f"Hotspot-Tasking/{number} (hotspot maps for councils)"


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


class _TokenBucket:
    """Token bucket; `pause` holds everything back, as a service's ``Retry-After`` asks for."""

    def __init__(
        self, policy: RequestPolicy, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._rate, self._burst = policy.requests_per_second, float(policy.burst)
        self._clock, self._sleep = clock, sleep
        self._tokens, self._filled_at = self._burst, clock()
        self._closed_until = self._filled_at

    def pause(self, seconds: float) -> None:
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def take(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        wait_s = max((1.0 - self._tokens) / self._rate, self._closed_until - now, 0.0)
        if wait_s > 0:
            self._sleep(wait_s)
            self._tokens = min(self._burst, self._tokens + wait_s * self._rate)
            self._filled_at = now + wait_s
        self._tokens -= 1.0


class _RetryRule:
    """Tells, for one request, whether a failure is worth another try."""

    def __init__(self, client: PoliteClient, host: str, *, busy_tries: int | None) -> None:
        self._client, self._host, self._busy_tries = client, host, busy_tries
        self._unconnected = 0
        self._busy = 0

    def __call__(self, error: Exception) -> bool | float:
        if isinstance(error, StatusError):
            return self._status(error)
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
            self._unconnected += 1
            if certificate_problem(error):
                return False
            answered = self._host in self._client.answered
            return answered or self._unconnected < _TRIES_OF_FIRST_CONTACT
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
            if error.wait_s > self._client.policy.longest_wait_s:
                return False
            self._client.pause(error.wait_s)
            return 0.0
        self._busy += error.status == HTTPStatus.SERVICE_UNAVAILABLE
        return self._busy_tries is None or self._busy < self._busy_tries


class PoliteClient:
    """Asks public services for JSON; use it as a context manager.

    Parameters
    ----------
    policy : RequestPolicy
        Rates, tries and waits.
    clock, sleep : callable
        Seconds on a monotonic clock, and waiting; the bucket and ``Retry-After`` use them.
    """

    def __init__(
        self,
        policy: RequestPolicy | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.policy = policy or RequestPolicy()
        self.requests = 0  # sent so far, repeats included
        self.answered: set[str] = set()  # hosts that have answered at least once
        self._bucket = _TokenBucket(self.policy, clock=clock, sleep=sleep)
        self._http = httpx.Client(
            headers={"User-Agent": _user_agent(), "Accept": "application/json"},
            timeout=httpx.Timeout(
                self.policy.read_timeout_s, connect=self.policy.connect_timeout_s
            ),
            follow_redirects=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        self._bucket.pause(seconds)

    def json(
        self,
        url: str,
        *,
        params: Params | None = None,
        busy_tries: int | None = None,
        check: Check | None = None,
    ) -> object:
        """Ask for a JSON document.

        Parameters
        ----------
        url : str
            Address without a query.
        params : mapping, optional
            The query.
        busy_tries : int, optional
            How many answers of 503 without ``Retry-After`` to accept before giving up; for a
            service that also answers 503 when it is asked for too much.
        check : callable, optional
            Looks at the document; raises `IncompleteReplyError` where asking again may help, or any
            other error where not.

        Returns
        -------
        object
            The document as Python lists, dicts, strings and numbers.

        Raises
        ------
        UnreachableError, CertificateError, NotFoundError, RefusedError, ServiceError, BusyError,
        ReplyError
            All of them `FetchError`; see there.
        """
        service = _service(url)
        retry_rule = _RetryRule(self, service, busy_tries=busy_tries)
        policy = self.policy
        try:
            for attempt in stamina.retry_context(
                on=retry_rule,
                attempts=policy.tries,
                timeout=None,
                wait_initial=policy.first_wait_s,
                wait_max=policy.longest_wait_s,
                wait_jitter=policy.jitter_s,
            ):
                with attempt:
                    document = self._once(url, params)
                    if check is not None:
                        check(document)
        except StatusError as error:
            raise status_failure(service, error) from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise transport_failure(service, error, tries=policy.tries) from error
        return document

    def _once(self, url: str, params: Params | None) -> object:
        self._bucket.take()
        self.requests += 1
        response = self._http.get(url, params=params)
        self.answered.add(_service(url))
        status = response.status_code
        if status in _BUSY_STATUSES:
            raise StatusError(status, wait_s=_retry_after(response.headers))
        if status == HTTPStatus.NOT_FOUND:
            message = f"{_service(url)} has nothing at {urlsplit(url).path} (HTTP 404)"
            raise NotFoundError(message)
        if not response.is_success:
            message = (
                f"{_service(url)} refused the request (HTTP {status}). Its own words: "
                f"{_excerpt(response)!r}. {HINT}."
            )
            raise RefusedError(message)
        return _document(response, _service(url))


def _service(url: str) -> str:
    """Return the host of an address, or all of what is no address."""
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url


def _excerpt(response: httpx.Response) -> str:
    return " ".join(response.text.split())[:120]


def _document(response: httpx.Response, service: str) -> object:
    """Return the JSON of an answer, or say what came instead."""
    if response.text.lstrip()[:1] == "<":
        message = (
            f"{service} answered with a web page instead of data ({_excerpt(response)!r}). A "
            "proxy, a filter or a sign-in page of this network may stand in between: ask your "
            f"network's administrators to let {service} through. {HINT}."
        )
        raise ReplyError(message)
    try:
        return json.loads(response.content)
    except ValueError as error:
        message = (
            f"{service} sent {len(response.content):,} bytes that are not whole JSON ({error}), "
            f"however often it was asked. Try again later. {HINT}."
        )
        raise IncompleteReplyError(message) from error


def _retry_after(headers: httpx.Headers) -> float | None:
    """Read how many seconds a service asks to wait; a date is read against its own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None
