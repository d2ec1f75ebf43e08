"""One Windows for all tests of this folder, with the product's sources in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from filelock import FileLock

from tests.windows import wine
from tests.windows.wine import Windows


@pytest.fixture(scope="module")
def windows() -> Iterator[Windows]:
    """A Windows under Wine, which ends with the tests; no other process of the tests uses it meanwhile."""
    found = wine.environment()
    with FileLock(found.root.with_suffix(".use")):
        found.bring("tests")
        yield found
        found.end()
