"""One Windows for all tests of this folder, with the product's sources in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.windows import wine
from tests.windows.wine import Windows


@pytest.fixture(scope="session")
def windows() -> Iterator[Windows]:
    """A Windows under Wine, which ends with the tests."""
    found = wine.environment()
    found.bring("tests")
    yield found
    found.end()
