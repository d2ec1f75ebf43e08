"""The papers that list rows: the reconciliation, what was posted, and the held items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from sync.core.prove.figures import BECAME
from sync.core.prove.month import LastSeen
from sync.core.prove.workpapers import Audit, Held
from sync.core.values.labels import OUTCOMES, currency
from sync.core.values.messages import Text, say
from sync.core.values.posting import Intent, Outcome, Posting, with_intents
from sync.core.values.proposal import Proposal
from workbook.look.column import Column, amount, count, day, text
from workbook.papers.paper import APPLICATIONS, CURRENCY, HELD, POSTED, ROWS, RUN_ID, SIGNS, Paper, PaperBlock, Rows
from workbook.review.columns import ANSWERS, BY_ID, ColumnId

READ_BACK: Mapping[bool, Text] = {True: say("agrees-word"), False: say("no-word")}
"""Whether what was read back is what was sent."""
ABOUT_ROWS, ABOUT_HELD = say("pack-about-reconciliation"), say("pack-about-held-items")
RUN_WIDTH = 15
_UNDONE = say("undone")
ENDINGS = (*OUTCOMES.values(), _UNDONE)
"""Every word that says how the push of a row ended."""


def outcome_word(posting: Posting) -> Text:
    """Return how a row's push ended, in one word."""
    return _UNDONE if posting.undo and posting.outcome is Outcome.POSTED else OUTCOMES[posting.outcome]


def _reviewed(column: ColumnId, width: float) -> Column[Proposal]:
    """Return a column of the review, as narrow as a page with many others needs it."""
    return BY_ID[column].as_wide_as(width)


def _reasons(row: Proposal) -> Text:
    return row.reason + row.next_step


def of_runs(runs: Mapping[str, str] | None) -> tuple[Column[Proposal], ...]:
    """Return the column that says which run a row is of, where a list is of several."""
    return () if runs is None else (text(RUN_ID, say("run"), RUN_WIDTH, lambda row: runs.get(row.key)),)


def reconciliation(audit: Audit | LastSeen, purpose: Text = ABOUT_ROWS, runs: Mapping[str, str] | None = None) -> Paper:
    """Return every row as reviewed, with what was decided and what became of it.

    Args:
        audit: has the rows.
        purpose: what the paper shows.
        runs: of each row, by key, where they are of several.
    """

    def answer(row: Proposal) -> Text | None:
        decision = audit.decisions.get(row.key)
        return None if decision is None else ANSWERS[decision.approve]

    def note(row: Proposal) -> str | None:
        decision = audit.decisions.get(row.key)
        return None if decision is None else decision.note

    columns: tuple[Column[Proposal], ...] = (
        _reviewed(ColumnId.INVOICE, 11),
        _reviewed(ColumnId.STATUS, 16),
        text("became", say("became"), 12, lambda row: BECAME[audit.became(row)]),
        *SIGNS,
        _reviewed(ColumnId.CUSTOMER, 20),
        _reviewed(ColumnId.CURRENCY, 8.5),
        _reviewed(ColumnId.TOTAL_SAGE, 10.5),
        _reviewed(ColumnId.TOTAL_MANAGE, 10.5),
        _reviewed(ColumnId.VARIANCE, 10.5),
        amount("settled", say("settled-in-sage"), lambda row: row.settled),
        _reviewed(ColumnId.PAID_BEFORE, 10.5),
        _reviewed(ColumnId.PAID_PROPOSED, 10.5),
        _reviewed(ColumnId.CHANGE, 10.5),
        _reviewed(ColumnId.DATE_BEFORE, 10.5),
        _reviewed(ColumnId.DATE_PROPOSED, 10.5),
        _reviewed(ColumnId.RECEIPT, 9),
        text("decision", say("decision-header"), 9, answer),
        text("note", say("note"), 14, note),
        text("reason", say("reason-and-next-step"), 42, _reasons),
        *of_runs(runs),
        _reviewed(ColumnId.KEY, 8),
    )
    return Paper(
        name=ROWS,
        number="20",
        title=say("reconciliation-as-reviewed"),
        purpose=purpose,
        blocks=(
            PaperBlock(
                columns=columns,
                rows=Rows(columns, audit.rows),
                empty=say("cli-no-payments-in-window"),
                keys=[row.key for row in audit.rows],
                leads_to=APPLICATIONS,
            ),
        ),
    )


class Sent(Struct, frozen=True, kw_only=True):
    """How the push or the undo of a row ended, beside what had been reviewed and what was sent.

    Attributes:
        posting: how it ended.
        row: as reviewed.
        intent: what was sent in this attempt; None where nothing was.
    """

    posting: Posting
    row: Proposal
    intent: Intent | None

    @property
    def proposed(self) -> Decimal | None:
        """What Paid Amount was to be."""
        return self.row.paid_proposed if self.intent is None else self.intent.paid_proposed

    @property
    def variance(self) -> Decimal | None:
        """What was read back, less what was to be."""
        return _difference(self.posting.paid_after, self.proposed)

    @property
    def change(self) -> Decimal | None:
        """What was read back, less what was there before."""
        return _difference(self.posting.paid_after, self.posting.paid_before)


def _difference(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _date_before(sent: Sent) -> date | None:
    return sent.row.date_paid_before if sent.intent is None else sent.intent.write.paid_on_before


def _record(posting: Posting) -> str | None:
    return None if posting.payment_id is None else str(posting.payment_id)


SENT: tuple[Column[Sent], ...] = (
    text("invoice", say("invoice"), 11, lambda sent: sent.posting.invoice),
    text("outcome", say("outcome"), 10, lambda sent: outcome_word(sent.posting)),
    *SIGNS,
    text("customer", say("customer"), 20, lambda sent: sent.row.customer),
    text(CURRENCY, say("currency"), 8.5, lambda sent: currency(sent.row.unit)),
    amount("paid-before", say("paid-before"), lambda sent: sent.posting.paid_before),
    amount("paid-proposed", say("paid-proposed"), lambda sent: sent.proposed),
    amount("paid-read-back", say("paid-read-back"), lambda sent: sent.posting.paid_after),
    amount("variance", say("variance"), lambda sent: sent.variance),
    amount("change", say("change"), lambda sent: sent.change),
    day("date-before", say("date-before"), _date_before),
    day("date-read-back", say("date-read-back"), lambda sent: sent.posting.date_paid_after),
    text("record", say("record"), 9, lambda sent: _record(sent.posting)),
    text("read-back", say("read-back"), 10, lambda sent: READ_BACK[sent.posting.verified]),
    text("sent", say("sent-utc"), 18, lambda sent: f"{sent.intent.at:%Y-%m-%d %H:%M:%S}" if sent.intent else None),
    text("what-happened", say("what-happened"), 38, lambda sent: sent.posting.message),
    text("key", say("key"), 8, lambda sent: sent.posting.key),
)
SENT_BY: Column[Sent] = text(RUN_ID, say("run"), RUN_WIDTH, lambda sent: sent.posting.run)


def posted(audits: Sequence[Audit], *, of_month: bool = False) -> Paper:
    """Return every row that was marked Yes or undone: before, sent, and as read back; of a month, with its run."""
    sent = [each for audit in audits for each in _sent(audit)]
    columns = (*SENT[:-1], SENT_BY, SENT[-1]) if of_month else SENT
    return Paper(
        name=POSTED,
        number="30",
        title=say("posted-before-after-read-back"),
        purpose=say("pack-about-posted"),
        blocks=(
            PaperBlock(
                columns=columns,
                rows=Rows(columns, sent),
                empty=say("pack-nothing-pushed"),
                keys=[each.row.key for each in sent],
                leads_to=ROWS,
            ),
        ),
    )


def _sent(audit: Audit) -> list[Sent]:
    """Return what a run sent, oldest first: attempts are counted anew in each run."""
    rows = {row.key: row for row in audit.rows}
    return [
        Sent(posting=posting, row=rows[posting.key], intent=intent)
        for posting, intent in with_intents(audit.sent, audit.intents)
        if posting.key in rows
    ]


def _held(column: ColumnId, width: float) -> Column[Held]:
    """Return a column of the review for the row of a held item."""
    return _reviewed(column, width).within(lambda item: item.row)


HELD_ITEMS: tuple[Column[Held], ...] = (
    _held(ColumnId.INVOICE, 11),
    _held(ColumnId.STATUS, 16),
    *SIGNS,
    _held(ColumnId.CUSTOMER, 20),
    _held(ColumnId.CURRENCY, 8.5),
    day("opened", say("opened"), lambda item: item.opened),
    count("age", say("age-days"), lambda item: Decimal(item.age), width=8),
    amount("settled", say("settled-in-sage"), lambda item: item.row.settled),
    amount("paid", say("paid-in-manage"), lambda item: item.row.paid_before),
    _held(ColumnId.PAID_PROPOSED, 10.5),
    text("owner", say("owner"), 12, lambda item: item.owner or None),
    text("note", say("note"), 18, lambda item: item.note or None),
    text("reason", say("reason-and-next-step"), 42, lambda item: _reasons(item.row)),
    day("closed", say("closed"), lambda item: item.closed),
    text("how-it-closed", say("how-it-closed"), 22, lambda item: item.how),
    _held(ColumnId.KEY, 8),
)


def held(found: Sequence[Held], purpose: Text = ABOUT_HELD, runs: Mapping[str, str] | None = None) -> Paper:
    """Return the rows carried in or left open, and how each settled one was settled.

    Args:
        found: the items.
        purpose: what the paper shows.
        runs: that saw each last, by key, where they are of several.
    """
    seen: tuple[Column[Held], ...] = tuple(column.within(lambda item: item.row) for column in of_runs(runs))
    columns = (*HELD_ITEMS[:-1], *seen, HELD_ITEMS[-1])
    return Paper(
        name=HELD,
        number="40",
        title=say("held-items-carried-forward"),
        purpose=purpose,
        blocks=(
            PaperBlock(
                columns=columns,
                rows=Rows(columns, found),
                empty=say("pack-nothing-held"),
                keys=[item.row.key for item in found],
                leads_to=ROWS,
            ),
        ),
    )
