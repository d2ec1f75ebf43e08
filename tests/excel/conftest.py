"""One LibreOffice for all tests of this folder, and the sample workbook in either engine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from . import sample, strict_engine, uno_engine
from .office import Office, Uno


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """LibreOffice, started when the first test asks for it."""
    with Office() as started:
        yield started


@pytest.fixture
def opened(office: Office) -> Iterator[Callable[[Path], Uno]]:
    """Open files in LibreOffice, and close them when the test is over."""
    documents: list[Uno] = []

    def load(path: Path) -> Uno:
        documents.append(office.open(path))
        return documents[-1]

    yield load
    for document in documents:
        with contextlib.suppress(Exception):  # the test may have closed it
            document.close(True)  # noqa: FBT003 - UNO takes no keywords


@pytest.fixture(autouse=True)
def _no_engine_left() -> Iterator[None]:
    """Each test chooses its engine, and leaves none behind."""
    yield
    xw.engines.active = None
    with contextlib.suppress(AttributeError):
        delattr(xw.Book, "_mock_caller")


@pytest.fixture
def strict(tmp_path: Path) -> xw.Book:
    """The sample in the strict engine."""
    return strict_engine.begin().open_book(sample.build(tmp_path / "Sample book.xlsx"))


@pytest.fixture(params=["strict", pytest.param("libreoffice", marks=pytest.mark.libreoffice)])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> xw.Book:
    """The sample in each engine."""
    path = sample.build(tmp_path / "Sample book.xlsx")
    if request.param == "strict":
        return strict_engine.begin().open_book(path)
    request.getfixturevalue("opened")(path)
    uno_engine.attach(request.getfixturevalue("office").pipe)
    return xw.Book(path.name)
