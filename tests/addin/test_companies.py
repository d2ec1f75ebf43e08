"""Company and language on the control sheet: whose books are read, and what the workbook speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

import pytest

from addin import entry
from addin.install.build import build_workbook
from sync.language.catalogues import ENGLISH
from sync.practice.world import BOOKS, Practice, practise
from sync.settings.profiles import place_of
from tests.addin.bench import TODAY, Bench
from tests.workbook.told import beside
from workbook.control import control_sheet
from workbook.control.panel import FIGURES, Figure, Input
from workbook.look.page import MARK
from workbook.review.columns import SHEET

GUARDED = "\u00a0"
SAMPLE = "Practice (sample company)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where settings and ledgers are, with nothing set up yet."""
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "config" / "tieout.toml"))
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TIEOUT_TODAY", TODAY.isoformat())
    monkeypatch.setenv("TIEOUT_EXPORTS", str(tmp_path / "exports"))
    return tmp_path


@pytest.fixture
def worlds(home: Path) -> Iterator[tuple[Practice, Practice]]:
    """Two companies, set up as the profiles north and south."""
    with ExitStack() as stack:
        both = [stack.enter_context(practise(home / name, TODAY)) for name in ("north", "south")]
        for name, world in zip(("north", "south"), both, strict=True):
            config = place_of(name).config
            config.parent.mkdir(parents=True, exist_ok=True)
            text = world.place.config.read_text("utf-8")
            config.write_text(text.replace(f'"{BOOKS}"', f'"{world.folder / BOOKS}"'), "utf-8")
        yield both[0], both[1]


def offered(bench: Bench) -> list[str]:
    """What the list of companies holds."""
    return [str(name) for (name,) in bench.sheet(FIGURES, control_sheet.LIST_BLOCK) if name]


def site(bench: Bench) -> str:
    """The site that the reconciliation on the sheet is of."""
    return beside(bench.sheet(SHEET.said(ENGLISH), "A1:AB4"), "Manage site")


def test_each_company_is_read_from_its_own_settings(bench: Bench, worlds: tuple[Practice, Practice]) -> None:
    """By the name that is chosen, whatever the environment says."""
    bench.choose(Input.START, "Past Month")
    for name, world in zip(("north", "south"), worlds, strict=True):
        bench.choose(Input.COMPANY, name)
        bench.press("Run Sync")
        assert site(bench).startswith(world.url.rstrip("/"))
        assert any(place_of(name).state.glob("ledger*"))


def test_a_company_never_pushes_another_s_workbook(bench: Bench, worlds: tuple[Practice, Practice]) -> None:
    """The run is not in the other's ledger, and that is said; with the right one chosen again it is pushed."""
    assert worlds[0].url != worlds[1].url
    bench.choose(Input.START, "Past Month")
    bench.choose(Input.COMPANY, "north")
    bench.press("Run Sync")
    bench.choose(Input.COMPANY, "south")
    bench.press("Push to Manage")
    assert re.match(r"Run \S+ is not in the ledger .* for the company that is chosen", bench.status)
    assert {row["Outcome"] for row in bench.rows()} == {None}
    bench.choose(Input.COMPANY, "north")
    bench.press("Push to Manage")
    assert bench.status.startswith("Pushed: ")


def test_a_profile_that_was_made_later_is_offered_after_any_button(bench: Bench, home: Path) -> None:
    """The default one first, the practice company last."""
    assert offered(bench)[0] == "(default)"
    place_of("west").config.parent.mkdir(parents=True)
    place_of("west").config.write_text("", "utf-8")
    place_of("007").config.write_text("", "utf-8")
    bench.press("Run Sync")
    assert offered(bench) == ["(default)", "007", "west", SAMPLE]
    place_of("west").config.unlink()
    bench.press("Run Sync")
    assert offered(bench) == ["(default)", "007", SAMPLE]
    assert home.exists()


@pytest.mark.parametrize("name", ["east", "7", "../x", "practice"])
def test_a_company_that_is_not_set_up_is_said(bench: Bench, home: Path, name: str) -> None:
    """Nothing is read or made."""
    bench.choose(Input.COMPANY, name)
    bench.press("Run Sync")
    assert bench.status == "No such company is set up. Choose one under Company from the list."
    assert not (home / "state" / "profiles").exists()


@pytest.mark.parametrize("word", [None, "(default)", "(par défaut)"])
def test_the_default_is_what_the_environment_says(
    bench: Bench, worlds: tuple[Practice, Practice], monkeypatch: pytest.MonkeyPatch, word: str | None
) -> None:
    """As for a command without --profile."""
    monkeypatch.setenv("TIEOUT_PROFILE", "south")
    bench.choose(Input.COMPANY, word)
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    assert site(bench).startswith(worlds[1].url.rstrip("/"))


@pytest.mark.usefixtures("free_port")
def test_the_practice_company_needs_no_set_up_and_is_marked(bench: Bench, home: Path) -> None:
    """It is made by the first button, its site runs as long as the task, and every sheet says what it is."""
    bench.choose(Input.COMPANY, SAMPLE)
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    assert "invoices were read" in bench.status
    assert bench.shown(Figure.PRACTICE) == MARK.said(ENGLISH)
    assert bench.sheet(SHEET.said(ENGLISH), "A1:A1")[0][0].startswith(f"{MARK.said(ENGLISH)} Reconciliation: ")
    bench.press("Push to Manage")
    assert bench.status.startswith("Pushed: ")
    bench.press("Export Audit")
    (csv, *_) = (home / "exports").rglob("*.csv")
    assert csv.read_text("utf-8-sig").startswith(MARK.said(ENGLISH))
    assert bench.shown(Figure.PRACTICE) == MARK.said(ENGLISH)


@pytest.mark.parametrize(("chosen", "words"), [("Français", "Factures lues"), ("English", "invoices were read")])
def test_what_is_told_follows_the_language_chosen(bench: Bench, practice: Practice, chosen: str, words: str) -> None:
    """Status, reasons, lists and export; headers, statuses and answers stay as the workbook was built."""
    assert practice.url
    bench.choose(Input.LANGUAGE, chosen)
    bench.choose(Input.START, "Past Month")
    bench.press("Run Sync")
    french = chosen == "Français"
    assert words in bench.status
    assert {row["Approve"] for row in bench.rows()} == {"Yes", "No"}
    assert "Ready" in {row["Status"] for row in bench.rows()}
    reasons = " ".join(str(row["Why"]) for row in bench.rows())
    assert ("réglée" in reasons or "Réglée" in reasons or "payée" in reasons.lower()) == french
    assert bench.sheet("Tie-out", "A5:B5")[0][0].startswith("Chaque écart" if french else "Every difference")
    proof = [line[0] for line in bench.sheet("Proof", "A5:A8")]
    assert ("Entered in Sage in the window" in proof) == (not french)
    bench.choose(Input.LANGUAGE, "English" if french else "Français")
    bench.press("Push to Manage")
    assert bench.status.startswith("Envoi terminé" if not french else "Pushed: ")
    assert {str(row["Outcome"])[:6] for row in bench.rows() if row["Outcome"]} == ({"posted"} if french else {"inscri"})


@pytest.mark.parametrize("word", [None, "Deutsch", "3"])
def test_without_a_known_choice_the_workbook_s_language_holds(
    french_bench: Bench, practice: Practice, word: str | None
) -> None:
    """Whatever stands there."""
    assert practice.url
    french_bench.choose(Input.LANGUAGE, word)
    french_bench.choose(Input.START, "Depuis un mois")
    entry.press("sync", "fr")
    assert french_bench.status.replace(GUARDED, " ").startswith("Factures lues : ")


def test_the_list_is_there_before_anything_was_pressed(home: Path, tmp_path: Path) -> None:
    """With the profiles of the day it was built."""
    place_of("west").config.parent.mkdir(parents=True)
    place_of("west").config.write_text("", "utf-8")
    build_workbook(tmp_path / "Tieout.xlsm", ENGLISH)
    assert home.exists()
    with ZipFile(tmp_path / "Tieout.xlsm") as parts:
        words = re.findall(r"<t[^>]*>([^<]*)</t>", parts.read("xl/sharedStrings.xml").decode())
    assert words[words.index("west") + 1] == SAMPLE


def test_what_was_decided_for_one_company_is_on_record_before_another_is_shown(
    bench: Bench, worlds: tuple[Practice, Practice]
) -> None:
    """In the ledger of the company whose review it was; it is there again when that one is chosen again."""
    bench.choose(Input.START, "Past Month")
    bench.choose(Input.COMPANY, "north")
    bench.press("Run Sync")
    key = next(row["Key"] for row in bench.rows() if row["Approve"] == "Yes")
    for column, words in (("Approve", "No"), ("Note", "Ask Zoé"), ("Owner", "Luc")):
        bench.set(key, column, words)
    bench.choose(Input.COMPANY, "south")
    bench.press("Run Sync")
    assert site(bench).startswith(worlds[1].url.rstrip("/"))
    bench.choose(Input.COMPANY, "north")
    bench.press("Run Sync")
    row = bench.row(key)
    assert (row["Approve"], row["Note"], row["Owner"]) == ("No", "Ask Zoé", "Luc")
