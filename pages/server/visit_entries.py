"""The way in for visits that a phone has kept: one entry a request, answered once it is committed.

The page Visit keeps each tap in the browser and sends it here, since Streamlit's own connection is
gone with the network. The door has asked who is signed in and that the request comes from the app's
own origin. An answer that is lost is no harm: the entry is sent again under its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from data.access import NotAllowedError
from data.operations.taskings.errors import UnknownTaskingError
from data.operations.visits.errors import UnknownVisitError, VisitError
from data.services.visit_entries import EntryError, OtherPersonError, keep_entry, read_entry

if TYPE_CHECKING:
    from starlette.requests import Request

    from data.operations.actor import Actor
    from models.tasking.tasking import Visit

VISIT_ENTRIES: Final = "/visit-entries"
_LONGEST: Final = 32 * 1024
_REFUSED: Final = (VisitError, UnknownVisitError, UnknownTaskingError, EntryError, NotAllowedError)


async def entry_answer(request: Request, actor: Actor) -> Response:
    """Answer an entry: 200 once it is kept, 409 of another person's, 422 where it is refused."""
    if request.method != "POST":
        return PlainTextResponse("Visits can only be sent here.", status_code=405)
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return PlainTextResponse("A visit is sent as JSON.", status_code=415)
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > _LONGEST:
            return JSONResponse({"refused": "The visit is too long to be one."}, status_code=413)
    try:
        visit = await run_in_threadpool(_kept, actor, content)
    except OtherPersonError as problem:
        return JSONResponse({"refused": str(problem)}, status_code=409)
    except _REFUSED as problem:
        return JSONResponse({"refused": str(problem)}, status_code=422)
    return JSONResponse(
        {
            "visit": visit.visit_id,
            "tasking": visit.tasking_id,
            "team": visit.team,
            "arrived": visit.arrived_at.isoformat(),
            "left": None if visit.left_at is None else visit.left_at.isoformat(),
        }
    )


def _kept(actor: Actor, content: bytes) -> Visit:
    return keep_entry(actor, read_entry(content))
