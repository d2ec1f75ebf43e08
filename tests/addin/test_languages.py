"""The add-in in French: what the macros and the ribbon say, and what the buttons put into the status cell."""

from __future__ import annotations

import re
from pathlib import Path

import defusedxml.ElementTree
import pytest
from oletools.olevba import VBA_Parser

from addin import entry, install
from addin.build import BUTTONS, RIBBON_MACROS, build_addin, module, ribbon
from addin.live_book import LiveBook
from sync.core.errors import SetupError
from sync.core.words import speak
from sync.practice import Practice
from sync.tongues import tongue
from tests.addin.bench import Bench
from workbook.panel import Input

GUARDED = "\u00a0"


@pytest.fixture
def french() -> None:
    """French is spoken while something is built."""
    speak(tongue("fr"))


def test_english_macros_and_ribbon_are_what_they_were() -> None:
    """Every place is filled, and the buttons name the language they were built in."""
    assert 'Application.StatusBar = "Tieout is starting..."' in module(BUTTONS)
    assert """addin.entry." & task & "('en')")""" in module(BUTTONS)
    assert 'label="Invoice payments"' in ribbon()
    assert "$" not in module(BUTTONS) + module(RIBBON_MACROS) + ribbon()


@pytest.mark.usefixtures("french")
def test_macros_are_french_to_an_independent_reader(tmp_path: Path) -> None:
    """With accents and quotation marks whole, and never a quote that would end a string."""
    path = tmp_path / "Tieout.xlam"
    build_addin(path, tmp_path / "Tieout.xlsm")
    parser = VBA_Parser(str(path))
    try:
        code = "".join(str(text) for _, _, _, text in parser.extract_macros())
    finally:
        parser.close()
    assert f"Cliquez d'abord sur «{GUARDED}Ouvrir le classeur{GUARDED}»." in code
    assert "{path} n'est pas là. Lancez de nouveau tieout install." in code
    assert all(line.count('"') % 2 == 0 for line in module(BUTTONS).splitlines())
    assert """addin.entry." & task & "('fr')")""" in module(BUTTONS)


@pytest.mark.usefixtures("french")
def test_the_ribbon_is_french_and_still_xml() -> None:
    """Every label and every tip."""
    tree = defusedxml.ElementTree.fromstring(ribbon())
    labels = [each.get("label") for each in tree.iter() if each.get("label")]
    assert labels == [
        "Tieout",
        "Paiements des factures",
        "Synchroniser",
        "Envoyer à Manage",
        "Registre et configuration",
        "Exporter l'audit",
        "Vérifier la configuration",
        "Ouvrir le classeur",
    ]
    assert [each.get("supertip") for each in tree.iter() if "the " in (each.get("supertip") or "")] == []


def test_a_day_s_work_is_told_in_french(
    bench: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The status cell after each button, and the status bar while they are at work."""
    assert practice.url
    monkeypatch.setenv("TIEOUT_LANG", "fr")
    bench.choose(Input.START, "Past Month")
    said = {}
    for caption in ("Run Sync", "Push to Manage", "Export Audit", "Check Setup"):
        bench.press(caption)
        said[caption] = bench.status.replace(GUARDED, " ")
    assert re.match(r"Factures lues : \d+; à envoyer : \d+\. Rien n'a été écrit dans Manage\.", said["Run Sync"])
    assert "Un envoi peut être annulé avec tieout undo " in said["Run Sync"]
    assert re.match(r"Envoi terminé : inscrite : \d+\. Chaque ligne a été relue", said["Push to Manage"])
    assert str(tmp_path / "exports") in said["Export Audit"]
    assert said["Export Audit"].startswith("Le dossier d'audit de l'exécution")
    assert said["Check Setup"].startswith("Toutes les liaisons fonctionnent (")
    bar = [str(words).replace(GUARDED, " ") for words in bench.engine.statuses if words]
    assert bar[0] == "Tieout : lecture des paramètres..."
    assert "Tieout : Lecture de Manage..." in bar


def test_a_button_speaks_the_language_its_workbook_was_built_in(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the system speaks; without settings that is all it can say."""
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "missing.toml"))
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    bench.choose(Input.START, "Past Month")
    entry.run_sync("fr")
    assert bench.status.startswith("Il n'y a pas de fichier de paramètres")
    entry.run_sync("en")
    assert bench.status.startswith("There is no settings file")


def test_what_is_missing_is_named_within_its_sentence(bench: Bench, french: None) -> None:
    """The sheet is named by a text of its own, so that both are in one language."""
    del french
    bench.book.sheets["Figures"].name = "Zahlen"
    with pytest.raises(SetupError, match=r"la feuille Figures") as raised:
        LiveBook(bench.book).ready()
    assert "the sheet Figures" in raised.value.text.english


@pytest.mark.usefixtures("french")
def test_an_installation_is_told_in_french() -> None:
    """Where each of the three would be written."""
    lines = [str(line) for line in install.carry_out(install.plan(), dry_run=True)]
    assert [line.split(" serait")[0] for line in lines[:3]] == [
        "Le classeur de commande",
        "Le complément",
        "Un raccourci vers le classeur",
    ]
    assert lines[3].startswith("Rien n'a été écrit, parce que ce système n'est pas Windows.")
