"""How each status looks and what it means to the person who reviews it: a word and a colour, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sync.core.proposal import Status
from sync.core.words import Labels, Text, say

CAN = say("No; you may approve it")
CANNOT = say("Cannot be approved")


class Look(Struct, frozen=True, kw_only=True):
    """A status as it is shown.

    Attributes:
        word: what stands in the Status column.
        fill: the cell's colour, RRGGBB.
        ink: the word's colour, RRGGBB; at least 4.5 to 1 against the fill.
        approve: whether it is approved unless somebody says otherwise.
        meaning: what was found.
        step: what to do about it.
    """

    word: Text
    fill: str
    ink: str
    approve: Text
    meaning: Text
    step: Text


LOOKS: Mapping[Status, Look] = {
    Status.READY: Look(
        word=say("Ready"),
        fill="C6EFCE",
        ink="0B4F1A",
        approve=say("Yes"),
        meaning=say("Manage differs from what Sage says, and nothing below applies."),
        step=say("Push, or hold by changing Approve to No."),
    ),
    Status.IN_AGREEMENT: Look(
        word=say("In agreement"),
        fill="E7EEF7",
        ink="1F3864",
        approve=say("Nothing to do"),
        meaning=say("Paid Amount and Date Paid in Manage are already as Sage says."),
        step=say("Nothing."),
    ),
    Status.REOPENED: Look(
        word=say("Reopened"),
        fill="F8CBAD",
        ink="7A1F00",
        approve=CAN,
        meaning=say("The push would lower Paid Amount or take Date Paid away: returned cheque, void, re-allocation."),
        step=say("Check it in Sage; approve it to show it in Manage."),
    ),
    Status.TOTAL_DIFFERS: Look(
        word=say("Total differs"),
        fill="FFE699",
        ink="5C4200",
        approve=CAN,
        meaning=say("Sage's total and Manage's total differ by more than the tolerance."),
        step=say("Correct the one that is wrong, then run the sync again."),
    ),
    Status.CUSTOMER_DIFFERS: Look(
        word=say("Customer differs"),
        fill="FFD966",
        ink="5C3A00",
        approve=CAN,
        meaning=say("The number matches, the customer does not, and the totals differ too."),
        step=say("Approve it only if it is the same invoice."),
    ),
    Status.OVERPAID: Look(
        word=say("Overpaid"),
        fill="F4B6C2",
        ink="7A0019",
        approve=CAN,
        meaning=say("Sage shows more settled than Manage's total less its credits."),
        step=say("Move the excess in Sage, then run the sync again."),
    ),
    Status.CHANGED_IN_MANAGE: Look(
        word=say("Changed in Manage"),
        fill="D9C3EC",
        ink="3B0F66",
        approve=CAN,
        meaning=say("The payment record is not what Tieout last wrote, or more than one could be meant."),
        step=say("Find out who changed it; approve it, where it can be, to set it to what Sage says."),
    ),
    Status.AMBIGUOUS: Look(
        word=say("Ambiguous"),
        fill="E4DFEC",
        ink="403152",
        approve=CANNOT,
        meaning=say("Several documents in Sage or invoices in Manage bear this number."),
        step=say("Make the customer's name the same in both, then run the sync again."),
    ),
    Status.NOT_IN_MANAGE: Look(
        word=say("Not in Manage"),
        fill="DDD9C4",
        ink="3F3A1E",
        approve=CANNOT,
        meaning=say("Manage has no invoice of this number."),
        step=say("Correct the number in Sage; if it was never invoiced in Manage, nothing."),
    ),
    Status.CURRENCY_DIFFERS: Look(
        word=say("Currency differs"),
        fill="B7DEE8",
        ink="12414F",
        approve=CANNOT,
        meaning=say("The currencies differ, or Sage's is not named in the settings."),
        step=say("Correct the one that is wrong, or name it in the settings."),
    ),
    Status.CREDIT_NOTE: Look(
        word=say("Credit note"),
        fill="E2EFDA",
        ink="375623",
        approve=CANNOT,
        meaning=say("A credit note in Sage, or a credit memo in Manage."),
        step=say("Nothing; the invoices it is applied to show it in their Credit column."),
    ),
    Status.VOIDED: Look(
        word=say("Voided"),
        fill="D9D9D9",
        ink="333333",
        approve=CANNOT,
        meaning=say("All rows of the document cancel in Sage."),
        step=say("Nothing."),
    ),
    Status.BAD_DATA: Look(
        word=say("Bad data"),
        fill="9C0006",
        ink="FFFFFF",
        approve=CANNOT,
        meaning=say("A record cannot be read for certain: no date, no amount, or not whole cents."),
        step=say("Correct the record, then run the sync again."),
    ),
}
"""In the order of the legend: what can be pushed first."""

WORDS = Labels({status: look.word for status, look in LOOKS.items()})
"""What stands in a Status column."""
