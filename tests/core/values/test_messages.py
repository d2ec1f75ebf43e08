"""Sentences, errors, settings that decide, and the JSON that scripts read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.errors import Refused, SetupError, TieoutError, Unavailable
from sync.core.values.messages import BLANK, INSTEAD, Language, Text, legible, say, with_unseen_marked
from sync.core.values.policy import PaidAmount, Policy
from sync.language.catalogues import ENGLISH
from tests.support.english import en

SHOUTED = Language(code="xx", template=str.upper, group=".", point=",")


def test_a_sentence_shows_amounts_dates_and_counts() -> None:
    """Thousands comma, ISO day, plain number."""
    text = say(
        "{n} invoices of {who}: {sum} on {day}.", n=3, who="Boréal", sum=Decimal("1234.50"), day=date(2026, 4, 1)
    )
    assert en(text) == "3 invoices of Boréal: 1,234.50 on 2026-04-01."


def test_a_language_writes_amounts_in_its_own_way() -> None:
    """For people with thousands apart, for other programs without."""
    amount = Decimal("-1234.5")
    assert [SHOUTED.amount(amount), SHOUTED.plain(amount)] == ["-1.234,50", "-1234,50"]
    assert [ENGLISH.amount(amount), ENGLISH.plain(amount)] == ["-1,234.50", "-1234.50"]


def test_a_text_without_a_language_shows_what_the_log_needs() -> None:
    """Ids and values, also of texts within texts; never words that a person would read in the wrong language."""
    part = say("row-word") + say("n-more", n=2)
    text = say("ledger-in-use", path="/state") + say("listed", items=(part, say("x"))) + say("why", why=part)
    assert (
        str(text)
        == "ledger-in-use(path=/state); listed(items=row-word; n-more(n=2); x); why(why=row-word; n-more(n=2))"
    )


def test_no_words_are_none_in_any_language() -> None:
    """Nor are they looked up: a catalogue has its own header under the empty template."""
    assert (en(BLANK), BLANK.said(SHOUTED), BLANK + say("x")) == ("", "", say("x"))


def test_words_of_a_later_version_never_stop_anything() -> None:
    """A place more shows as an ellipsis; an id whose words nobody kept shows as itself."""
    later = Language(code="xx", template=lambda each: "Paid by {receipt} of {customer}." if each == "paid" else each)
    text = say("paid", receipt="RC1") + say("gone", receipt="RC1")
    assert text.said(later) == "Paid by RC1 of \N{HORIZONTAL ELLIPSIS}. gone"


@given(st.text(), st.text())
def test_values_are_never_taken_for_places(name: str, other: str) -> None:
    """A customer named {x} or %s stays as typed; and the text survives JSON."""
    text = say("<{name}> <{other}>", name=name, other=other) + say("Done.")
    assert en(text) == f"<{legible(name)}> <{legible(other)}> Done."
    assert msgspec.json.decode(msgspec.json.encode(text), type=Text) == text


@pytest.mark.parametrize(("kind", "status"), [(SetupError, 2), (Unavailable, 3), (Refused, 4), (TieoutError, 1)])
def test_each_error_has_its_exit_status_and_a_line_for_each_sentence(kind: type[TieoutError], status: int) -> None:
    """What scripts rely on."""
    error = kind(say("One."), say("Two."))
    assert (error.exit_status, en(error)) == (status, "One.\nTwo.")


def test_an_error_s_sentences_can_stand_within_another() -> None:
    """Side by side, and still sentences rather than what they happened to be printed as."""
    error = Refused(say("One.") + say("Two."), say("{n} more.", n=3))
    assert error.text == say("One.") + say("Two.") + say("{n} more.", n=3)
    assert en(say("manage-write-not-sent", why=error.text)) == "Not sent: One. Two. 3 more."


def test_the_policy_s_fingerprint_depends_on_its_values_alone() -> None:
    """The order of the currencies does not matter; each setting does."""
    plain = Policy(currencies={1: "CAD", 2: "USD"})
    assert plain.fingerprint() == Policy(currencies={2: "USD", 1: "CAD"}).fingerprint()
    others = [Policy(), Policy(invoice_prefix="X"), Policy(paid_amount=PaidAmount.CASH), plain]
    others.append(Policy(invoice_prefix=("X", "Y")))
    assert len({policy.fingerprint() for policy in others}) == 5


def test_prefixes_are_the_same_in_any_order_and_one_of_them_is_one_text() -> None:
    """An empty one is none, and composed letters are those that numbers are compared by."""
    assert Policy(invoice_prefix=("Y", "X", "", "X")).prefixes == ("X", "Y")
    assert Policy(invoice_prefix=("Y", "X")).fingerprint() == Policy(invoice_prefix=("X", "Y")).fingerprint()
    assert Policy(invoice_prefix=("X",)).fingerprint() == Policy(invoice_prefix="X").fingerprint()
    assert (Policy().prefixes, Policy(invoice_prefix="E\u0301-").prefixes) == ((), ("\u00c9-",))


def test_a_policy_without_a_home_currency_says_none() -> None:
    """Nothing is assumed."""
    assert Policy(currencies={2: "USD"}).home_currency is None


def test_the_fingerprint_of_the_same_settings_never_changes() -> None:
    """Or a review made before an update of Tieout could not be pushed after it."""
    assert Policy().fingerprint() == "1:6936b23ccdbe9ea4"


class LaterPolicy(Policy, frozen=True, kw_only=True):
    """The policy of a later version, with one more setting at its default."""

    rounding: str = "cents"


def test_a_setting_with_a_default_leaves_the_fingerprint_as_it_was() -> None:
    """What is hashed is named, not whatever fields there are."""
    assert LaterPolicy(invoice_prefix="X").fingerprint() == Policy(invoice_prefix="X").fingerprint()


@pytest.mark.parametrize(
    ("words", "shown", "in_a_cell"),
    [
        ("Élan & Cie\u00a0— œuvre", "Élan & Cie\u00a0— œuvre", "Élan & Cie\u00a0— œuvre"),
        ("a\x1b[31mb", f"a{INSTEAD}[31mb", f"a{INSTEAD}[31mb"),
        ("two\nlines\tand more\u2028", "two lines and more ", f"two\nlines\tand more{INSTEAD}"),
        ("evil\u202efdp.exe\u2069", f"evil{INSTEAD}fdp.exe{INSTEAD}", f"evil{INSTEAD}fdp.exe{INSTEAD}"),
        ("1\u200b0\u200d1\ufeff", f"1{INSTEAD}0{INSTEAD}1{INSTEAD}", f"1{INSTEAD}0{INSTEAD}1{INSTEAD}"),
        (
            "\u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f4bb",
            *["\u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f4bb"] * 2,
        ),
        ("[red]<b>=1+1</b>", "[red]<b>=1+1</b>", "[red]<b>=1+1</b>"),
    ],
)
def test_words_from_outside_are_plain_wherever_they_are_said(words: str, shown: str, in_a_cell: str) -> None:
    """Nothing steers the screen, nothing vanishes unseen, a sentence stays on its line; other scripts stay."""
    assert legible(words) == shown == en(say("{words}", words=words))
    assert with_unseen_marked(words) == in_a_cell
