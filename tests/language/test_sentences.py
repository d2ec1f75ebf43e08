"""Every error, reason and status says in both languages what is so and what to do, for somebody who keeps books."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import requests

from sync.core.values.labels import STATUSES
from sync.core.values.posting import LATER
from sync.core.values.proposal import Status
from sync.language import catalogues
from sync.ledger.ledger_errors import changed_row
from sync.manage import manage_errors, payloads
from sync.manage.invoice_pages import READ_INVOICES
from sync.sage import statements
from tests.catalogue import catalogue, translations
from tests.sentences import ELSEWHERE, Said, everything, pairs
from workbook.look.statuses import LOOKS

LONGEST = 300
OF_ROWS = (
    "addin/live/live_book.py",
    "addin/live/open_book.py",
    "sync/core/decide/undo_rules.py",
    "sync/usecases/guards.py",
    "sync/core/decide/facts.py",
    "sync/core/decide/push_rules.py",
    "sync/usecases/push.py",
    "sync/manage/manage_errors.py",
    "sync/manage/payment_writes.py",
    "sync/usecases/write_protocol.py",
    "sync/sage/sage_errors.py",
    "sync/settings/settings_file.py",
    "sync/core/decide/write_outcome.py",
    "sync/usecases/undo.py",
    "workbook/review/decisions.py",
)
"""Whatever these say in whole sentences is an error, or why a row was not written."""
ENDED_WELL = {
    "Manage already shows what Sage says; nothing was sent.",
    "Manage did not confirm it, but holds what was to be written: read back.",
    "Manage had applied it after all.",
    "Pushed before from this same review; nothing was sent.",
    "Written and read back.",
}
"""Nothing is left to do about these."""
ASKED_BEFORE = {
    (
        "The user is whoever the operating system says is logged on; whoever administers this computer can log on as "
        "somebody else."
    ),
    (
        "A push can be undone with tieout undo {run}{options} while Manage still holds what it wrote; a deleted record "
        "comes back as a new one."
    ),
    "{stale} of {count} approved rows have changed since the review and would not be written.",
    "About to be written to Manage: {count} row(s), changing Paid Amount by {amounts}.",
    "The largest: invoice {invoice}, {amount} {currency}.",
    "This takes a few seconds.",
    "{count} rows would be written, more than the {cap} allowed.",
    "{moved} {currency} would change, more than the {cap} allowed.",
    "{count} payment record(s) would be deleted in Manage.",
    (
        "{count} deleted payment record(s) would be made anew: amount, date and type are sent as they were; number, "
        "user and what else Manage keeps beside them are new."
    ),
    (
        "{count} payment date(s) would be taken away again. Not every Manage allows it: a row whose date stays ends as "
        "differing, and says so."
    ),
    "{count} row(s) would lower Paid Amount or take Date Paid away.",
    "{rows} rows are written one by one; this takes about {seconds} seconds.",
    "{rows} rows are written one by one; this takes about {minutes} minutes.",
}
"""What is put before a person who is then asked whether to go on."""
PROGRESS = "..."
"""Ends what is said of work that goes on."""
HEADINGS = {"Nothing was changed:", "The settings file {path} needs correcting:"}
"""Each problem follows in a line of its own, with what to do about it."""
FINE = ENDED_WELL | ASKED_BEFORE | HEADINGS
VERBS = (
    "add apply approve ask change check choose close confirm copy correct delete enter export find finish give have "
    "install keep leave look make move name open press push remove report restart restore review run save see set "
    "sync try type undo unlock update use wait write"
)
STEP = re.compile(rf"(?:^|[.;:,] |\b(?:then|or|and|please) )(?:{VERBS.replace(' ', '|')})\b", re.IGNORECASE)
FRENCH_STEP = re.compile(r"(?<!vous )\b(?:\w+ez|re?faites|faites)\b", re.IGNORECASE)
"""Orders: those of English begin a clause, those of French tell themselves by their ending."""
NOTHING = re.compile(r"^Nothing\b|^Rien\b|nothing to push\.$|rien à envoyer\.$")

JARGON = re.compile(
    r"\b(?i:traceback|null|nil|undefined|errno|stack|stdin|stdout|stderr|regex|pars(?:e|er|ing)|tokens?|enum|"
    r"booleans?|integers?|strings?|arrays?|bytes?|invalid|threads?|sockets?|daemon|"
    r"booléens?|chaînes? de caractères|octets?|invalides?|jetons?|pile)\b|"
    r"\b(?:None(?!\.)|NaN|JSON|HTTP|XML|SQL|API error)\b"
)


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    """The French of every English text."""
    return {**translations(catalogue(catalogues.DOMAIN)), ELSEWHERE: ELSEWHERE}


@pytest.fixture(scope="module")
def said() -> list[Said]:
    """Every text of the product."""
    return everything()


def troubles(said: list[Said]) -> list[Said]:
    """Every error, and every sentence on a row that was not written."""
    return [
        each
        for each in said
        if each.error
        or (
            each.module in OF_ROWS
            and not each.part
            and each.words.endswith((".", ELSEWHERE))
            and not each.words.endswith(PROGRESS)
        )
    ]


def in_french(each: Said, french: dict[str, str]) -> str:
    """The whole text."""
    return " ".join(french[template] for template in each.templates)


def clauses(text: str) -> str:
    """A text after what it says first, in which the next step has to stand."""
    return re.split(r"[.;:,]\s", text, maxsplit=1)[-1] if re.search(r"[.;:,]\s", text) else ""


def test_every_trouble_says_what_is_so_and_what_to_do(said: list[Said], french: dict[str, str]) -> None:
    """First what is so, then the next step; in both languages."""
    found = [each for each in troubles(said) if each.words not in FINE and ELSEWHERE not in each.words]
    assert len(found) > 100
    assert [each.words for each in found if not STEP.search(clauses(each.words))] == []
    assert [each.words for each in found if not FRENCH_STEP.search(clauses(in_french(each, french)))] == []
    assert {each.words for each in troubles(said)} & ENDED_WELL == ENDED_WELL


def test_every_trouble_ends_with_a_full_stop(said: list[Said], french: dict[str, str]) -> None:
    """It is a sentence, and nothing was cut off it."""
    ends = (".", ELSEWHERE, "{why}")
    for each in troubles(said):
        if not {each.words, *each.templates} & HEADINGS:
            assert each.words.endswith(ends)
            assert in_french(each, french).endswith(ends)


def test_every_trouble_is_short(said: list[Said], french: dict[str, str]) -> None:
    """One on what is so and one on what to do; without the values."""
    texts = [text for each in troubles(said) for text in (each.words, in_french(each, french))]
    assert [text for text in texts if len(text) > LONGEST] == []


def test_nothing_needs_a_developer(said: list[Said], french: dict[str, str]) -> None:
    """No word of the trade in anything that is said, in either language."""
    texts = [text for each in said for text in (each.words, in_french(each, french))]
    assert [text for text in texts if JARGON.search(text)] == []


@pytest.mark.parametrize("module", ["sync/core/decide/reasons.py"])
def test_every_reason_has_its_next_step(module: str, french: dict[str, str]) -> None:
    """What is so, and beside it what to do or that there is nothing to do."""
    found = pairs(module)
    assert len(found) > 8
    for reason, step in found:
        for text in filter(None, (reason, step)):
            assert text.endswith("."), text
        if step:
            assert STEP.search(step) or NOTHING.search(step), step
            assert FRENCH_STEP.search(french[step]) or NOTHING.search(french[step]), french[step]


@pytest.mark.parametrize("status", Status)
def test_every_status_is_explained(status: Status, french: dict[str, str]) -> None:
    """A word, what it means, and what to do about it."""
    look = LOOKS[status]
    assert french[STATUSES[status].said(catalogues.ENGLISH)] != STATUSES[status].said(catalogues.ENGLISH)
    for text in (look.meaning, look.step):
        assert (text.said(catalogues.ENGLISH)[-1], french[text.said(catalogues.ENGLISH)][-1]) == (".", ".")
    step = look.step.said(catalogues.ENGLISH)
    assert STEP.search(step) or NOTHING.search(step)
    assert FRENCH_STEP.search(french[step]) or NOTHING.search(french[step])


def test_silence_is_followed_by_what_to_do(french: dict[str, str]) -> None:
    """The sentence that every unanswered write ends with."""
    assert STEP.search(LATER.said(catalogues.ENGLISH))
    assert FRENCH_STEP.search(french[LATER.said(catalogues.ENGLISH)])


def test_what_is_put_together_is_french_throughout() -> None:
    """The parts as well as the sentence that takes them."""
    answer = requests.Response()
    answer.status_code, answer._content = 403, b'{"errors": null}'
    texts = (
        manage_errors.advice(answer, READ_INVOICES),
        changed_row(7, "posting", "R1").text,
        changed_row(7, "retyped", "R1").text,
        payloads.payment(payloads.WirePayment(id=3), 1).flaw,
        payloads.invoice(payloads.WireInvoice(id=4, total=Decimal("NaN"))).flaw,
        statements.entry((5, 1, 1, "2026-04-01", "R", 1, None, False, None, None, None, None)).flaw,
    )
    french = catalogues.language("fr")
    told = [text.said(french).replace("\u00a0", " ") for text in texts if text is not None]
    assert [sentence.split(". ")[0].rstrip(".") for sentence in told] == [
        "Manage ne permet pas à ce membre API de lire les factures (sans motif)",
        "La ligne 7 du registre (inscription, exécution R1) n'est plus telle qu'elle a été écrite",
        "La ligne 7 du registre (retyped, exécution R1) n'est plus telle qu'elle a été écrite",
        "La fiche de paiement 3 de cette facture dans Manage porte un montant inutilisable : vide",
        "Un montant de la facture 4 dans Manage est inutilisable (total : pas un nombre)",
        "Le montant de la ligne 5 de Sage est inutilisable : vide",
    ]
