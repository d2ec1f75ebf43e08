"""The shipped buttons and the companion, in a real spreadsheet program whose CreateObject finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin import COMPANION, entry
from addin.live import excel
from addin.live.companion import Companion
from sync.core.values.messages import say
from sync.core.values.posting import Reply
from sync.core.values.records import Write
from sync.language.catalogues import ENGLISH
from sync.manage.client import ManageClient
from tests.addin.bench import Bench
from tests.addin.test_companion import wait
from tests.addin.test_live import built_in, cell, document, live, office
from tests.excel import uno_com
from tests.excel.office import Office
from workbook.control.panel import Figure, Input

__all__ = ["built_in", "document", "live", "office"]
pytestmark = [pytest.mark.libreoffice, pytest.mark.xdist_group("libreoffice")]


@pytest.fixture
def companion(office: Office) -> Iterator[Companion]:
    """The companion, in this process, as another process finds it by its name."""
    served = Companion(entry.work)

    def start(task: str, code: str, _: object) -> str:
        def reach(work: Callable[[xw.Book], object]) -> None:
            excel.beside.set(True)
            work(xw.Book("Tieout.xlsm"))

        return served.start(task, code, reach)

    methods: dict[str, Callable[..., object]] = {"Start": start, "Cancel": served.cancel, "State": served.state}
    factory = uno_com.offer(office.pipe, COMPANION, methods)
    yield served
    uno_com.withdraw(office.pipe, factory)


def test_a_day_s_work_by_the_buttons_and_the_companion(
    live: Bench,
    document: Any,  # noqa: ANN401 - a UNO document
    companion: Companion,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Sync, push, a second press that is refused, a Cancel by its own button, and on with the push: through the VBA."""

    def press(caption: str) -> str:
        live.press(caption)
        wait(lambda: companion.idle() > 0)
        return cell(document, "B15")

    live.choose(Input.START, "Past Month")
    assert "invoices were read" in press("Run Sync")
    assert live.shown(Figure.WAY) == say("excel-way-companion").said(ENGLISH)
    write, sent, said = ManageClient.write, list[int](), list[str]()

    def pressed(self: ManageClient, wanted: Write) -> Reply:
        sent.append(wanted.invoice_id)
        if len(sent) == 2:
            for caption in ("Run Sync", "Cancel"):
                live.press(caption)
                said.append(cell(document, "B15"))
        return write(self, wanted)

    monkeypatch.setattr(ManageClient, "write", pressed)
    assert press("Push to Manage").startswith("Cancelled: 2 posted.")
    assert said == [say("excel-still-at-work").said(ENGLISH), say("excel-cancelling").said(ENGLISH)]
    assert press("Push to Manage").startswith("Pushed: ")
    assert len(sent) == len(set(sent))
    said.append(press("Export Audit"))
    (path,) = (tmp_path / "exports").iterdir()
    assert str(path) in said[-1]
