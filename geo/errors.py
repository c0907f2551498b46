"""What marks an error whose message is written for the person at the screen.

Each failure that a caller can act on has a small class of its own, a subclass of this marker and of
`ValueError` or `LookupError`. Its message says what is wrong, what was found, and what to do. The
pages and the command line show such messages as they are; anything else is a fault of ours and is
never dressed up as the user's.
"""

from __future__ import annotations


class PlainError(Exception):
    """Marker for errors whose message can be shown to the user as it is."""
