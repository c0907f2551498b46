"""What can go wrong when something is downloaded, in words that say what to do."""

from __future__ import annotations

import ssl
from http import HTTPStatus
from typing import Final

import httpx

from geo.errors import PlainError

HINT: Final = "Or load a file downloaded elsewhere instead"
_UNREACHABLE: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class FetchError(PlainError, ValueError):
    """Something could not be downloaded; the base of all errors of this package's clients."""


class UnreachableError(FetchError):
    """The service cannot be reached: no internet, a wrong address, or a proxy in between."""


class CertificateError(UnreachableError):
    """The service's certificate, or that of a proxy in between, is not trusted here."""


class NotFoundError(FetchError, LookupError):
    """The service has nothing at that address (404)."""


class RefusedError(FetchError):
    """The service refused the request, and asking again would not help."""


class ServiceError(FetchError):
    """The service kept failing however often it was asked."""


class BusyError(ServiceError):
    """The service kept answering 503: overloaded, or asked for too much at once."""


class ReplyError(FetchError):
    """The service answered with something that cannot be read."""


class IncompleteReplyError(ReplyError):
    """An incomplete answer, which is worth asking for again."""


class StatusError(Exception):
    """A busy or broken answer, on its way to being tried again."""

    def __init__(self, status: int, *, wait_s: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.wait_s = wait_s


def status_failure(service: str, error: StatusError) -> ServiceError:
    """Return what to tell the user after the last busy or broken answer."""
    kind = BusyError if error.status == HTTPStatus.SERVICE_UNAVAILABLE else ServiceError
    if error.wait_s is None:
        asked = "however often it was asked. Try again later; what is complete is kept"
    else:
        asked = (
            f"and asks to be left alone for {error.wait_s:,.0f} seconds. Try again after that; "
            "what is complete is kept"
        )
    phrase = HTTPStatus(error.status).phrase
    return kind(f"{service} answered {error.status} ({phrase}) {asked}. {HINT}.")


def certificate_problem(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """Find a refused certificate among the causes of an error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def transport_failure(service: str, error: Exception, *, tries: int) -> FetchError:
    """Return what to tell the user after a request that never came to a whole answer."""
    detail = str(error) or type(error).__name__
    problem = certificate_problem(error)
    if problem is not None:
        return CertificateError(
            f"The certificate of {service} is not trusted here ({problem.verify_message}). Where "
            "the network inspects traffic, set SSL_CERT_FILE to the file of its root "
            f"certificates (PEM); your network's administrators have it. {HINT}."
        )
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(
            f"The proxy of this network did not let a request to {service} through ({detail}). "
            f"Check HTTPS_PROXY, its user name and password. {HINT}."
        )
    if isinstance(error, _UNREACHABLE):
        return UnreachableError(
            f"Cannot reach {service} ({detail}). Check the internet connection, and HTTPS_PROXY "
            f"where this network needs a proxy. {HINT}."
        )
    return ServiceError(
        f"The answer of {service} broke off {tries} times in a row ({detail}). Try again later; "
        f"what is complete is kept. {HINT}."
    )
