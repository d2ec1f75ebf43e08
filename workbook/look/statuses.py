"""How each status looks and what it means to the person who reviews it: a word and a colour, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sync.core.values.labels import STATUSES
from sync.core.values.messages import Text, say
from sync.core.values.proposal import Status

CAN = say("sheet-approve-may-be-given")
CANNOT = say("cannot-be-approved")


class Look(Struct, frozen=True):
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
        STATUSES[Status.READY], "C6EFCE", "0B4F1A", say("yes"), say("sheet-ready-meaning"), say("sheet-ready-step")
    ),
    Status.UNKNOWN_KIND: Look(
        STATUSES[Status.UNKNOWN_KIND],
        "D8E4BC",
        "33420F",
        CAN,
        say("sheet-unknown-kind-meaning"),
        say("row-find-out-unknown-kind"),
    ),
    Status.IN_AGREEMENT: Look(
        STATUSES[Status.IN_AGREEMENT],
        "E7EEF7",
        "1F3864",
        say("nothing-to-do"),
        say("sheet-in-agreement-meaning"),
        say("sheet-no-step-needed"),
    ),
    Status.REOPENED: Look(
        STATUSES[Status.REOPENED], "F8CBAD", "7A1F00", CAN, say("sheet-reopened-meaning"), say("sheet-reopened-step")
    ),
    Status.TOTAL_DIFFERS: Look(
        STATUSES[Status.TOTAL_DIFFERS],
        "FFE699",
        "5C4200",
        CAN,
        say("sheet-total-differs-meaning"),
        say("row-correct-the-wrong-one"),
    ),
    Status.CUSTOMER_DIFFERS: Look(
        STATUSES[Status.CUSTOMER_DIFFERS],
        "FFD966",
        "5C3A00",
        CAN,
        say("sheet-customer-differs-meaning"),
        say("sheet-customer-differs-step"),
    ),
    Status.OVERPAID: Look(
        STATUSES[Status.OVERPAID], "F4B6C2", "7A0019", CAN, say("sheet-overpaid-meaning"), say("sheet-overpaid-step")
    ),
    Status.CHANGED_IN_MANAGE: Look(
        STATUSES[Status.CHANGED_IN_MANAGE],
        "D9C3EC",
        "3B0F66",
        CAN,
        say("sheet-changed-in-manage-meaning"),
        say("sheet-changed-in-manage-step"),
    ),
    Status.POST_DATED: Look(
        STATUSES[Status.POST_DATED],
        "FDE9D9",
        "5A3312",
        CANNOT,
        say("sheet-post-dated-meaning"),
        say("row-released-on-its-day"),
    ),
    Status.AMBIGUOUS: Look(
        STATUSES[Status.AMBIGUOUS],
        "E4DFEC",
        "403152",
        CANNOT,
        say("sheet-ambiguous-meaning"),
        say("sheet-ambiguous-step"),
    ),
    Status.NOT_IN_MANAGE: Look(
        STATUSES[Status.NOT_IN_MANAGE],
        "DDD9C4",
        "3F3A1E",
        CANNOT,
        say("row-not-in-manage"),
        say("sheet-not-in-manage-step"),
    ),
    Status.CURRENCY_DIFFERS: Look(
        STATUSES[Status.CURRENCY_DIFFERS],
        "B7DEE8",
        "12414F",
        CANNOT,
        say("sheet-currency-differs-meaning"),
        say("sheet-currency-differs-step"),
    ),
    Status.CREDIT_NOTE: Look(
        STATUSES[Status.CREDIT_NOTE],
        "E2EFDA",
        "375623",
        CANNOT,
        say("sheet-credit-note-meaning"),
        say("sheet-credit-note-step"),
    ),
    Status.VOIDED: Look(
        STATUSES[Status.VOIDED], "D9D9D9", "333333", CANNOT, say("sheet-voided-meaning"), say("sheet-no-step-needed")
    ),
    Status.DEPOSIT: Look(
        STATUSES[Status.DEPOSIT], "DAEEF3", "1B4552", CANNOT, say("sheet-deposit-meaning"), say("sheet-no-step-needed")
    ),
    Status.BAD_DATA: Look(
        STATUSES[Status.BAD_DATA], "9C0006", "FFFFFF", CANNOT, say("sheet-bad-data-meaning"), say("sheet-bad-data-step")
    ),
}
"""In the order of the legend: what can be pushed first."""
