"""The built workbook in a real spreadsheet program: its own buttons, its own VBA, a Python process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.install.build import build_workbook
from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language
from sync.core.values.periods import Choice, Since, window
from sync.language.catalogues import ENGLISH, language
from sync.practice.world import Practice
from sync.settings.interview import Field
from tests.addin.bench import Bench
from tests.addin.test_buttons import in_manage, ready
from tests.excel import macros, uno_engine
from tests.excel.controls import buttons, choose, press, validations
from tests.excel.office import Office
from workbook.control import control_sheet
from workbook.control.list_sheets import HELD
from workbook.control.panel import BUTTONS, FIGURE_CELLS, FIGURES, INPUTS, Figure, Input
from workbook.control.panel import SHEET as CONTROL
from workbook.control.settings_sheet import CHECKS, ROWS
from workbook.control.settings_sheet import NAME as SETTINGS
from workbook.look.page import MARK
from workbook.review.columns import COLUMNS, PLACE, ColumnId
from workbook.review.head_block import CHECK_ROW

NAME = CONTROL.said(ENGLISH)
pytestmark = [pytest.mark.libreoffice, pytest.mark.xdist_group("libreoffice")]


@pytest.fixture
def office(practice: Practice) -> Iterator[Office]:
    """LibreOffice, started where the buttons' Python finds the practice world in its environment."""
    assert practice.url
    with Office() as started:
        yield started


@pytest.fixture
def built_in() -> Language:
    """The language that the workbook is built in."""
    return ENGLISH


@pytest.fixture
def document(office: Office, practice: Practice, tmp_path: Path, built_in: Language) -> Iterator[Any]:
    """The control workbook as built, but for the module that would start Python under Windows only."""
    talk = tmp_path / "talk"
    talk.mkdir()
    path = tmp_path / "Tieout.xlsm"
    assert practice.url
    build_workbook(path, built_in, runner=macros.stub(sys.executable, office.pipe, talk, seconds=60))
    opened = office.open(path)
    yield opened
    opened.close(True)  # noqa: FBT003 - UNO takes no keywords


@pytest.fixture
def live(office: Office, document: Any, built_in: Language) -> Iterator[Bench]:  # noqa: ANN401 - a UNO document
    """The workbook with its real buttons."""
    sheet = CONTROL.said(built_in)
    engine = uno_engine.attach(office.pipe)
    yield Bench(book=xw.Book("Tieout.xlsm"), press=lambda caption: press(document, sheet, caption, 90), engine=engine)
    xw.engines.active = None


def cell(document: Any, a1: str) -> str:  # noqa: ANN401 - a UNO document
    """What a cell of the control sheet shows."""
    return str(document.Sheets.getByName(NAME).getCellRangeByName(a1).String)


def test_the_list_the_dates_and_the_buttons_are_in_place(document: Any) -> None:  # noqa: ANN401 - a UNO document
    """Five choices, both date rules, and each button bound to its macro."""
    assert validations(document, NAME, INPUTS[Input.START]).list == tuple(
        choice.said(ENGLISH) for choice in CHOICES.values()
    )
    for name in (Input.CUSTOM, Input.END):
        rule = validations(document, NAME, INPUTS[name])
        assert (rule.type, rule.formula1, rule.formula2) == ("DATE", "36526", "TODAY()")
    assert buttons(document, NAME) == {b.caption.said(ENGLISH): f"TieoutButtons.{b.macro}" for b in BUTTONS}


def test_the_window_shows_as_soon_as_the_choice_changes(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """A formula: no button, no Python."""
    shown = {}
    for choice in (each.said(ENGLISH) for each in CHOICES.values()):
        live.choose(Input.START, choice)
        document.calculateAll()
        shown[choice] = cell(document, "C12")
    assert shown["Last Successful Run"] == "no successful run yet: choose another"
    assert shown["Custom Date"] == "type the custom date"
    assert all(" to 20" in shown[choice] for choice in ("Past Week", "Past Two Weeks", "Past Month"))


DAYS = [date(2026, 3, 31), date(2024, 3, 31), date(2026, 4, 10), date(2026, 1, 1), date(2024, 2, 29)]
"""Ends of months, of years and of February."""


def test_the_window_on_the_sheet_is_the_one_that_a_sync_reads(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """The sheet's formulas are the rule a second time: on every day each choice gives what the core works out."""
    figures = document.Sheets.getByName(FIGURES)
    formulas = {at: figures.getCellRangeByName(at).Formula for at in ("D1", "D2")}
    custom, end, zero = date(2023, 12, 30), date(2023, 12, 31), date(1899, 12, 30)
    live.choose(Input.CUSTOM, float((custom - zero).days))
    found, expected = {}, {}
    for day, (choice, words), until, last in product(DAYS, CHOICES.items(), (None, end), (-3, 0, 40)):
        if until is not None and choice is not Choice.CUSTOM:
            continue  # it would end before it began
        reached = day + timedelta(days=last)
        live.choose(Input.START, words.said(ENGLISH))
        live.choose(Input.END, float((until - zero).days) if until else None)
        live.book.sheets[FIGURES].range(FIGURE_CELLS[Figure.LAST_DAY]).raw_value = float((reached - zero).days)
        for at, formula in formulas.items():
            today = f"DATE({day.year};{day.month};{day.day})"
            figures.getCellRangeByName(at).Formula = formula.replace("TODAY()", today)
        case = (day, choice, until, last)
        found[case] = [zero + timedelta(days=int(figures.getCellRangeByName(at).Value)) for at in formulas]
        since = Since(choice=choice, custom=custom if choice is Choice.CUSTOM else None)
        days = window(since, today=day, until=until, last_run=reached)
        expected[case] = [days.start, days.end]
    assert len(found) > len(DAYS) * len(CHOICES)
    assert expected == found


def test_run_sync_review_and_push_by_the_buttons(live: Bench, document: Any, practice: Practice) -> None:  # noqa: ANN401 - same
    """The whole day's work, told by the sheet's cells and by the site's state."""
    live.choose(Input.START, "Past Month")
    live.press("Run Sync")
    rows = live.rows()
    count = sum(1 for row in rows if row["Approve"] == "Yes")
    assert cell(document, "B15").startswith(f"{len(rows)} invoices were read and {count} are ready.")
    assert count >= 40
    assert cell(document, "B20") == str(count)
    held = ready(live)
    pushed = next(r for r in rows if r["Status"] == "Ready" and r["Paid before"] == 0 and r["Key"] != held["Key"])
    assert in_manage(practice, pushed["Invoice"])["payments"] == 0
    live.set(held["Key"], "Approve", "No")
    live.press("Push to Manage")
    said = cell(document, "B15")
    assert said.startswith(f"Pushed: {count - 1} posted. Paid Amount has changed by ")
    assert said.endswith("Every row was read back from Manage; Export Audit writes the papers to sign.")
    assert live.row(pushed["Key"])["Outcome"] == "posted: Written and read back."
    assert float(in_manage(practice, pushed["Invoice"])["payments"]) == pushed["Paid proposed"]
    assert in_manage(practice, held["Invoice"])["payments"] == 0
    assert live.shown(Figure.POSTED_COUNT) >= count - 1


def test_a_filter_hides_nothing_from_sync_or_push(live: Bench, document: Any, practice: Practice) -> None:  # noqa: ANN401 - same
    """A repeated sync keeps the filter and fills every row; approved rows that it hides are not pushed."""
    live.choose(Input.START, "Past Month")
    live.press("Run Sync")
    before = live.rows()
    choose(document, "Review", PLACE[ColumnId.STATUS], "Reopened")
    live.press("Run Sync")
    told = {"Waits since": None}  # what was new is so no longer
    assert [row | told for row in before] == [row | told for row in live.rows()]
    live.press("Push to Manage")
    count = sum(1 for row in before if row["Approve"] == "Yes")
    hidden = f"Approved rows that are hidden by a filter or by hand: {count}. Nothing was written."
    assert cell(document, "B15").startswith(hidden)
    assert in_manage(practice, ready(live)["Invoice"])["payments"] == 0
    live.book.sheets["Reconciliation"].tables["Review"].range.rows.hidden = False
    live.press("Push to Manage")
    said = cell(document, "B15")
    assert said.startswith(f"Pushed: {count} posted. Paid Amount has changed by ")
    assert said.endswith("Every row was read back from Manage; Export Audit writes the papers to sign.")


def test_the_ribbon_s_commands_act_on_the_rows_that_are_shown_or_selected(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """Through the shipped macro: hold what is shown, approve what is selected, and go to what waits."""
    place = "vnd.sun.star.script:VBAProject.TieoutButtons.Press?language=Basic&location=document"

    def press(task: str) -> str:
        document.getScriptProvider().getScript(place).invoke((task,), (), ())
        return cell(document, "B15")

    live.choose(Input.START, "Past Month")
    press("sync")
    ready_ones = [number for number, row in enumerate(live.rows()) if row["Approve"] == "Yes"]
    first, second, third, fourth, *_ = ready_ones
    live.hide(first)
    able = [number for number, row in enumerate(live.rows()) if row["Change"] is not None and number != first]
    assert press("hold").startswith(f"{len(able)} row(s) say No now.")
    assert [row["Approve"] for row in live.rows()].count("Yes") == 1
    live.select(second, third)
    assert press("approve") == "2 row(s) say Yes now."
    assert [number for number, row in enumerate(live.rows()) if row["Approve"] == "Yes"] == [first, second, third]
    assert f" that wait for you: invoice {live.rows()[fourth]['Invoice']}, " in press("next")
    selected = live.book.app.selection
    assert selected is not None
    assert selected.row == live.book.sheets["Reconciliation"].tables["Review"].range.row + 1 + fourth


def test_the_filter_of_a_list_stands_and_what_is_typed_below_it_too(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """A sync fills every row of the list and hides them by it again; the cells below are named and left alone."""
    live.choose(Input.START, "Past Month")
    live.press("Run Sync")
    held, sheet = HELD.name.said(ENGLISH), live.book.sheets[HELD.name.said(ENGLISH)]
    before, count = live.sheet(held, HELD.address(60)), int(live.shown(HELD.filled))
    sheet.api.AutoFilter.Range.AutoFilter(1, f"={before[0][0]}")
    document.Sheets.getByName(held).getCellRangeByName(f"A{HELD.header + 2 + count}").String = "my total"
    live.press("Run Sync")
    assert cell(document, "B15").startswith(f"Cells A{HELD.header + 2 + count} of the sheet Held Items hold")
    document.Sheets.getByName(held).getCellRangeByName(f"A{HELD.header + 2 + count}").String = ""
    live.press("Run Sync")
    assert "invoices were read" in cell(document, "B15")
    told = [row[:3] for row in before]
    assert ([row[:3] for row in live.sheet(held, HELD.address(60))], sheet.api.FilterMode) == (told, True)
    assert [sheet.range(f"A{HELD.header + row}").rows.hidden for row in (2, 3)] == [False, True]


def test_a_row_inserted_above_the_table_stops_a_sync_and_no_push(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """Nothing is written at the wrong place; what was reviewed can still be pushed."""
    live.choose(Input.START, "Past Month")
    live.press("Run Sync")
    before = live.rows()
    document.Sheets.getByName("Reconciliation").Rows.insertByIndex(0, 1)
    live.press("Run Sync")
    assert "is not as this Tieout builds it" in cell(document, "B15")
    assert before == live.rows()
    live.press("Push to Manage")
    assert cell(document, "B15").startswith("Pushed: ")


def test_formulas_follow_where_the_user_calculates_by_hand(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """The control sheet only shows the hidden one."""
    document.enableAutomaticCalculation(False)  # noqa: FBT003 - UNO takes no keywords
    live.choose(Input.START, "Past Week")
    live.press("Run Sync")
    assert "invoices were read" in cell(document, "B15")


def test_the_other_buttons_answer_too(live: Bench, document: Any, tmp_path: Path) -> None:  # noqa: ANN401 - same
    """Check Setup tests the links; Export Audit leaves a file."""
    live.choose(Input.START, "Past Week")
    live.press("Check Setup")
    assert cell(document, "B15").startswith("All ")
    live.press("Run Sync")
    live.press("Export Audit")
    (path,) = (tmp_path / "exports").iterdir()
    assert str(path) in cell(document, "B15")


@pytest.mark.parametrize("built_in", [ENGLISH, language("fr")], ids=["en", "fr"])
def test_practice_is_told_with_the_choice_and_then_on_every_sheet(
    live: Bench,
    document: Any,  # noqa: ANN401 - a UNO document
    built_in: Language,
) -> None:
    """On the control sheet before anything runs; on all sheets that show the practice run, until they show another."""
    first, settings = (document.Sheets.getByName(name.said(built_in)) for name in (CONTROL, SETTINGS))
    mark, sample = MARK.said(built_in), control_sheet.SAMPLE.said(built_in)
    rule = validations(document, CONTROL.said(built_in), INPUTS[Input.COMPANY])
    assert (rule.type, rule.formula1) == ("LIST", control_sheet.NAME)
    seen = []
    for word in (control_sheet.DEFAULT.said(built_in), sample):
        live.choose(Input.COMPANY, word)
        document.calculateAll()
        seen.append([sheet.getCellRangeByName("B3").String for sheet in (first, settings)])
    assert seen == [["", ""], [mark, mark]]
    live.choose(Input.COMPANY, control_sheet.DEFAULT.said(built_in))
    live.choose(Input.START, CHOICES[Choice.PAST_WEEK].said(built_in))
    live.press(BUTTONS[0].caption.said(built_in))
    document.calculateAll()
    sheets = [document.Sheets.getByIndex(place) for place in range(document.Sheets.Count)]
    shown = {
        sheet.Name: [sheet.getCellRangeByName(at).String for at in ("A1", "B3")] for sheet in sheets if sheet.IsVisible
    }
    assert len(shown) == 10
    assert [name for name, said in shown.items() if not any(words.startswith(mark) for words in said)] == []


def test_what_check_setup_found_stands_on_the_sheet_settings(live: Bench, document: Any) -> None:  # noqa: ANN401 - same
    """By formulas, for each link; and its own button is bound to the same macro."""
    assert buttons(document, SETTINGS.said(ENGLISH)) == {"Check Setup": "TieoutButtons.CheckSetup"}
    live.press("Check Setup")
    sheet = document.Sheets.getByName(SETTINGS.said(ENGLISH))
    verdicts = [sheet.getCellRangeByName(f"C{CHECKS + place}").String for place in range(1, 5)]
    assert verdicts == ["OK"] * 4
    assert sheet.getCellRangeByName(f"C{ROWS[Field.PRIVATE_KEY]}").String == "not needed for the sample company"


def test_a_python_that_does_not_start_is_told_in_the_status_cell(
    office: Office,
    practice: Practice,
    tmp_path: Path,
) -> None:
    """RunPython's -1 is handled by the button's own macro."""
    (tmp_path / "talk").mkdir()
    path = tmp_path / "Broken.xlsm"
    assert practice.url
    build_workbook(path, ENGLISH, runner=macros.stub("/nowhere/python", office.pipe, tmp_path / "talk", seconds=1))
    document = office.open(path)
    try:
        press(document, NAME, "Run Sync", 60)
        assert cell(document, "B15").startswith("Tieout stopped before it could say how it ended.")
    finally:
        document.close(True)  # noqa: FBT003 - UNO takes no keywords


@pytest.mark.parametrize("built_in", [language("fr")], ids=["fr"])
def test_a_french_workbook_works_with_its_own_buttons(live: Bench, document: Any, built_in: Language) -> None:  # noqa: ANN401 - same
    """Macros, formulas and sheets are French, and so is what Python puts into them, though the system is English."""
    live.choose(Input.START, "Depuis un mois")
    live.press("Synchroniser")
    assert live.status.startswith("Factures lues\u00a0:")
    assert {row["Approve"] for row in live.rows()} == {"Oui", "Non"}
    sheet = document.Sheets.getByName("Rapprochement")
    checked = sheet.getCellByPosition(1, CHECK_ROW).String
    assert checked == f"OK\u00a0: les lignes ({len(live.rows())}) et les montants sont ceux de la revue"
    record, page, link = (sheet.getCellByPosition(len(COLUMNS) + more, 11) for more in range(3))
    assert (link.String, "Affectations" in link.Formula) == ("Encaissements", True)
    assert (page.String, "/finance/invoice/" in page.Formula, record.String.isdigit()) == ("Manage", True, True)
    live.press("Envoyer à Manage")
    assert live.status.startswith("Envoi terminé")
    assert built_in.code == "fr"
