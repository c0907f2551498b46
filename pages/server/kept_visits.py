"""Visits that a browser keeps: what remains of a person after the sign-out, and the warning before.

The script of *Visit* notes in a cookie that it has stored something, of whom, and whether all of it
was sent. So a sign-out can say what would be lost, and the browser is told to empty its storage
then, and when somebody else signs in.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

VISITS_COOKIE: Final = "hotspots_visits"
_UNSENT: Final = "unsent"
_LOST: Final = "lost"


def are_unsent(request: Request) -> bool:
    """Tell whether a sign-out would lose visits, and the visitor has not said that it may."""
    _, _, sent = request.cookies.get(VISITS_COOKIE, "").partition(".")
    return sent == _UNSENT and request.query_params.get(_UNSENT) != _LOST


def are_of_another(request: Request, mark: str) -> bool:
    """Tell whether a browser keeps visits of somebody else than the person with a mark."""
    of, _, _ = request.cookies.get(VISITS_COOKIE, "").partition(".")
    return bool(of) and not hmac.compare_digest(of.encode(), mark.encode())


def forget_visits(request: Request, answer: Response) -> None:
    """Have the browser remove what it keeps of visits, where it keeps any."""
    if VISITS_COOKIE in request.cookies:
        answer.headers.setdefault("clear-site-data", '"storage"')
        answer.delete_cookie(VISITS_COOKIE, path="/")


def unsent_page() -> Response:
    """Say that visits are not sent yet, and let the visitor choose."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
    return HTMLResponse(
        _HTML, headers={"content-security-policy": f"{policy}; frame-ancestors 'none'"}
    )


_HTML: Final = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Visits not sent · Hotspot Tasking</title>
<style>
:root { color-scheme: light dark; --accent: #1d5b79; }
@media (prefers-color-scheme: dark) { :root { --accent: #5aa9cf; } }
body { margin: 0; font: 1rem/1.5 "Source Sans", system-ui, sans-serif; }
main { max-width: 28rem; margin: 12vh auto 2rem; padding: 0 1.2rem; }
a { display: block; margin: .8rem 0; padding: .6rem; text-align: center; font-weight: 600;
  color: inherit; border: 1px solid var(--accent); border-radius: .4rem; text-decoration: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>Visits are not sent yet</h1>
<p>This browser keeps visits that you have logged and that are not saved or sent yet. If you sign
out now, they are lost.</p>
<a href="/visit">Back to Visit, to save and send them</a>
<a href="/sign-out?unsent=lost">Sign out and lose them</a>
</main>
</body>
</html>
"""
