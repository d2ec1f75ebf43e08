"""A practice world, a control workbook open in the strict engine, and the buttons to press."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlwings as xw

from addin import entry
from addin.install.build import build_workbook
from sync.language.catalogues import ENGLISH, language
from sync.practice.world import Practice, practise
from tests.addin.bench import TODAY, Bench
from tests.excel import strict_engine
from workbook.control.panel import Input

TASKS = {
    "Run Sync": "sync",
    "Push to Manage": "push",
    "Export Audit": "export",
    "Check Setup": "check",
    "Trial": "trial",
    "Undo Push": "undo",
    "Undo Selected Rows": "undo-selected",
    "Approve Shown": "approve",
    "Hold Shown": "hold",
    "Hold Until": "hold-until",
    "Next Exception": "next",
    "Previous Exception": "previous",
    "Sign as Preparer": "sign-prepared",
    "Sign as Reviewer": "sign-reviewed",
}


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A practice world, found by the buttons through the environment as by a real user's settings."""
    with practise(tmp_path / "practice", TODAY) as world:
        monkeypatch.setenv("TIEOUT_CONFIG", str(world.place.config))
        monkeypatch.setenv("TIEOUT_STATE", str(world.place.state))
        monkeypatch.setenv("TIEOUT_TODAY", TODAY.isoformat())
        monkeypatch.setenv("TIEOUT_EXPORTS", str(tmp_path / "exports"))
        monkeypatch.setattr("sync.manage.http_session.PAUSE", (0.0, 0.0))
        yield world


@pytest.fixture
def free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port for the practice profile's site that nothing else on this computer uses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    monkeypatch.setattr("sync.practice.world.DEFAULT_PORT", port)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The control workbook, built once."""
    path = tmp_path_factory.mktemp("built") / "Tieout.xlsm"
    build_workbook(path, ENGLISH, interpreter="/opt/tieout/python")
    return path


@pytest.fixture(scope="session")
def built_in_french(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The control workbook in French, built once."""
    path = tmp_path_factory.mktemp("construit") / "Tieout.xlsm"
    build_workbook(path, language("fr"), interpreter="/opt/tieout/python")
    return path


@pytest.fixture
def bench(built: Path) -> Iterator[Bench]:
    """The control workbook, open in the strict engine, with its buttons."""
    with _opened(built) as bench:
        yield bench


@pytest.fixture
def month(bench: Bench, practice: Practice) -> Bench:
    """The workbook after a sync of the past month."""
    assert practice.url
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    return bench


@pytest.fixture
def french_bench(built_in_french: Path) -> Iterator[Bench]:
    """The control workbook in French, open in the strict engine, with its buttons."""
    with _opened(built_in_french) as bench:
        yield bench


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Bench]:
    engine = strict_engine.begin()
    book = engine.open_book(path)
    book.set_mock_caller()

    def press(caption: str) -> None:
        entry.press(TASKS[caption])

    yield Bench(book=book, press=press, engine=engine)
    spoilt = {
        each.name: each.content.missed for one in engine.app.opened for each in one.content if each.content.missed
    }
    assert spoilt == {}, "blocks that Excel would have written wrongly"
    xw.engines.active = None
    with contextlib.suppress(AttributeError):
        delattr(xw.Book, "_mock_caller")


@pytest.fixture
def day() -> date:
    """The day that stands for today."""
    return TODAY
