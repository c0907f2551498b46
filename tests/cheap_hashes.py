"""Hashes of passwords that cost next to nothing, for tests of what accounts may do.

They are argon2id's as well. What a hash costs those who guess is tested in
`tests/unit/test_account_rules.py`, and servers that tests start make the product's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hash with 8 KiB once over, not with 64 MiB three times, in this process."""
    from data.operations.accounts import hashes

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashes, "_ARGON2", cheap)
        hashes._nobodys.cache_clear()
        yield
    hashes._nobodys.cache_clear()
