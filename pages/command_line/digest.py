"""The weekly digest, written to a file or mailed: for a timer, or by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from data.settings import mail_address, settings
from pages.command_line.terminal import actor, operations, present, record_export, say, write

if TYPE_CHECKING:
    from data.services.digest_mail import Outcome

app = typer.Typer()
_LABELS: Final[dict[Outcome, str]] = {
    "sent": "sent",
    "sent before": "had this week's digest already; nothing was sent",
    "failed": "not sent",
    "not known": "not known whether it arrived: the line broke after it was handed over. Ask "
    "there, and add --again to send it once more",
}
_ENDINGS: Final = (".html", ".txt")


@app.command()
def digest(
    out: Annotated[
        Path | None, typer.Option(help="File to write, .html or .txt; the screen without it.")
    ] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Mail it to the addresses of HOTSPOT_DIGEST_TO.")
    ] = False,
    mail_to: Annotated[
        list[str] | None, typer.Option("--mail-to", help="Mail it to this address instead.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Mail it also to those who had this week's.")
    ] = False,
) -> None:
    """Say what rose, what is overdue and what needs a review, in a file or by mail, once a week."""
    from data.exports.digest import DigestLooks, digest_html, digest_text
    from data.exports.paper.document import marking
    from data.services.digest import is_simulated, weekly_digest

    if out is not None and out.suffix not in _ENDINGS:
        message = f"--out must end in .html or .txt; got {out.name}"
        raise typer.BadParameter(message)
    recipients = _recipients(mail_to)
    made = weekly_digest(settings(), ops=operations(), now=present())
    simulated = is_simulated(settings())
    marked = marking(simulated=simulated, handling=settings().paper_marking)
    looks = DigestLooks(settings().borough_name, marked, settings().public_url)
    if out is not None:
        draw = digest_html if out.suffix == ".html" else digest_text
        write(draw(made, looks).encode(), out, what="digest")
    elif not (mail or mail_to):
        record_export("digest", kind="txt")
        say(digest_text(made, looks))
    if mail or mail_to:
        from data.services.digest_mail import mail_digest

        outcomes = mail_digest(
            made,
            actor(),
            settings=settings(),
            marking=marked,
            recipients=recipients or settings().digest_to,
            again=again,
        )
        for each in outcomes:
            reason = f" ({each.reason})" if each.reason else ""
            say(f"{each.recipient}: {_LABELS[each.outcome]}{reason}.")
        if any(each.outcome in ("failed", "not known") for each in outcomes):
            raise typer.Exit(1)


def _recipients(given: list[str] | None) -> tuple[str, ...]:
    """Return the addresses of the options, each once.

    Raises
    ------
    typer.BadParameter
    """
    try:
        named = {each.casefold(): mail_address(each.strip()) for each in given or ()}
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem
    return tuple(named.values())
