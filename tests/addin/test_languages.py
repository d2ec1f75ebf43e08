"""The add-in in French: what the macros and the ribbon say, and what the buttons put into the status cell."""

from __future__ import annotations

import re
from pathlib import Path

import defusedxml.ElementTree
import pytest
from oletools.olevba import VBA_Parser

from addin import entry
from addin.install import installation
from addin.install.build import BUTTONS, RIBBON_MACROS, build_addin, module, ribbon
from addin.live.live_book import LiveBook
from sync.core.values.errors import SetupError
from sync.language.catalogues import ENGLISH, language
from sync.practice.world import Practice
from tests.addin.bench import Bench
from workbook.control.panel import Input

GUARDED = "\u00a0"
FRENCH = language("fr")


def test_english_macros_and_ribbon_are_what_they_were() -> None:
    """Every place is filled, and the buttons name the language they were built in."""
    assert 'Application.StatusBar = "Tieout is starting..."' in module(BUTTONS, ENGLISH)
    assert """addin.entry.press('" & task & "', 'en')")""" in module(BUTTONS, ENGLISH)
    assert 'label="Invoice payments"' in ribbon(ENGLISH)
    assert "$" not in module(BUTTONS, ENGLISH) + module(RIBBON_MACROS, ENGLISH) + ribbon(ENGLISH)


def test_macros_are_french_to_an_independent_reader(tmp_path: Path) -> None:
    """With accents and quotation marks whole, and never a quote that would end a string."""
    path = tmp_path / "Tieout.xlam"
    build_addin(path, tmp_path / "Tieout.xlsm", FRENCH)
    parser = VBA_Parser(str(path))
    try:
        code = "".join(str(text) for _, _, _, text in parser.extract_macros())
    finally:
        parser.close()
    assert f"Cliquez d'abord sur «{GUARDED}Ouvrir le classeur{GUARDED}»." in code
    assert "{path} n'est pas là. Lancez de nouveau tieout install." in code
    assert all(line.count('"') % 2 == 0 for line in module(BUTTONS, FRENCH).splitlines())
    assert """addin.entry.press('" & task & "', 'fr')")""" in module(BUTTONS, FRENCH)


def test_the_ribbon_is_french_and_still_xml() -> None:
    """Every label and every tip."""
    tree = defusedxml.ElementTree.fromstring(ribbon(FRENCH))
    labels = [each.get("label") for each in tree.iter() if each.get("label")]
    assert labels == [
        "Tieout",
        "Statut",
        "Ouvrir le classeur",
        "Annuler",
        "Lecture des deux systèmes",
        "Synchroniser",
        "Examen",
        "Exception suivante",
        "Exception précédente",
        "Approuver l'affiché",
        "Suspendre l'affiché",
        "Suspendre jusqu'à une date",
        "Paiements des factures",
        "Envoyer à Manage",
        "Annuler l'envoi",
        "Annuler la sélection",
        "Registre et configuration",
        "Exporter l'audit",
        "Signer\u00a0: préparé",
        "Signer\u00a0: revu",
        "Vérifier la configuration",
        "Essai",
    ]
    assert [each.get("supertip") for each in tree.iter() if "the " in (each.get("supertip") or "")] == []


def test_a_day_s_work_is_told_in_french(french_bench: Bench, practice: Practice, tmp_path: Path) -> None:
    """The status cell after each button, and the status bar while they are at work, whatever the system speaks."""
    assert practice.url
    bench = french_bench
    bench.choose(Input.START, "Depuis un mois")
    said = {}
    for caption in ("Run Sync", "Push to Manage", "Export Audit", "Check Setup"):
        bench.press(caption)
        said[caption] = bench.status.replace(GUARDED, " ")
    assert re.match(r"Factures lues : \d+; à envoyer : \d+\. Rien n'a été écrit dans Manage\.", said["Run Sync"])
    assert "Un envoi peut être annulé avec Annuler l'envoi tant que " in said["Run Sync"]
    posted = r"Envoi terminé \(inscrite : \d+\)\. Le montant payé a changé de .* CAD.*\. Chaque ligne a été relue"
    assert re.match(posted, said["Push to Manage"])
    assert str(tmp_path / "exports") in said["Export Audit"]
    assert said["Export Audit"].startswith("Le dossier d'audit de l'exécution")
    assert said["Check Setup"].startswith("Toutes les liaisons fonctionnent (")
    bar = [str(words).replace(GUARDED, " ") for words in bench.engine.statuses if words]
    assert "Tieout : Lecture de Manage..." in bar


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_workbook_stays_in_its_language(
    bench: Bench, french_bench: Bench, practice: Practice, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Rows, decisions and outcomes of either workbook, whatever the command line speaks; and the same of both."""
    assert practice.url
    monkeypatch.setenv("TIEOUT_LANG", lang)
    found = []
    both = ((bench, "Past Month", ("Yes", "No")), (french_bench, "Depuis un mois", ("Oui", "Non")))
    for each, start, words in both:
        each.book.set_mock_caller()
        each.choose(Input.START, start)
        each.press("Run Sync")
        assert {row["Approve"] for row in each.rows()} == set(words)
        found.append(
            {row["Key"]: (row["Paid proposed"], row["Change"], words.index(row["Approve"])) for row in each.rows()}
        )
    for each, _, words in both:
        each.book.set_mock_caller()
        kept = next(row["Key"] for row in each.rows() if row["Approve"] == words[0])
        each.set(str(kept), "Approve", words[1].upper())
        each.set(str(kept), "Note", "Ask")
        each.press("Run Sync")
        assert (each.row(str(kept))["Approve"], each.row(str(kept))["Note"]) == (words[1], "Ask")
    assert found[0] == found[1]
    french_bench.press("Push to Manage")
    assert {str(row["Outcome"]).split("\u00a0:")[0] for row in french_bench.rows() if row["Outcome"]} == {"inscrite"}
    assert french_bench.status.startswith("Envoi terminé")


def test_a_button_speaks_the_language_its_workbook_was_built_in(
    french_bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the first words on, whatever the system speaks, and whatever an older macro says; then no longer."""
    monkeypatch.setenv("TIEOUT_CONFIG", str(tmp_path / "missing.toml"))
    monkeypatch.setenv("TIEOUT_STATE", str(tmp_path / "state"))
    french_bench.choose(Input.START, "Past Month")
    entry.press("sync", "fr")
    bar = [str(words).replace(GUARDED, " ") for words in french_bench.engine.statuses if words]
    assert bar[0] == "Tieout : lecture des paramètres..."
    for code in ("fr", "en", None):
        entry.press("sync", code)
        assert french_bench.status.startswith("Il n'y a pas de fichier de paramètres")


def test_a_workbook_without_its_control_sheet_speaks_as_it_was_built(french_bench: Bench) -> None:
    """Its layout mark says in which language, whatever its sheets are called."""
    french_bench.book.sheets[0].name = "Zahlungen"
    book = LiveBook(french_bench.book)
    assert (book.built_in, book.language_chosen) == (FRENCH, FRENCH)


def test_what_is_missing_is_named_within_its_sentence(bench: Bench) -> None:
    """The sheet is named by a text of its own, so that both are in one language."""
    bench.book.sheets["Figures"].name = "Zahlen"
    with pytest.raises(SetupError) as raised:
        LiveBook(bench.book).ready()
    assert "la feuille Figures" in raised.value.said(FRENCH)
    assert "the sheet Figures" in raised.value.said(ENGLISH)


def test_an_installation_is_told_in_french() -> None:
    """Where each of the three would be written, that the companion would be made known, and that nothing was done."""
    lines = [line.said(FRENCH) for line in installation.carry_out(installation.plan(), FRENCH, dry_run=True)]
    assert [line.split(" serait")[0] for line in lines[:3]] == [
        "Le classeur de commande",
        "Le complément",
        "Un raccourci vers le classeur",
    ]
    assert lines[3] == "Windows démarrerait le compagnon (Tieout.Companion) quand le classeur le demande."
    assert lines[4].startswith("Rien n'a été écrit, parce que ce système n'est pas Windows.")
