"""What a service's answer says of itself: JSON, a web page in its place, how long to wait."""

from __future__ import annotations

import html
import json
import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from data.sources.fetch_errors import (
    HINT,
    IncompleteReplyError,
    NotFoundError,
    RefusedError,
    ReplyError,
)

if TYPE_CHECKING:
    import httpx

_LONGEST: Final = 120
_PAGE: Final = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_PAGE_WITHIN: Final = 1_024
# Overpass names its error in a web page, after a paragraph about licences.
_ERROR_OF_PAGE: Final = re.compile(r"Error</strong>:(.*?)</p>", re.DOTALL)
_UNSEEN: Final = re.compile(r"<(head|style|script)[\s>].*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def service_of(url: str) -> str:
    """Return the host of an address, or all of what is no address."""
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url


def excerpt(response: httpx.Response) -> str:
    """Return the first words of an answer that has been read; of a web page, what it shows."""
    text = response.text
    if is_web_page(text[:_PAGE_WITHIN].encode()):
        if error := _ERROR_OF_PAGE.search(text):
            text = error[1]
        shown = " ".join(html.unescape(_UNSEEN.sub(" ", text)).split())
        text = shown or response.text
    return " ".join(text.split())[:_LONGEST]


def is_web_page(start: bytes) -> bool:
    """Tell whether a content begins as a web page does."""
    return _PAGE.search(start[:_PAGE_WITHIN]) is not None


def web_page_error(service: str, page_text: str) -> ReplyError:
    """Return the error for a web page that came instead of data."""
    return ReplyError(
        f"{service} answered with a web page instead of data ({page_text!r}). A "
        "proxy, a filter or a sign-in page of this network may stand in between: ask your "
        f"network's administrators to let {service} through. {HINT}."
    )


def json_document(response: httpx.Response, *, service: str) -> object:
    """Return the JSON of an answer that has been read, or say what came instead.

    Raises
    ------
    IncompleteReplyError
        If it is not whole.
    ReplyError
        If it is a web page.
    """
    if response.text.lstrip()[:1] == "<":
        raise web_page_error(service, " ".join(response.text.split())[:_LONGEST])
    try:
        return json.loads(response.content)
    except ValueError as error:
        message = (
            f"{service} sent {len(response.content):,} bytes that are not whole JSON ({error}), "
            f"however often it was asked. Try again later. {HINT}."
        )
        raise IncompleteReplyError(message) from error


def retry_after(headers: httpx.Headers) -> float | None:
    """Read how many seconds a service asks to wait; a date is read against its own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until - parsedate_to_datetime(headers["Date"])).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None


def sent_elsewhere(first: httpx.Request, then: httpx.Request, *, why: str) -> RefusedError:
    """Return the error for a request that is sent on to where it must not go."""
    return RefusedError(
        f"{first.url.netloc.decode()} sends the request on to {then.url.netloc.decode()}, {why}. "
        "Nothing was sent there. A sign-in page of this network may stand in between, or the "
        f"service has moved: check its address in the settings. {HINT}."
    )


def refusal(response: httpx.Response, *, service: str, path: str) -> NotFoundError | RefusedError:
    """Return the error for an answer, which has been read, that asking again would not change."""
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(f"{service} has nothing at {path} (HTTP 404)")
    return RefusedError(
        f"{service} refused the request (HTTP {status}). Its own words: "
        f"{excerpt(response)!r}. {HINT}."
    )
