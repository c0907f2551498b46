"""The front door on the command line: it runs `pages.command_line.commands` and holds no logic.

Exit codes: 0 done; 1 it could not be done, and the message says why; 2 the command was not
understood; 130 it was ended with Ctrl-C. A traceback is never the answer to Ctrl-C: while the
product is being imported, which takes a second or two, there is nothing to tidy up, and the process
ends as the system ends it.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDED_BY_CTRL_C: Final = 130


def main() -> None:
    """Run the command; Ctrl-C ends it without a traceback."""
    with _ended_at_once():
        from pages.command_line.commands import run
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(_ENDED_BY_CTRL_C)


@contextmanager
def _ended_at_once() -> Iterator[None]:
    """Leave Ctrl-C to the system meanwhile, where Python itself would answer it."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    main()
