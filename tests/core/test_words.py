"""Sentences, errors, settings that decide, and the JSON that scripts read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.errors import Refused, SetupError, TieoutError, Unavailable
from sync.core.policy import PaidAmount, Policy
from sync.core.words import BLANK, ENGLISH, Labels, Text, Tongue, say, speaking, spoken

SHOUTED = Tongue(code="xx", translated=str.upper, group=".", point=",")


def test_a_sentence_shows_amounts_dates_and_counts() -> None:
    """Thousands comma, ISO day, plain number."""
    text = say(
        "{n} invoices of {who}: {sum} on {day}.", n=3, who="Boréal", sum=Decimal("1234.50"), day=date(2026, 4, 1)
    )
    assert str(text) == "3 invoices of Boréal: 1,234.50 on 2026-04-01."


def test_a_language_writes_amounts_in_its_own_way() -> None:
    """For people with thousands apart, for other programs without."""
    amount = Decimal("-1234.5")
    assert [SHOUTED.amount(amount), SHOUTED.plain(amount)] == ["-1.234,50", "-1234,50"]
    assert [ENGLISH.amount(amount), ENGLISH.plain(amount)] == ["-1,234.50", "-1234.50"]


def test_another_language_is_spoken_for_a_while() -> None:
    """And then the one of before, even where something went wrong meanwhile."""
    heard = []
    with pytest.raises(ZeroDivisionError), speaking(SHOUTED):
        heard += [str(say("row")), str(1 / 0)]
    with speaking(SHOUTED):
        heard += [str(say("row")), spoken().code]
    assert heard == ["ROW", "xx"]
    assert (str(say("row")), spoken()) == ("row", ENGLISH)


def test_labels_follow_the_language_and_are_put_together_once() -> None:
    """A list shows the same words thousands of times."""
    asked: list[str] = []
    labels = Labels({1: say("row"), 2: say("rows")})

    def counted(template: str) -> str:
        asked.append(template)
        return template.title()

    assert labels[1] == "row"
    with speaking(Tongue(code="yy", translated=counted)):
        assert [labels[1], labels[2], labels[1]] == ["Row", "Rows", "Row"]
    assert (labels[2], asked) == ("rows", ["row", "rows"])


def test_no_words_are_none_in_any_language() -> None:
    """Nor are they looked up: a catalogue has its own header under the empty template."""
    assert (str(BLANK), BLANK.said(SHOUTED), BLANK + say("x")) == ("", "", say("x"))


@given(st.text(), st.text())
def test_values_are_never_taken_for_places(name: str, other: str) -> None:
    """A customer named {x} or %s stays as typed; and the text survives JSON."""
    text = say("<{name}> <{other}>", name=name, other=other) + say("Done.")
    assert str(text) == f"<{name}> <{other}> Done."
    assert msgspec.json.decode(msgspec.json.encode(text), type=Text) == text


@pytest.mark.parametrize(("kind", "status"), [(SetupError, 2), (Unavailable, 3), (Refused, 4), (TieoutError, 1)])
def test_each_error_has_its_exit_status_and_a_line_for_each_sentence(kind: type[TieoutError], status: int) -> None:
    """What scripts rely on."""
    error = kind(say("One."), say("Two."))
    assert (error.exit_status, str(error)) == (status, "One.\nTwo.")


def test_an_error_s_sentences_can_stand_within_another() -> None:
    """Side by side, and still sentences rather than what they happened to be printed as."""
    error = Refused(say("One.") + say("Two."), say("{n} more.", n=3))
    assert error.text == say("One.") + say("Two.") + say("{n} more.", n=3)
    assert str(say("Not sent: {why}", why=error.text)) == "Not sent: One. Two. 3 more."


def test_the_policy_s_fingerprint_depends_on_its_values_alone() -> None:
    """The order of the currencies does not matter; each setting does."""
    plain = Policy(currencies={1: "CAD", 2: "USD"})
    assert plain.fingerprint() == Policy(currencies={2: "USD", 1: "CAD"}).fingerprint()
    others = [Policy(), Policy(invoice_prefix="X"), Policy(paid_amount=PaidAmount.CASH), plain]
    assert len({policy.fingerprint() for policy in others}) == 4


def test_a_policy_without_a_home_currency_says_none() -> None:
    """Nothing is assumed."""
    assert Policy(currencies={2: "USD"}).home_currency is None


def test_the_fingerprint_of_the_same_settings_never_changes() -> None:
    """Or a review made before an update of Tieout could not be pushed after it."""
    assert Policy().fingerprint() == "fb36d8ec0b90165b"
