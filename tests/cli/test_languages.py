"""The command line in French: all of it, with the same work, the same JSON and the same exit statuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from addin.program import COMMANDS as EXCEL
from sync.cli.main import COMMANDS as PLAIN
from sync.practice.world import Practice
from sync.system.log import LOG
from sync.system.this_computer import HOLDER
from sync.wiring import open_ledger
from tests.cli.world import Terminal
from tests.support.english import left_in

COMMANDS = [*PLAIN, *EXCEL]


def work(terminal: Terminal, practice: Practice, lang: str) -> tuple[list[str], list[int]]:
    """A day's work: every line that was said, and every exit status. What is written bears the language in its name."""
    file = f"{lang}.xlsx"
    lines = [
        ("sync", "--since", "past-month", "--out", file, "--json", f"{lang}-sync.json"),
        ("push", file, "--json", f"{lang}-push.json"),
        ("push", file),
        ("sync", "--since", "last-run", "--out", f"after-{file}"),
        ("history", "--json", f"{lang}-history.json"),
        ("history",),
        ("verify",),
        ("check",),
        ("rebuild",),
        ("push", f"after-{file}", "--yes"),
    ]
    answers = [terminal.at(practice, *line, "--lang", lang) for line in lines]
    run = json.loads(Path(f"{lang}-history.json").read_text(encoding="utf-8"))[-1]["run"]
    more = [("export", run, "--format", "csv", "--dir", lang), ("undo", run, "--yes"), ("push", file)]
    answers += [terminal.at(practice, *line, "--lang", lang) for line in more]
    return [line for answer in answers for line in answer.words.splitlines()], [answer.status for answer in answers]


def written(name: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON file without what differs from run to run and from folder to folder."""
    text = Path(name).read_text(encoding="utf-8")
    text = re.sub(r'"(run|started|site)": "[^"]*"', r'"\1": ""', text)
    return json.loads(text)


def test_a_day_s_work_is_said_in_french_and_done_the_same(
    terminal: Terminal, practice: Practice, twin: Practice
) -> None:
    """No line of it is English; rows, proof, JSON and exit statuses are those of the English run."""
    said_in_english, statuses = work(terminal, practice, "en")
    said_in_french, same = work(terminal, twin, "fr")
    assert (same, len(said_in_french)) == (statuses, len(said_in_english))
    assert len(left_in(said_in_english)) > 20
    assert left_in(said_in_french) == []
    for name in ("sync", "push", "history"):
        assert written(f"fr-{name}.json") == written(f"en-{name}.json")
    rows = []
    for world in (practice, twin):
        with open_ledger(world.place) as ledger:
            rows.append([ledger.reviewed(entry.run.id) for entry in ledger.history()])
    assert rows[0] == rows[1]


def test_amounts_are_written_as_in_french(terminal: Terminal, practice: Practice) -> None:
    """A comma before the cents, a no-break space between thousands."""
    answer = terminal.at(practice, "--lang", "fr", "sync", "--since", "past-month")
    assert re.search(r"\d\u00a0\d{3},\d\d\b", answer.out)
    assert not re.search(r"\d\.\d\d\b", answer.out.replace("127.0.0.1", ""))


@pytest.mark.parametrize("command", [[], *[[name] for name in COMMANDS]], ids=lambda c: " ".join(c) or "tieout")
def test_help_is_french(terminal: Terminal, command: list[str]) -> None:
    """Every command, whatever it was imported under; and English again when that is asked for."""
    answer = terminal.tieout(*command, "--help", "--lang", "fr")
    again = terminal.tieout(*command, "--help", "--lang=en")
    assert (answer.status, again.status) == (0, 0)
    assert left_in([answer.out]) == []
    assert answer.out.startswith("Utilisation")
    assert again.out.startswith("Usage: tieout")
    assert "Show this message and exit." in again.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("history", "[FACTURE]"),
        ("export", "[EXÉCUTION]"),
        ("verify", "[DOSSIER]"),
        ("match", "[FACTURE] [NUMÉRO]"),
        ("undo", "EXÉCUTION"),
    ],
)
def test_what_may_be_left_out_stands_in_brackets(terminal: Terminal, command: str, words: str) -> None:
    """In the first line of its help; what has to be named stands there without."""
    first, *_ = terminal.tieout(command, "--help", "--lang", "fr").out.splitlines()
    assert first == f"Utilisation\u00a0: tieout {command} [OPTIONS] {words}"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sync"], "Option manquante '--since'."),
        (["sync", "--since", "yesterday"], "ni un choix de date de début ni une date"),
        (["sync", "--since", "past-week", "--until", "x"], "« x » n'est pas une date du "),
        (["sync", "--frobnicate"], "Option inconnue"),
        (["frobnicate"], "Commande inconnue"),
        (["push"], "Argument manquant 'FICHIER'."),
        (["push", "a", "b"], "Argument en trop (b)"),
        (["push", "."], "Fichier '.' est un dossier."),
        (["export", "R", "--format", "doc"], "« doc » n'est pas une liste de xlsx, csv, pdf."),
        (["sandbox", "--port", "x"], "'x' n'est pas un entier valide."),
        (["sync", "--since", "past-week"], "Il n'y a pas de fichier de paramètres"),
        (["push", "\udcff"], "n'est pas un texte lisible"),
    ],
)
def test_a_wrong_command_line_is_told_in_french(terminal: Terminal, arguments: list[str], expected: str) -> None:
    """With the exit status of a usage error, wherever the language stands."""
    for line in ([*arguments, "--lang", "fr"], ["--lang=fr", *arguments]):
        answer = terminal.tieout(*line)
        assert (answer.status, expected in answer.err.replace("\u00a0", " ")) == (2, True), answer.err


@pytest.mark.parametrize("line", [["--lang", "de", "history"], ["history", "--lang", "de"], ["history", "--lang"]])
def test_a_language_that_is_not_known_is_a_usage_error(terminal: Terminal, line: list[str]) -> None:
    """Before or after the command's name; one that is missing is too."""
    answer = terminal.tieout(*line)
    assert (answer.status, "--lang" in answer.err, answer.out) == (2, True, "")


def test_the_last_language_asked_for_is_spoken(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the command's name wins over one before it, and both over TIEOUT_LANG, else that is spoken."""
    monkeypatch.setenv("TIEOUT_LANG", "fr")
    assert "Aucune exécution" in terminal.tieout("history").out
    assert "No run is on record" in terminal.tieout("history", "--lang", "en").out
    assert "No run is on record" in terminal.tieout("--lang", "fr", "history", "--lang", "en").out


def test_who_holds_the_lock_is_told_in_the_reader_s_language(terminal: Terminal, practice: Practice) -> None:
    """The file beside the lock holds values, and is whatever else it may be without harm."""
    from filelock import FileLock  # noqa: PLC0415 - only this test holds it

    assert terminal.at(practice, "sync", "--since", "past-week").status == 0
    with FileLock(practice.place.state / "tieout.lock"):
        known = terminal.at(practice, "sync", "--since", "past-week", "--lang", "fr")
        (practice.place.state / HOLDER).write_text("Tieout has been running since noon.", encoding="utf-8")
        unknown = terminal.at(practice, "sync", "--since", "past-week", "--lang", "fr")
    assert re.match(r"Tieout est en cours depuis le \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, lancé par \S+ sur \S+", known.err)
    assert known.err.endswith("Attendez la fin, puis réessayez.\n")
    assert unknown.err == "Tieout est déjà en cours. Attendez la fin, puis réessayez.\n"


def test_settings_are_refused_in_french(terminal: Terminal) -> None:
    """Down to the kinds of value and what stands between them."""
    Path("t.toml").write_text('[sage]\nsqlite = 3\n[manage]\nsite = ""\n', encoding="utf-8")
    answer = terminal.tieout("sync", "--since", "past-week", "--config", "t.toml", "--lang", "fr")
    assert "[sage] sqlite contient un nombre entier; mettez-y des mots entre guillemets." in answer.err


def test_a_defect_is_told_in_french(terminal: Terminal, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its details are, or that they could not be kept; the log itself stays as Python writes it."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sync.usecases.find_rows.read_and_propose", broken)
    answer = terminal.at(practice, "sync", "--since", "past-week", "--lang", "fr")
    log = practice.place.state / LOG
    assert f"(ZeroDivisionError); les détails sont dans {log}. Veuillez la signaler." in answer.err
    log.unlink()
    log.mkdir()
    again = terminal.at(practice, "sync", "--since", "past-week", "--lang", "fr")
    assert "(ZeroDivisionError); les détails n'ont pu être conservés. Veuillez la signaler." in again.err
    assert (answer.status, again.status) == (70, 70)


def test_a_command_line_speaks_the_same_whatever_was_said_before(terminal: Terminal) -> None:
    """Each command line chooses its language anew."""
    assert "Aucune exécution" in terminal.tieout("history", "--lang", "fr").out
    assert "No run is on record" in terminal.tieout("history").out
