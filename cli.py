"""The front door on the command line: it mounts the command modules and holds no logic.

Exit codes: 0 done; 1 it could not be done, and the message says why; 2 the command was not
understood.
"""

from __future__ import annotations

import sys

import typer

from geo.errors import PlainError
from pages.command_line import accounts, imports, intelligence, layers, tasking, upkeep
from pages.command_line.terminal import (
    stderr,
)

app = typer.Typer(
    name="hotspots",
    help="Hotspot mapping and neighbourhood tasking, on the command line.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
for module in (imports, layers, intelligence, tasking, upkeep):
    app.add_typer(module.app)
app.add_typer(accounts.app, name="users")


def main() -> None:
    """Run the command; a user's mistake ends with its message and no traceback."""
    try:
        app()
    except PlainError as problem:
        stderr.print(f"Error: {problem}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
