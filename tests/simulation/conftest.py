"""What makes thousands of histories quick."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import lru_cache

import pytest

from sync.ledger import stored_form


@pytest.fixture(scope="package", autouse=True)
def _read_once() -> Iterator[None]:
    """The same record is decoded once: what it makes is frozen, and most histories read the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_form, "read", lru_cache(maxsize=20_000)(stored_form.read))
        yield


@pytest.fixture(autouse=True)
def _seldom_collected() -> Iterator[None]:
    """A history leaves few cycles behind: looking for them again and again costs a tenth of the time."""
    often = gc.get_threshold()
    gc.set_threshold(50_000)
    yield
    gc.set_threshold(*often)
