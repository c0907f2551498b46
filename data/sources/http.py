"""A polite HTTP client for public services: slow enough, patient, and plain about what went wrong.

Requests pass a token bucket that stays below the service's documented limit. A busy or broken
answer (408, 429, 5xx, a time-out, a cut connection, half a document) is tried again with
exponential back-off and jitter; where the service says how long to wait (``Retry-After``), that
is waited instead. A service that has never answered is given up after two tries, so that somebody
without internet is not kept waiting. Proxies come from the usual environment variables.

There are three ways to ask, with the same patience: for JSON, for content that the caller reads,
and for a large file that is received as it comes and goes on where it broke off.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina

from data.sources.fetch_errors import (
    StatusError,
    status_failure,
    transport_failure,
)
from data.sources.replies import (
    excerpt,
    is_web_page,
    json_document,
    refusal,
    retry_after,
    sent_elsewhere,
    service_of,
    web_page_error,
)
from data.sources.request_rules import RequestPolicy, RetryRule, TokenBucket

if TYPE_CHECKING:
    from types import TracebackType

Params = Mapping[str, str | int]
Check = Callable[[object], None]
Reply = TypeVar("Reply")

_BUSY_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_MOST_REDIRECTS: Final = 5
_ANY_CONTENT: Final = {"Accept": "*/*"}
# Without a handler, each retry would be printed on the user's terminal.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def _user_agent() -> str:
    """Name the product, as a polite visitor does."""
    try:
        number = version("hotspot-tasking")
    except PackageNotFoundError:  # run from a folder that was never installed
        number = "unreleased"
    return f"Hotspot-Tasking/{number} (hotspot maps for councils)"


class PoliteClient:
    """Asks public services, one request at a time; use it as a context manager.

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
        self._bucket = TokenBucket(self.policy, clock=clock, sleep=sleep)
        self._http = httpx.Client(
            headers={"User-Agent": _user_agent(), "Accept": "application/json"},
            timeout=httpx.Timeout(
                self.policy.read_timeout_s, connect=self.policy.connect_timeout_s
            ),
            follow_redirects=False,  # `_sent` looks at each
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

        def ask() -> object:
            request = self._http.build_request("GET", url, params=params)
            with self._answer(request) as response:
                response.read()
                document = json_document(response, service=service_of(url))
            if check is not None:
                check(document)
            return document

        return self._patiently(ask, url=url, busy_tries=busy_tries)

    def content(
        self,
        url: str,
        *,
        read: Callable[[bytes], Reply],
        form: Mapping[str, str] | None = None,
        told_wait: Callable[[], float | None] | None = None,
        tries: int | None = None,
    ) -> Reply:
        """Ask for content that is no JSON, on the service's own host alone.

        Parameters
        ----------
        url : str
        read : callable
            Reads the content; raises `IncompleteReplyError` where asking again may help, or any
            other error where not.
        form : mapping, optional
            What is posted; without it the content is only asked for.
        told_wait : callable, optional
            Asked how many seconds to wait, after 429 without ``Retry-After``.
        tries : int, optional
            How often it is asked for at most; as the policy says without it.

        Raises
        ------
        FetchError
            As `json`; `RefusedError` if the service sends the request on to another host.
        """

        def ask() -> Reply:
            method = "GET" if form is None else "POST"
            request = self._http.build_request(method, url, data=form, headers=_ANY_CONTENT)
            try:
                with self._answer(request, leave_host=False) as response:
                    response.read()
            except StatusError as error:
                if error.wait_s is None and error.status == HTTPStatus.TOO_MANY_REQUESTS:
                    error.wait_s = told_wait() if told_wait is not None else None
                raise
            if is_web_page(response.content):
                raise web_page_error(service_of(url), excerpt(response))
            return read(response.content)

        return self._patiently(ask, url=url, tries=tries)

    def stream(
        self,
        url: str,
        *,
        receive: Callable[[httpx.Response], None],
        headers: Callable[[], Mapping[str, str]],
        allowed: frozenset[int] = frozenset(),
    ) -> None:
        """Ask for a large file, whose answer is received as it comes.

        Parameters
        ----------
        url : str
        receive : callable
            Takes the answer, which has not been read yet; called again where it broke off.
        headers : callable
            Gives the headers of each try, such as the range that is still missing.
        allowed : frozenset of int
            Statuses of 400 and more that `receive` looks at itself.

        Raises
        ------
        FetchError
            As `json`.
        """

        def ask() -> None:
            request = self._http.build_request("GET", url, headers={**_ANY_CONTENT, **headers()})
            with self._answer(request, allowed=allowed) as response:
                receive(response)

        self._patiently(ask, url=url)

    def _patiently(
        self,
        ask: Callable[[], Reply],
        *,
        url: str,
        busy_tries: int | None = None,
        tries: int | None = None,
    ) -> Reply:
        """Ask until there is an answer, or no use in asking again."""
        service, policy = service_of(url), self.policy
        tries = tries or policy.tries
        retry_rule = RetryRule(
            policy,
            is_known=lambda: service in self.answered,
            pause=self.pause,
            busy_tries=busy_tries,
        )
        try:
            for attempt in stamina.retry_context(
                on=retry_rule,
                attempts=tries,
                timeout=None,
                wait_initial=policy.first_wait_s,
                wait_max=policy.longest_wait_s,
                wait_jitter=policy.jitter_s,
            ):
                with attempt:
                    reply = ask()
        except StatusError as error:
            raise status_failure(service, error) from error
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise transport_failure(service, error, tries=tries) from error
        return reply

    @contextmanager
    def _answer(
        self,
        request: httpx.Request,
        *,
        leave_host: bool = True,
        allowed: frozenset[int] = frozenset(),
    ) -> Iterator[httpx.Response]:
        """Send a request once, and give its answer if that is no refusal."""
        service = request.url.netloc.decode()
        self._bucket.take()
        self.requests += 1
        response = self._sent(request, leave_host=leave_host)
        try:
            self.answered.add(service)
            status = response.status_code
            if status in _BUSY_STATUSES:
                raise StatusError(status, wait_s=retry_after(response.headers))
            if not response.is_success and status not in allowed:
                response.read()
                raise refusal(response, service=service, path=urlsplit(str(request.url)).path)
            yield response
        finally:
            response.close()

    def _sent(self, request: httpx.Request, *, leave_host: bool) -> httpx.Response:
        """Send a request and follow where it is sent on to, never from https to http."""
        first, url = request, request.url
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._http.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
            if url.scheme == "https" and request.url.scheme != "https":
                raise sent_elsewhere(first, request, why="over a connection that is not secure")
            if not leave_host and request.url.host != first.url.host:
                raise sent_elsewhere(first, request, why="which is not the address of the service")
        raise sent_elsewhere(first, request, why=f"after {_MOST_REDIRECTS} others")
