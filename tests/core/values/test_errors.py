"""Checks of each link: what an error becomes."""

from __future__ import annotations

import pytest

from sync.core.values.errors import Check, Refused, SetupError, TieoutError, Unavailable, Verdict, failed_checks
from sync.core.values.messages import say

LINK, ONE, TWO = say("Sage login"), say("The password is wrong."), say("The server is too old.")


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(SetupError, Verdict.FAILED), (Refused, Verdict.FAILED), (Unavailable, Verdict.UNREACHABLE)],
)
def test_each_sentence_of_an_error_is_a_check_of_its_own(kind: type[TieoutError], verdict: Verdict) -> None:
    """What did not answer may answer later; anything else has failed."""
    assert failed_checks(LINK, kind(ONE, TWO)) == [
        Check(link=LINK, verdict=verdict, finding=ONE),
        Check(link=LINK, verdict=verdict, finding=TWO),
    ]
