"""`tieout trial` from the command line: what it says, its exit status, and the settings that it leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from sync.manage.client import ManageClient
from sync.practice.world import SITE_SETTINGS, Practice, practise, serve
from sync.settings.settings_file import load
from tests.cli.world import TODAY, Terminal

MONTH = ("sync", "--since", "past-month", "--out", "p.xlsx", "--json", "-")


def test_before_a_review_it_says_to_sync_first(terminal: Terminal, practice: Practice) -> None:
    """There is no row to try."""
    answer = terminal.at(practice, "trial", "--yes")
    assert (answer.status, answer.err) == (2, "There is no review to try a row of: run the sync first.\n")


def test_what_manage_asks_for_is_kept_and_the_next_push_goes_by_it(terminal: Terminal, tmp_path: Path) -> None:
    """A type that it wants and a version that it refuses; the file keeps its comments and all else."""
    folder = tmp_path / "other"
    with practise(folder, TODAY):
        pass
    site = 'payment_type = "Payment"\npost_demands = "both"\napi_version = "2025.1"\n'
    (folder / SITE_SETTINGS).write_text(site, encoding="utf-8")
    with serve(folder, TODAY, port=0) as practice:
        before = practice.place.config.read_text(encoding="utf-8")
        terminal.at(practice, *MONTH)
        answer = terminal.at(practice, "trial", "--yes", "--json", "-")
        found = json.loads(answer.out)
        learned = {"payment_type": "Payment", "api_version": ""}
        assert (answer.status, found["learned"], found["as_it_was"]) == (0, learned, True)
        assert [(each["outcome"], each["undo"]) for each in found["postings"]] == [
            ("refused", False),
            ("posted", False),
            ("posted", True),
        ]
        kept = practice.place.config.read_text(encoding="utf-8")
        assert kept.startswith(before.partition("[policy]")[0])
        behaviour = load(practice.place.config).manage.behaviour
        assert {name: getattr(behaviour, name) for name in learned} == learned
        terminal.at(practice, *MONTH)
        pushed = terminal.at(practice, "push", "p.xlsx", "--json", "-")
        assert (pushed.status, set(json.loads(pushed.out)["totals"]["outcomes"])) == (0, {"posted"})
        assert "tieout trial" not in pushed.err


def test_only_the_first_push_to_a_site_proposes_it_and_is_not_stopped(terminal: Terminal, practice: Practice) -> None:
    """One line; scripts go on."""
    for words in ("Nothing was ever written to http://", ""):
        terminal.at(practice, *MONTH)
        answer = terminal.at(practice, "push", "p.xlsx")
        assert (answer.status, "Nothing was ever written" in answer.out) == (0, bool(words))


def test_it_is_confirmed_by_the_invoice_s_number(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any that is ready; with nobody at the keyboard the answer is no, and so is anything else that is typed."""
    terminal.at(practice, *MONTH)
    several = terminal.at(practice, "trial", "--invoice", "P-702")
    assert (several.status, "name one by its key: " in several.err) == (2, True)
    key = several.err.split()[-1].strip(".")
    assert terminal.at(practice, "trial", "--invoice", key).status == 4
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for typed, status in (("1", 4), ("P-702", 0)):
        monkeypatch.setattr(click, "prompt", lambda *_, typed=typed, **__: typed)
        answer = terminal.at(practice, "trial", "--invoice", key)
        assert answer.status == status, answer.words
    assert "Manage shows invoice P-702 as it was" in answer.out


def test_an_interruption_says_how_to_take_it_back(
    terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 130 and the command; then the undo finds what was written."""
    run = json.loads(terminal.at(practice, *MONTH).out)["run"]
    write, sent = ManageClient.write, list[object]()

    def cut(client: ManageClient, asked: object) -> object:
        sent.append(asked)
        if len(sent) == 2:
            raise KeyboardInterrupt
        return write(client, asked)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(ManageClient, "write", cut)
    answer = terminal.at(practice, "trial", "--yes")
    assert (answer.status, f"tieout undo {run} " in answer.out) == (130, True)
    monkeypatch.undo()


def test_a_trial_that_is_refused_is_status_1(terminal: Terminal, tmp_path: Path) -> None:
    """In Manage's own words, for every way of asking; the settings stay as they were."""
    folder = tmp_path / "other"
    with practise(folder, TODAY):
        pass
    (folder / SITE_SETTINGS).write_text('payment_type = "Cheque"\npost_demands = "type"\n', encoding="utf-8")
    with serve(folder, TODAY, port=0) as practice:
        before = practice.place.config.read_bytes()
        terminal.at(practice, *MONTH)
        answer = terminal.at(practice, "trial", "--yes")
        assert (answer.status, answer.out.count("type must be Cheque")) == (1, 2)
        assert ("type is required" in answer.out, "Manage is as it was" in answer.out) == (True, True)
        assert practice.place.config.read_bytes() == before
