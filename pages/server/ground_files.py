"""The ground of maps and the names on it, handed out by the door: once, to be kept for good.

Streets, parks and postcodes hold no incident, so every role may have them; whoever is not signed in
may not, as with all else. The address changes with the content. The files are made when first asked
for and kept by `data.layers.ground` and `data.layers.map_names`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request


GROUND: Final = "/ground/"
_NAME: Final = re.compile(r"([0-9a-f]{32})(?:-([0-9]{1,4}))?\.json")
_KEPT: Final = "private, max-age=31536000, immutable"


class GroundFiles(Protocol):
    """Returns the content of a file of the ground, gzipped; None where there is none."""

    def __call__(self, *, digest: str, sheet: str) -> bytes | None:
        """Return the file of a sheet of the ground with that digest."""


def no_ground(*, digest: str, sheet: str) -> bytes | None:
    """Return nothing, where no layer is loaded."""
    return None


async def ground_answer(request: Request, files: GroundFiles) -> Response:
    """Answer a request for ``/ground/DIGEST.json`` or ``/ground/DIGEST-SHEET.json``."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("The ground of maps can only be read.", status_code=405)
    asked = _NAME.fullmatch(request.url.path.removeprefix(GROUND))
    content = None
    if asked:
        content = await run_in_threadpool(partial(files, digest=asked[1], sheet=asked[2] or ""))
    if content is None:
        return PlainTextResponse("There is no such ground of a map.", status_code=404)
    headers = {"content-encoding": "gzip", "cache-control": _KEPT}
    body = b"" if request.method == "HEAD" else content
    answer = Response(body, media_type="application/json", headers=headers)
    answer.headers["content-length"] = str(len(content))
    return answer
