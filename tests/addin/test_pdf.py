"""A PDF made by Excel: an Excel of its own, within a time, and nobody else's is ended."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from addin.live import pdf as printing
from sync.core.values.errors import SetupError
from sync.core.values.messages import Text, say

REJECTED, NO_CLASS = (-2147418111, "Call was rejected by callee."), (-2147221005, "Invalid class string")
REFUSED = (-2147352567, "Exception occurred.", (0, "Microsoft Excel", "The printer is not there.", None, 0, -1), None)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """What stands for Excel's own process."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as started:
        yield started
        started.kill()


@pytest.fixture
def excel(monkeypatch: pytest.MonkeyPatch, process: subprocess.Popen[bytes]) -> SimpleNamespace:
    """An Excel, on a Windows without LibreOffice; each of its steps may be made to fail."""
    found = SimpleNamespace(start=lambda: None, open=lambda: None, print=lambda pdf: Path(pdf).touch(), closed=[])

    def opened(path: str, *, read_only: bool) -> SimpleNamespace:
        assert read_only
        found.open()
        return SimpleNamespace(to_pdf=found.print, close=lambda: found.closed.append(path))

    def app(*, visible: bool, add_book: bool) -> SimpleNamespace:
        assert (visible, add_book) == (False, False)
        found.start()
        return SimpleNamespace(pid=process.pid, books=SimpleNamespace(open=opened), quit=lambda: found.closed.append(0))

    monkeypatch.setattr(printing, "tamed", lambda: SimpleNamespace(App=app))
    monkeypatch.setattr(printing, "com_of_thread", contextlib.nullcontext)
    monkeypatch.setattr("addin.live.pdf.sys.platform", "win32")
    monkeypatch.setattr("addin.live.pdf.shutil.which", lambda _: None)
    monkeypatch.setattr(printing, "PLACES", ())
    monkeypatch.setattr("addin.live.excel.PATIENCE", 0.0)
    return found


def raising(*arguments: object) -> Callable[..., None]:
    """A step at which Windows says so."""

    def fail(*_: object) -> None:
        raise OSError(*arguments) if not isinstance(arguments[0], int) else ComError(*arguments)

    return fail


class ComError(Exception):
    """As pywin32 raises them."""


def test_excel_prints_and_is_left(excel: SimpleNamespace, tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """It was asked to quit, and nothing was ended by force."""
    printing.make_pdf(tmp_path / "pack.xlsx", tmp_path / "pack.pdf")
    assert (excel.closed, (tmp_path / "pack.pdf").exists()) == ([str(tmp_path / "pack.xlsx"), 0], True)
    assert process.poll() is None


@pytest.mark.parametrize(
    ("step", "error", "why"),
    [
        ("open", REJECTED, say("excel-busy")),
        ("print", REFUSED, "The printer is not there"),
        ("print", ("disk full",), "disk full"),
    ],
)
def test_why_excel_could_not_print_is_said(
    excel: SimpleNamespace,
    tmp_path: Path,
    process: subprocess.Popen[bytes],
    step: str,
    error: tuple[object, ...],
    why: Text | str,
) -> None:
    """In its own words, and never that there is none; its own process is ended."""
    setattr(excel, step, raising(*error))
    with pytest.raises(SetupError) as caught:
        printing.make_pdf(tmp_path / "pack.xlsx", tmp_path / "pack.pdf")
    assert caught.value.text == say("excel-pdf-failed-in-excel", why=why)
    assert process.wait(10) != 0


def test_an_excel_that_never_answers_is_ended(
    excel: SimpleNamespace, tmp_path: Path, process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows a dialogue that nobody sees: after its time, it alone is ended."""
    monkeypatch.setattr(printing, "SECONDS", 0.3)
    excel.print = lambda _: time.sleep(2)
    with pytest.raises(SetupError) as caught:
        printing.make_pdf(tmp_path / "pack.xlsx", tmp_path / "pack.pdf")
    assert caught.value.text == say("excel-pdf-failed-in-excel", why=say("excel-silent", seconds=0))
    assert process.wait(10) != 0


def test_without_excel_and_libreoffice_both_are_named(excel: SimpleNamespace, tmp_path: Path) -> None:
    """That is the one case in which neither is there."""
    excel.start = raising(*NO_CLASS)
    with pytest.raises(SetupError, match="excel-no-program-for-pdf"):
        printing.make_pdf(tmp_path / "pack.xlsx", tmp_path / "pack.pdf")
