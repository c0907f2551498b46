"""Signing in and out: a page of its own, so that nothing of the app answers before it.

The page is plain HTML. What it sends back is checked here, and the sign-in's random token goes into
a cookie that no script can read.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import (
    BROWSER_KNOWN_FOR,
    SIGNED_IN_FOR,
    end_sign_in,
    sign_in,
)
from data.operations.accounts.single_sign_on import is_single_sign_on
from data.operations.accounts.standing import SignIn
from data.operations.accounts.throttle import Origin
from data.operations.actor import Actor
from data.services.visit_entries import person_mark
from geo.errors import PlainError
from pages.server.kept_visits import are_of_another, are_unsent, forget_visits, unsent_page
from pages.server.single_sign_on import START
from pages.shell.person import BROWSER_COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import HTTPConnection, Request

    from data.access import Person
    from data.operations.database import Operations
    from pages.server.single_sign_on import SingleSignOn
    from pages.server.site import Site

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
_LONGEST_BROWSER: Final = 100
_LONGEST_FORM: Final = 16 * 1024
_LONGEST_WAY_BACK: Final = 4096


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in page of a site.

    Attributes
    ----------
    ops : Operations
    site : Site
    clock : callable
        Returns the moment, with its time zone.
    single : SingleSignOn, optional
        The council's sign-in service, where there is one.
    """

    ops: Operations
    site: Site
    clock: Callable[[], datetime]
    single: SingleSignOn | None = None

    async def answer(self, request: Request, *, key: str | None) -> Response:
        """Answer a request to the page; whoever is signed in by `key` is led on."""
        back = way_back(request.query_params.get("next", ""))
        if key is not None:
            return RedirectResponse(back, status_code=303)
        if request.method == "POST":
            return await self._tried(request)
        ended = request.query_params.get("ended") is not None
        shown = self._page(back, notice="You are signed out." if ended else "")
        if self.site.cookie in request.cookies:
            shown.delete_cookie(self.site.cookie, path="/", secure=bool(self.site.public))
        return shown

    async def sign_out(self, request: Request, person: Person, *, key: str) -> Response:
        """End a sign-in by a link of the app itself, not by one on a page of another site."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return RedirectResponse("/", status_code=303)
        if are_unsent(request):
            return unsent_page()
        acting = Actor(self.ops, person, self.clock())
        elsewhere = await run_in_threadpool(is_single_sign_on, self.ops, key)
        await run_in_threadpool(end_sign_in, acting, key)
        ended = f"{SIGN_IN}?ended"
        if elsewhere and self.single is not None:
            ended = await self.single.way_out(key=key, ended=self._home(request) + ended) or ended
        forgets = {"clear-site-data": '"cache", "storage"'}
        led_out = RedirectResponse(ended, status_code=303, headers=forgets)
        forget_visits(request, led_out)
        return led_out

    async def by_single_sign_on(self, request: Request) -> Response:
        """Send a browser to the council's sign-in service, or sign in whom it sends back."""
        if self.single is None:
            return RedirectResponse(SIGN_IN, status_code=303)
        origin = origin_of(request)
        try:
            if request.url.path == START:
                return await self.single.begin(
                    request,
                    back=way_back(request.query_params.get("next", "")),
                    home=self._home(request),
                    secure=bool(self.site.public),
                )
            token, back = await self.single.finish(request, origin=origin)
        except PlainError as problem:
            return self._page("/", problem=str(problem), status=401)
        return await run_in_threadpool(self.led_on, request, back, token=token, origin=origin)

    def _home(self, request: Request) -> str:
        """Return the app's own address, whose host the site has checked."""
        return self.site.public or f"http://{request.headers['host']}"

    def _page(
        self,
        back: str,
        *,
        notice: str = "",
        problem: str = "",
        name: str = "",
        status: int = 200,
    ) -> Response:
        single = ""
        if self.single is not None:
            address = f"{START}?{urlencode({'next': back})}"
            label = escape(self.single.settings.sso_label)
            single = f'<a class="single" href="{escape(address, quote=True)}">{label}</a>'
        return _page(back, notice=notice, problem=problem, name=name, status=status, single=single)

    async def _tried(self, request: Request) -> Response:
        form = await _form(request)
        back = way_back(form.get("next", ""))
        name = form.get("name", "")
        origin = origin_of(request)
        try:
            token = await run_in_threadpool(
                sign_in,
                self.ops,
                name=name,
                password=form.get("password", ""),
                now=self.clock(),
                origin=origin,
            )
        except PlainError as problem:
            return self._page(back, problem=str(problem), name=name, status=401)
        return await run_in_threadpool(self.led_on, request, back, token=token, origin=origin)

    def led_on(self, request: Request, back: str, *, token: str, origin: Origin) -> Response:
        """Lead whoever has just signed in to a page, with the cookies that say so."""
        led_on = RedirectResponse(back, status_code=303)
        person = SignIn(self.ops, token_hash(token), self.clock).person()
        if person is None or are_of_another(request, person_mark(self.ops, person.name)):
            forget_visits(request, led_on)
        for name, value, lasts in (
            (self.site.cookie, token, SIGNED_IN_FOR),
            (BROWSER_COOKIE, origin.browser, BROWSER_KNOWN_FOR),
        ):
            led_on.set_cookie(
                name,
                value,
                max_age=int(lasts.total_seconds()),
                path="/",
                secure=bool(self.site.public),
                httponly=True,
                samesite="lax",
            )
        return led_on


def origin_of(request: HTTPConnection) -> Origin:
    """Return where a request comes from: the address of the connection, and the browser.

    Behind a proxy that `HOTSPOT_TRUSTED_PROXIES` names, the web server gives the address that the
    proxy was asked from. A browser without a value of its own gets one.
    """
    browser = request.cookies.get(BROWSER_COOKIE, "")
    known = 0 < len(browser) <= _LONGEST_BROWSER
    return Origin(
        address=None if request.client is None else request.client.host,
        browser=browser if known else secrets.token_urlsafe(32),
    )


def way_to(path: str, query: str) -> str:
    """Return the address of the sign-in page that leads back to a page of the app."""
    asked = f"{path}?{query}" if query else path
    return f"{SIGN_IN}?{urlencode({'next': asked})}" if asked != "/" else SIGN_IN


def way_back(asked: str) -> str:
    """Return where to go after signing in: a page of this app and nothing else."""
    parts = urlsplit(asked.replace("\\", "/"))
    own = asked.startswith("/") and asked[1:2] not in ("/", "\\") and asked.isprintable()
    loops = parts.path.startswith((SIGN_IN, SIGN_OUT))
    return asked if own and not loops and len(asked) <= _LONGEST_WAY_BACK else "/"


async def _form(request: Request) -> dict[str, str]:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _LONGEST_FORM:
            return {}
    try:
        fields = parse_qs(content.decode("utf-8", errors="replace"), max_num_fields=10)
    except ValueError:  # more fields than the form has
        return {}
    return {name: values[0] for name, values in fields.items()}


def _page(
    back: str, *, notice: str, problem: str, name: str, status: int, single: str
) -> HTMLResponse:
    said = ""
    if problem:
        said = f'<p class="problem" role="alert">{escape(problem)}</p>'
    elif notice:
        said = f'<p class="notice" role="status">{escape(notice)}</p>'
    return HTMLResponse(
        _HTML.format(
            back=escape(back, quote=True),
            name=escape(name, quote=True),
            said=said,
            single=single,
            first="" if name else " autofocus",
            second=" autofocus" if name else "",
        ),
        status_code=status,
        headers={
            "content-security-policy": (
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                "base-uri 'none'; frame-ancestors 'none'"
            )
        },
    )


_HTML: Final = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Hotspot Tasking</title>
<style>
:root {{ color-scheme: light dark; --ground: #fff; --box: #f3f5f7; --text: #0b141c;
  --line: #7d8996; --accent: #1d5b79; --problem: #8a1c1c; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ground: #12181f; --box: #1c252e;
  --text: #eef2f5; --line: #6b7885; --accent: #2a79a2; --problem: #ffb4ab; }} }}
body {{ margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.5 "Source Sans", system-ui, sans-serif; }}
main {{ max-width: 24rem; margin: 12vh auto 2rem; padding: 0 1.2rem; }}
.product {{ margin: 0; font-weight: 600; }}
h1 {{ margin: .2rem 0 1rem; font-size: 1.9rem; line-height: 1.2; }}
label {{ display: block; margin: .9rem 0 .2rem; font-weight: 600; }}
input {{ box-sizing: border-box; width: 100%; padding: .6rem .7rem; font: inherit;
  color: inherit; background: var(--box); border: 1px solid var(--line); border-radius: .4rem; }}
button {{ margin-top: 1.2rem; width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600;
  color: #fff; background: var(--accent); border: 0; border-radius: .4rem; cursor: pointer; }}
:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px; }}
.problem {{ color: var(--problem); border-left: .3rem solid; padding-left: .8rem; }}
.notice {{ border-left: .3rem solid var(--accent); padding-left: .8rem; }}
.single {{ display: block; padding: .6rem; text-align: center; font-weight: 600; color: inherit;
  border: 1px solid var(--accent); border-radius: .4rem; text-decoration: none; }}
.small {{ font-size: .9rem; }}
</style>
</head>
<body>
<main>
<p class="product">Hotspot Tasking</p>
<h1>Sign in</h1>
{said}
{single}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="{back}">
<label for="name">Name</label>
<input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none"
  spellcheck="false" maxlength="80" required{first}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
  maxlength="1024" required{second}>
<button type="submit">Sign in</button>
</form>
<p class="small">An administrator creates accounts and sets new passwords.</p>
</main>
</body>
</html>
"""
