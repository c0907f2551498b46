"""Which passwords are good enough: long, not common, and nothing that anybody would try first.

There are no rules of composition and no expiry (NIST SP 800-63B, OWASP ASVS): a password has at
least twelve characters, and zxcvbn (Wheeler, USENIX Security 2016), which knows the most common
passwords, words, names, dates and keyboard patterns, must not expect it among the first ten
thousand million guesses. Capitals make no difference to either.
"""

from __future__ import annotations

import re
import unicodedata
from threading import Lock
from typing import TYPE_CHECKING, Final

from zxcvbn import zxcvbn

from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
LEAST_GUESSES: Final = 10**10
PRODUCT: Final = "Hotspot Tasking"
_SHORTEST_OWN_WORD: Final = 4  # a shorter name is in too many words to be refused within one
_ESTIMATED: Final = 72  # of so many characters; the estimate takes long beyond
_ONE_AT_A_TIME: Final = Lock()  # zxcvbn keeps the words that it is given in a table of the process


class PasswordError(PlainError, ValueError):
    """A password cannot be used; the message never repeats it."""


def normal_password(text: str) -> str:
    """Return a password as it is hashed: the same however a keyboard composes its accents."""
    return unicodedata.normalize("NFC", text)


def check_password(password: str, *, name: str, borough: str = "") -> None:
    """Refuse a password that is too short, too long, common, or made from what everybody knows.

    Parameters
    ----------
    password : str
    name : str
        Of the account.
    borough : str
        Its name; nothing is compared where it is empty.

    Raises
    ------
    PasswordError
    """
    normal = normal_password(password)
    if not SHORTEST_PASSWORD <= len(normal) <= LONGEST_PASSWORD:
        message = (
            f"The password has {counted(len(normal), 'character')}; it must have at least "
            f"{SHORTEST_PASSWORD} and at most {LONGEST_PASSWORD:,}. Three or four words that have "
            "nothing to do with each other are easy to remember."
        )
        raise PasswordError(message)
    for own in (name, PRODUCT, borough):
        if len(_letters(own)) >= _SHORTEST_OWN_WORD and _letters(own) in _letters(normal):
            message = (
                f"The password contains {own!r}, which is tried first. Leave out your name, the "
                "name of this product and the borough's."
            )
            raise PasswordError(message)
    if _guesses(normal, own_words=_words((name, PRODUCT, borough))) < LEAST_GUESSES:
        message = (
            "The password is a common one, or is easily guessed from common words, names, dates or "
            "rows of keys. Take three or four words that have nothing to do with each other."
        )
        raise PasswordError(message)


def _guesses(password: str, *, own_words: list[str]) -> float:
    """Return after how many guesses a password is expected to be met."""
    with _ONE_AT_A_TIME:
        estimate = zxcvbn(password.casefold()[:_ESTIMATED], user_inputs=own_words)
    return float(estimate["guesses"])


def _letters(text: str) -> str:
    """Return letters and digits alone, whatever their case, as a guesser runs words together."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _words(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in re.split(r"[\W_]+", text.casefold()) if word]
