"""The companion: a task at a time beside Excel, shown row by row, cancelled between two rows, and never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin import entry
from addin.live import companion as companion_module
from addin.live import excel
from addin.live.companion import Companion, RowByRow, Way
from addin.live.excel import GIVE_BACK
from sync.core.values.errors import Unavailable
from sync.core.values.messages import Text, say
from sync.core.values.posting import Reply
from sync.core.values.records import Write
from sync.language.catalogues import ENGLISH, language
from sync.manage.client import ManageClient
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.practice.world import Practice
from sync.settings.profiles import default_state
from sync.system import bounded
from sync.usecases.read_and_propose import read_and_propose
from sync.wiring import open_ledger_read_only
from tests.addin.bench import TODAY, Bench
from tests.addin.conftest import TASKS
from tests.addin.test_buttons import in_manage, ready
from tests.cli.test_scale import books, invoices
from tests.cli.world import Terminal
from tests.excel.strict_rules import ExcelClosed
from workbook.control.panel import Figure, Input

SECONDS = 180.0
BUSY = say("excel-still-at-work").said(ENGLISH)


class Beside:
    """A companion and the workbook it is asked for."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.companion = bench, Companion(entry.work)

    def ask(self, caption: str, built_in: str | None = None) -> str:
        """Ask for a button's task, as its macro does."""

        def reach(work: Callable[[xw.Book], object]) -> None:
            excel.beside.set(True)
            work(self.bench.book)

        return self.companion.start(TASKS[caption], built_in, reach)

    def press(self, caption: str, seconds: float = SECONDS) -> None:
        """The same, and wait for its end."""
        assert self.ask(caption) == ""
        wait(lambda: self.companion.idle() > 0, seconds)


def wait(until: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def beside(bench: Bench, practice: Practice) -> Beside:
    """The workbook, and a companion that does its tasks."""
    assert practice.url
    bench.choose(Input.START, "Past Month")
    return Beside(bench)


def test_a_day_s_work_by_the_companion(beside: Beside, practice: Practice, tmp_path: Path) -> None:
    """Each button, one after the other, in one process; the sheet says how it was done, and Excel gets all back."""
    bench, said = beside.bench, {}
    for caption in ("Check Setup", "Run Sync", "Push to Manage", "Export Audit"):
        beside.press(caption)
        said[caption] = bench.status
        assert bench.shown(Figure.WAY) == say("excel-way-companion").said(ENGLISH)
        assert (bench.engine.statuses[-1], bench.engine.macros[-1]) == (False, f"'Tieout.xlsm'!{GIVE_BACK}")
    assert said["Check Setup"].startswith("All ")
    assert "invoices were read" in said["Run Sync"]
    assert said["Push to Manage"].startswith("Pushed: ")
    assert str(tmp_path / "exports") in said["Export Audit"]
    posted = next(row for row in bench.rows() if str(row["Outcome"]).startswith("posted"))
    assert float(in_manage(practice, posted["Invoice"])["payments"]) == posted["Paid proposed"]


@pytest.mark.parametrize("caption", list(TASKS))
def test_both_ways_end_with_the_same_words(bench: Bench, practice: Practice, caption: str) -> None:
    """Before anything was read: what the companion says is what RunPython says, and the sheet tells them apart."""
    assert practice.url
    beside, said = Beside(bench), []
    for press, way in ((bench.press, Way.RUN_PYTHON), (beside.press, Way.COMPANION)):
        bench.choose(Input.START, None)
        press(caption)
        said.append(bench.status)
        assert bench.shown(Figure.WAY) == way.value.said(ENGLISH)
    assert said[0] == said[1] != ""


def test_a_second_task_is_refused_and_said(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the language of the workbook that asks; nothing runs twice, and the first goes on to its end."""
    go, begun = threading.Event(), list[str]()

    def slow(*_: object) -> None:
        begun.append("once")
        assert go.wait(SECONDS)

    monkeypatch.setattr("addin.tasks.press", slow)
    assert beside.ask("Run Sync") == ""
    wait(lambda: begun)
    assert (beside.ask("Run Sync", "en"), beside.companion.idle()) == (BUSY, 0.0)
    assert beside.ask("Push to Manage", "fr") == say("excel-still-at-work").said(language("fr"))
    go.set()
    wait(lambda: beside.companion.idle() > 0)
    assert (begun, beside.companion.state("en")) == (["once"], "")


def test_whatever_a_task_raises_ends_that_task_alone(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be it an exit of the whole program."""
    for error in (SystemExit("Excel is busy."), RuntimeError("unforeseen"), KeyboardInterrupt()):

        def broken(*_: object, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr("addin.tasks.press", broken)
            beside.press("Run Sync")
    beside.press("Run Sync")
    assert "invoices were read" in beside.bench.status


def test_how_long_nothing_was_asked_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the last question or the last task's end on; never while one is under way."""
    now, go = [100.0], threading.Event()
    monkeypatch.setattr(companion_module, "monotonic", lambda: now[0])
    idle = Companion(lambda *_: go.wait(SECONDS))
    now[0] += 50
    assert (idle.idle(), idle.state(None), idle.idle()) == (50.0, "", 0.0)
    assert idle.start("sync", None, lambda work: work(None)) == ""  # type: ignore[arg-type] # no workbook
    now[0] += 50
    assert idle.idle() == 0.0
    go.set()
    wait(lambda: not idle.state(None))
    now[0] += 7
    assert idle.idle() == 7.0


def test_a_cancel_before_anything_was_written_says_so(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet is as it was, and another task can begin; with nothing under way it is said that there is nothing."""
    beside.press("Run Sync")
    before = beside.bench.rows()

    def cancelled(self: ManageClient, *_: object, **__: object) -> None:
        raise AssertionError(self)

    stage = RowByRow.stage

    def cancelling(self: RowByRow, label: Text, total: int, how_long: Text | None = None) -> Any:  # noqa: ANN401 - a stage
        assert beside.companion.cancel("en") == say("excel-cancelling").said(ENGLISH)
        return stage(self, label, total, how_long)

    with monkeypatch.context() as patch:
        patch.setattr(RowByRow, "stage", cancelling)
        patch.setattr(ManageClient, "write", cancelled)
        beside.press("Push to Manage")
    assert beside.bench.status == say("excel-cancelled").said(ENGLISH)
    assert before == beside.bench.rows()
    assert beside.companion.cancel("en") == say("excel-nothing-to-cancel").said(ENGLISH)
    beside.press("Push to Manage")
    assert beside.bench.status.startswith("Pushed: ")


def test_a_wait_for_sage_hears_a_cancel() -> None:
    """The wait that Ctrl-C cuts short on the command line."""
    heard: list[type[BaseException]] = []

    def wait_for_sage() -> None:
        def hear() -> None:
            raise KeyboardInterrupt

        bounded.listener.set(hear)
        try:
            bounded.within(SECONDS, lambda _: time.sleep(1))
        except BaseException as error:  # noqa: BLE001 - which one is the question
            heard.append(type(error))

    thread = threading.Thread(target=wait_for_sage)
    thread.start()
    thread.join()
    assert heard == [KeyboardInterrupt]


def test_what_is_typed_while_a_sync_reads_is_kept(
    beside: Beside, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel stays usable: a No and a note of that moment stand on the sheet afterwards, and in the ledger as a hold."""
    beside.press("Run Sync")
    key, read = ready(beside.bench)["Key"], read_and_propose

    def typing(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
        beside.bench.set(key, "Approve", "No")
        beside.bench.set(key, "Note", "Ask Zoé")
        return read(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr("sync.usecases.find_rows.read_and_propose", typing)
        beside.press("Run Sync")
    row = beside.bench.row(key)
    assert (row["Approve"], row["Note"]) == ("No", "Ask Zoé")
    ledger = open_ledger_read_only(practice.place)
    assert ledger is not None
    with ledger:
        (run, _) = [entry.run for entry in ledger.history()]
        assert ledger.holds(run.company)[key].note == "Ask Zoé"


@pytest.fixture
def large(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Beside, Store]]:
    """A company of 2,000 invoices, each with a receipt that Manage does not know, synced into the workbook."""
    monkeypatch.setattr("sync.manage.http_session.Pace.turn", lambda _: None)  # the site's own pace would take minutes
    books(tmp_path / "books.db", 2_000)
    with Store(*invoices(2_000, 0), SiteBehaviour(), lambda: TODAY) as store, Server(store) as server:
        settings = f'[sage]\nsqlite = "books.db"\n[manage]\nsite = "{server.url}"\ncompany = "acme"\nclient_id = "x"\n'
        settings += '[policy]\nmax_rows = 5000\nmax_amount = "1000000.00"\n'
        (tmp_path / "tieout.toml").write_text(settings, encoding="utf-8")
        monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "tieout.toml"))
        monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
        monkeypatch.setenv("TIEOUT_TODAY", TODAY.isoformat())
        bench.choose(Input.START, "Past Month")
        beside = Beside(bench)
        beside.press("Run Sync")
        assert len(bench.rows()) == 2_000, bench.status
        yield beside, store


@pytest.mark.xdist_group("scale")
def test_a_push_of_two_thousand_rows_cancelled_in_the_middle(
    large: tuple[Beside, Store], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every row was posted and verified or is untouched, the sheet and the ledger agree, and the next push goes on.

    Excel was called twice a second at most, however many rows there were.
    """
    beside, store = large
    bench, write, sent = beside.bench, ManageClient.write, list[int]()

    def counted(self: ManageClient, wanted: Write) -> Reply:
        sent.append(wanted.invoice_id)
        if len(sent) == 1_000:
            assert beside.companion.cancel("en") == say("excel-cancelling").said(ENGLISH)
        return write(self, wanted)

    monkeypatch.setattr(ManageClient, "write", counted)
    bench.engine.calls.clear()
    begun = time.monotonic()
    beside.press("Push to Manage", 300)
    seconds = time.monotonic() - begun
    assert bench.status.startswith("Cancelled: 1000 posted."), bench.status
    assert bench.engine.calls["App.status_bar="] <= seconds / companion_module.EACH + 12
    rows = bench.rows()
    posted = {row["Invoice"] for row in rows if row["Outcome"] == "posted: Written and read back."}
    assert len(posted) == 1_000
    assert {row["Outcome"] for row in rows if row["Invoice"] not in posted} == {None}
    in_site = {str(each.number) for each in store.invoices() if each.payments}
    assert in_site == posted
    terminal = Terminal(capsys, tmp_path)
    common = ("--config", str(tmp_path / "tieout.toml"), "--state", str(tmp_path / "state"))
    assert terminal.tieout("verify", *common).status == 0
    beside.press("Push to Manage", 300)
    assert bench.status.startswith("Pushed: "), bench.status
    assert len(sent) == len(set(sent)) == 2_000
    assert terminal.tieout("verify", *common).status == 0


@pytest.mark.parametrize("rows", [3, 300])
def test_what_is_shown_is_shown_by_time(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by row: within half a second once, and then the count; a cancel is heard after the row."""
    now, shown, cancelled = [0.0], list[str](), list[bool]()
    monkeypatch.setattr(companion_module, "monotonic", lambda: now[0])

    class Screen:
        """Keeps what is shown."""

        def say(self, text: Text) -> str:
            """In English."""
            return text.said(ENGLISH)

        def show(self, words: str) -> None:
            """Keep it."""
            shown.append(words)

    def hear() -> None:
        if cancelled:
            raise KeyboardInterrupt

    progress = RowByRow(Screen(), hear)
    with progress.stage(say("writing-to-manage"), rows) as stage:
        for _ in range(rows - 1):
            stage.step()
        assert shown == [f"Tieout: Writing to Manage (0 of {rows} rows; Esc cancels)..."]
        now[0] += 0.5
        cancelled.append(True)
        with pytest.raises(KeyboardInterrupt):
            stage.step()
    assert shown[1:] == [f"Tieout: Writing to Manage ({rows} of {rows} rows; Esc cancels)..."]
    with pytest.raises(KeyboardInterrupt):
        progress.stage(say("writing-to-manage"), rows)


def test_an_excel_that_somebody_types_in_holds_no_push_up(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown meanwhile is left out, and the end waits until it is listened to."""
    beside.press("Run Sync")
    monkeypatch.setattr(excel, "PATIENCE", 0.0)
    monkeypatch.setattr(companion_module, "EACH", 0.0)
    write, engine, sent = ManageClient.write, beside.bench.engine, list[int]()

    def typing(self: ManageClient, wanted: Write) -> Reply:
        sent.append(wanted.invoice_id)
        engine.busy = 10_000 if len(sent) < 5 else 2
        return write(self, wanted)

    monkeypatch.setattr(ManageClient, "write", typing)
    beside.press("Push to Manage")
    assert beside.bench.status.startswith("Pushed: ")


def test_an_excel_that_is_closed_ends_a_push_after_its_row(
    beside: Beside, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could watch or cancel it; what was written is on record, and the workbook opened anew goes on."""
    beside.press("Run Sync")
    count = sum(1 for row in beside.bench.rows() if row["Approve"] == "Yes")
    monkeypatch.setattr(companion_module, "EACH", 0.0)
    write, trips, sent = ManageClient.write, beside.bench.engine.trips, list[int]()

    def last(self: ManageClient, wanted: Write) -> Reply:
        sent.append(wanted.invoice_id)
        trips.closed = len(sent) == 3
        return write(self, wanted)

    monkeypatch.setattr(ManageClient, "write", last)
    beside.press("Push to Manage")
    assert len(sent) == 3
    log = (default_state() / "tieout.log").read_text(encoding="utf-8")
    assert say("excel-closed-meanwhile").said(ENGLISH) in log
    assert "Traceback" not in log
    trips.closed = False
    beside.press("Push to Manage")
    assert beside.bench.status.startswith("Pushed: "), beside.bench.status
    assert len(sent) == len(set(sent)) == count
    assert practice.url


def test_a_closed_excel_is_told_as_that() -> None:
    """Not as a defect, and not as one that is busy; whatever else is not shown ends nothing."""

    class ObjectRequired(Exception):
        """What Excel gives as its reason for a workbook that is not there any more."""

    def closed() -> None:
        raise ExcelClosed

    def no_workbook() -> None:
        raise ObjectRequired(excel.EXCEPTION, "Exception occurred.", (0, None, None, None, 0, -2146827864), None)

    for call in (closed, no_workbook):
        with pytest.raises(Unavailable, match="excel-closed-meanwhile"):
            excel.patiently(call)
        with pytest.raises(Unavailable, match="excel-closed-meanwhile"):
            excel.unless_busy(call)
    excel.unless_busy(lambda: 1 / 0)


def test_no_answer_to_a_name_is_a_busy_excel(monkeypatch: pytest.MonkeyPatch) -> None:
    """pywin32 says then that there is no such member; a member that our own code lacks is a defect all the same."""
    answers = ["no", "no"]
    theirs: dict[str, Any] = {"__name__": "win32com.client.dynamic"}
    exec("def refuse(): raise AttributeError(\"Property '<unknown>.Value' can not be set.\")", theirs)  # noqa: S102 - as there

    def put() -> str:
        if answers:
            answers.pop()
            theirs["refuse"]()
        return "put"

    assert excel.patiently(put) == "put"
    with pytest.raises(AttributeError):
        excel.patiently(lambda: excel.nothing)  # type: ignore[attr-defined] # on purpose
    monkeypatch.setattr(excel, "PATIENCE", 0.0)
    answers.append("no")
    with pytest.raises(Unavailable, match="excel-busy"):
        excel.patiently(theirs["refuse"])
