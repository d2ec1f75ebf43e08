"""The French catalogue: it has every text of the code and no other, and says the same with the same values."""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from string import Formatter

import pytest
from babel.messages.mofile import read_mo

from sync.core.values.labels import counted, currency
from sync.core.values.messages import Text
from sync.core.values.policy import UNNAMED
from sync.core.values.posting import Outcome
from sync.language import catalogues
from tests.catalogue import FRENCH, catalogue, helps, messages, translations

ALIKE = {
    *("OK", "HH:MM", "{moment} (UTC)", "Sage", "date", "Options", "[OPTIONS]", "total", "{text} ({kind})"),
    *("{measure} ({of})", "Conclusion", "signature"),
    *("Date", "Identification", "Index", "Manage", "Note", "SHA-256", "Signature", "Source", "Total", "documents"),
    *(
        "Verdict",
        "Total Manage",
        "Total Sage",
        "{heading}, {unit}",
        "{index}  {title}",
        "{items}",
        "{amount} {currency}",
    ),
}
"""What is written alike in both languages."""


def places(template: str) -> set[tuple[str, str | None]]:
    """The places of a template, each with how it is to be shown."""
    return {(name, shown) for _, name, _, shown in Formatter().parse(template) if name is not None}


def test_every_message_of_the_code_has_its_words_and_no_other_is_kept() -> None:
    """A new message without words, or one that the code no longer has, is found here: `-m tests.catalogue`."""
    english = {str(message.id) for message in catalogue(catalogues.DOMAIN, "en") if message.id and message.string}
    french = {str(message.id) for message in catalogue(catalogues.DOMAIN) if message.id and message.string}
    assert ((messages() | helps()) ^ english, (messages() | helps()) ^ french) == (set(), set())


def test_no_two_messages_have_the_same_english() -> None:
    """One sentence, one id: else two findings could not be told apart by what is said of them."""
    words = [message.string for message in catalogue(catalogues.DOMAIN, "en") if message.id]
    assert [text for text, times in Counter(words).items() if times > 1] == []


def test_every_id_is_plain() -> None:
    """Words in small letters with hyphens between, as they stand in the code, the ledger and the log."""
    every = messages() | helps()
    assert [message for message in every if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", message)] == []


@pytest.mark.parametrize("domain", [catalogues.DOMAIN, catalogues.CLICK])
def test_both_languages_have_the_same_places(domain: str) -> None:
    """No value is left out, and none is asked for that is not there."""
    assert [
        english for english, french in translations(catalogue(domain)).items() if places(english) != places(french)
    ] == []


PLACELESS = r"tieout (?:demo|install|workbook|setup -h)\b"
"""Commands that no company has, and a help text."""
EXPLAINED = {"pack-method-files"}
"""Says on paper what a command does, and advises nobody to run it."""


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_command_that_is_advised_is_for_the_company_in_use(code: str) -> None:
    """Whoever types it as it stands works in the ledger that the sentence speaks of, and in no other."""
    words = {str(m.id): str(m.string) for m in catalogue(catalogues.DOMAIN, code) if not str(m.id).startswith("help-")}
    whole = re.compile(PLACELESS + r"|tieout [a-z](?:(?!tieout )[^.,;:])*?\{options\}")
    assert {
        message for message, text in words.items() if re.search(r"\btieout [a-z]", whole.sub("", text))
    } == EXPLAINED


@pytest.mark.parametrize("domain", [catalogues.DOMAIN, catalogues.CLICK])
def test_french_is_another_language(domain: str) -> None:
    """English that was copied instead of translated is found here."""
    same = {english for english, french in translations(catalogue(domain)).items() if english == french}
    assert same - ALIKE == set()


@pytest.mark.parametrize("domain", [catalogues.DOMAIN, catalogues.CLICK])
def test_the_compiled_catalogue_says_what_its_source_says(domain: str) -> None:
    """The program reads the one, translators write the other."""
    compiled = read_mo(io.BytesIO((FRENCH / f"{domain}.mo").read_bytes()))
    assert translations(compiled) == translations(catalogue(domain))


def test_a_colon_in_french_keeps_to_the_word_before_it() -> None:
    """A no-break space stands before it, and within quotation marks."""
    said = [
        french
        for domain in (catalogues.DOMAIN, catalogues.CLICK)
        for french in translations(catalogue(domain)).values()
    ]
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
    if os.name == "nt":  # which asks no variable
        monkeypatch.setattr(catalogues, "_of_system", lambda: system)
    assert catalogues.choose(asked).code == chosen


def test_what_is_put_together_is_put_together_in_either_language() -> None:
    """Counts by outcome, and a currency that Sage gives no code."""
    french = catalogues.language("fr")
    text, unit = counted({Outcome.POSTED: 3, Outcome.REFUSED: 1}), currency(f"{UNNAMED}7")
    assert text.said(french) == "inscrite\u00a0: 3, refusée\u00a0: 1"
    assert text.said(catalogues.ENGLISH) == "3 posted, 1 refused"
    assert isinstance(unit, Text)
    assert unit.said(french) == "devise 7"
