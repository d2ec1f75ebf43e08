"""The French catalogue: it has every text of the code and no other, and says the same with the same values."""

from __future__ import annotations

import io
from string import Formatter

import pytest
from babel.messages.mofile import read_mo

from sync import tongues
from sync.core.labels import counted, currency
from sync.core.posting import Outcome
from sync.core.proposal import UNNAMED
from sync.core.words import speak, spoken
from tests.catalogue import FRENCH, catalogue, templates, translations

ALIKE = {
    *("OK", "HH:MM", "{moment} (UTC)", "Sage", "date", "Options", "[OPTIONS]", "total", "{text} ({kind})"),
    *("Date", "Identification", "Index", "Manage", "Note", "SHA-256", "Signature", "Source", "Total", "documents"),
    *("Verdict", "Total Manage", "Total Sage", "{heading}, {unit}", "{index}  {title}"),
}
"""What is written alike in both languages."""


def places(template: str) -> set[tuple[str, str | None]]:
    """The places of a template, each with how it is to be shown."""
    return {(name, shown) for _, name, _, shown in Formatter().parse(template) if name is not None}


def test_every_text_of_the_code_has_its_french_and_no_other_is_kept() -> None:
    """A new text without French, or a French text that nobody says any more, is found here: `-m tests.catalogue`."""
    known = translations(catalogue(tongues.DOMAIN))
    assert (templates() - set(known), set(known) - templates()) == (set(), set())
    assert [english for english, french in known.items() if not french] == []


@pytest.mark.parametrize("domain", [tongues.DOMAIN, tongues.CLICK])
def test_both_languages_have_the_same_places(domain: str) -> None:
    """No value is left out, and none is asked for that is not there."""
    assert [
        english for english, french in translations(catalogue(domain)).items() if places(english) != places(french)
    ] == []


@pytest.mark.parametrize("domain", [tongues.DOMAIN, tongues.CLICK])
def test_french_is_another_language(domain: str) -> None:
    """English that was copied instead of translated is found here."""
    same = {english for english, french in translations(catalogue(domain)).items() if english == french}
    assert same - ALIKE == set()


@pytest.mark.parametrize("domain", [tongues.DOMAIN, tongues.CLICK])
def test_the_compiled_catalogue_says_what_its_source_says(domain: str) -> None:
    """The program reads the one, translators write the other."""
    compiled = read_mo(io.BytesIO((FRENCH / f"{domain}.mo").read_bytes()))
    assert translations(compiled) == translations(catalogue(domain))


def test_a_colon_in_french_keeps_to_the_word_before_it() -> None:
    """A no-break space stands before it, and within quotation marks."""
    said = [french for domain in (tongues.DOMAIN, tongues.CLICK) for french in translations(catalogue(domain)).values()]
    assert [text for text in said if " :" in text or "« " in text or " »" in text] == []


@pytest.mark.parametrize(
    ("asked", "named", "system", "chosen"),
    [
        ("fr", "en", "en_CA.UTF-8", "fr"),
        (None, "fr", "en_CA.UTF-8", "fr"),
        (None, "fr_CA", "en_CA.UTF-8", "fr"),
        (None, "xx", "fr_CA.UTF-8", "fr"),
        (None, None, "fr_CA.UTF-8", "fr"),
        (None, None, "de_CH.UTF-8", "en"),
        (None, None, "C", "en"),
        ("en", "fr", "fr_CA.UTF-8", "en"),
    ],
)
def test_a_language_is_chosen_by_the_nearest(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, named: str | None, system: str, chosen: str
) -> None:
    """The one that is asked for, else that of TIEOUT_LANG, else the system's, else English."""
    monkeypatch.setenv("TIEOUT_LANG", named or "")
    monkeypatch.setenv("LC_ALL", system)
    tongues.choose(asked)
    assert spoken().code == chosen


def test_what_is_put_together_is_put_together_in_the_language_spoken() -> None:
    """Counts by outcome, and a currency without a name."""
    text, unit = counted({Outcome.POSTED: 3, Outcome.REFUSED: 1}), currency(f"{UNNAMED}7")
    speak(tongues.tongue("fr"))
    assert (str(text), str(unit)) == ("inscrite\u00a0: 3, refusée\u00a0: 1", "devise 7")
    assert text.english == "3 posted, 1 refused"
