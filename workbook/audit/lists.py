"""The papers that list rows: the reconciliation, what was posted, and the held items."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from sync.core.audit import Audit, Held
from sync.core.labels import currency
from sync.core.posting import Intent, Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.words import say
from workbook.audit.endings import BECAME, READ_BACK, outcome_word
from workbook.audit.paper import CURRENCY, SIGNS, Block, Col, Paper, Rows, count, day, money, status, text
from workbook.cells import Cell
from workbook.columns import ANSWERS
from workbook.statuses import WORDS

ROWS, POSTED, HELD, APPLICATIONS = (
    say("20 Reconciliation"),
    say("30 Posted"),
    say("40 Held items"),
    say("60 Applications"),
)


def reconciliation(audit: Audit) -> Paper:
    """Every row as reviewed, with what was decided and what became of it."""
    columns = (
        text(say("Invoice"), 11),
        status(),
        text(say("Became"), 12),
        *SIGNS,
        text(say("Customer"), 20),
        text(CURRENCY, 8.5),
        money(say("Total Sage")),
        money(say("Total Manage")),
        money(say("Variance")),
        money(say("Settled Sage")),
        money(say("Paid before")),
        money(say("Paid proposed")),
        money(say("Change")),
        day(say("Date paid before")),
        day(say("Date paid proposed")),
        text(say("Receipt"), 9),
        text(say("Decision"), 9),
        text(say("Note"), 14),
        text(say("Reason and next step"), 42),
        text(say("Key"), 8),
    )
    return Paper(
        name=ROWS,
        title=say("Reconciliation as reviewed"),
        purpose=say(
            "Each invoice with payment information entered in Sage in the window, and each carried forward. "
            "Variance is Total Sage less Total Manage. Follow the invoice number to the applications behind it."
        ),
        blocks=(
            Block(
                columns=columns,
                rows=Rows(audit.rows, partial(_row, audit)),
                empty=say("No payment information was entered in this window."),
                keys=[row.key for row in audit.rows],
                leads_to=APPLICATIONS,
            ),
        ),
    )


def _row(audit: Audit, row: Proposal) -> list[Cell]:
    decision = audit.decisions.get(row.key)
    return [
        row.invoice,
        WORDS[row.status],
        BECAME[audit.became(row)],
        None,
        None,
        row.customer,
        str(currency(row.unit)),
        row.sage_total,
        row.manage_total,
        _variance(row),
        row.settled,
        row.paid_before,
        row.paid_proposed,
        row.change if row.approvable else None,
        row.date_paid_before,
        row.date_paid_proposed,
        row.clearing_receipt,
        None if decision is None else ANSWERS[decision.approve],
        decision.note if decision else None,
        f"{row.reason} {row.next_step}",
        row.key,
    ]


def _variance(row: Proposal) -> Decimal | None:
    return None if row.sage_total is None or row.manage_total is None else row.sage_total - row.manage_total


def posted(audit: Audit) -> Paper:
    """Every row that was marked Yes: before, sent, and as read back."""
    columns = (
        text(say("Invoice"), 11),
        text(say("Outcome"), 10),
        *SIGNS,
        text(say("Customer"), 20),
        text(CURRENCY, 8.5),
        money(say("Paid before")),
        money(say("Paid proposed")),
        money(say("Paid read back")),
        money(say("Variance")),
        money(say("Change")),
        day(say("Date before")),
        day(say("Date read back")),
        text(say("Record"), 9),
        text(say("Read back"), 10),
        text(say("Sent (UTC)"), 17),
        text(say("What happened"), 38),
        text(say("Key"), 8),
    )
    rows = {row.key: row for row in audit.rows}
    intents = {(intent.key, intent.undo): intent for intent in audit.intents}
    shown = [posting for posting in audit.sent if posting.key in rows]
    return Paper(
        name=POSTED,
        title=say("Posted: before, after and read back"),
        purpose=say(
            "What became of each row that was marked Yes or undone, in order: as Manage showed it before, and as "
            "it was read back. "
            "Variance is the amount read back less the amount proposed; Change is read back less before."
        ),
        blocks=(
            Block(
                columns=columns,
                rows=Rows(shown, lambda each: _posting(each, rows[each.key], intents.get((each.key, each.undo)))),
                empty=say("Nothing was pushed."),
                keys=[posting.key for posting in shown],
                leads_to=ROWS,
            ),
        ),
    )


def _posting(posting: Posting, row: Proposal, intent: Intent | None) -> list[Cell]:
    wrote = intent is not None and posting.outcome in {Outcome.POSTED, Outcome.UNKNOWN}
    proposed = intent.paid_proposed if intent and wrote else row.paid_proposed
    before, after = posting.paid_before, posting.paid_after
    return [
        posting.invoice,
        outcome_word(posting),
        None,
        None,
        row.customer,
        str(currency(row.unit)),
        before,
        proposed,
        after,
        after - proposed if after is not None and proposed is not None else None,
        after - before if after is not None and before is not None else None,
        intent.write.paid_on_before if intent else row.date_paid_before,
        posting.date_paid_after,
        str(posting.payment_id) if posting.payment_id is not None else None,
        READ_BACK[posting.verified],
        f"{intent.at:%Y-%m-%d %H:%M:%S}" if intent and wrote else None,
        str(posting.message),
        posting.key,
    ]


HELD_COLUMNS: tuple[Col, ...] = (
    text(say("Invoice"), 11),
    status(),
    *SIGNS,
    text(say("Customer"), 20),
    text(CURRENCY, 8.5),
    day(say("Opened")),
    count(say("Age, days"), 8),
    money(say("Settled Sage")),
    money(say("Paid Manage")),
    money(say("Paid proposed")),
    text(say("Owner"), 12),
    text(say("Note"), 18),
    text(say("Reason and next step"), 42),
    day(say("Closed")),
    text(say("How it closed"), 22),
    text(say("Key"), 8),
)


def held(audit: Audit) -> Paper:
    """What was carried in or left open, and how what was settled came to be."""
    return Paper(
        name=HELD,
        title=say("Held items carried forward"),
        purpose=say(
            "Each row that no run has settled comes back in every later run until one does. Those that this run "
            "closed stand last, with the day and how."
        ),
        blocks=(
            Block(
                columns=HELD_COLUMNS,
                rows=Rows(audit.held, held_row),
                empty=say("Nothing is held."),
                keys=[item.row.key for item in audit.held],
                leads_to=ROWS,
            ),
        ),
    )


def held_row(item: Held) -> list[Cell]:
    """The cells of a held item."""
    row = item.row
    return [
        row.invoice,
        WORDS[row.status],
        None,
        None,
        row.customer,
        str(currency(row.unit)),
        item.opened,
        Decimal(item.age),
        row.settled,
        row.paid_before,
        row.paid_proposed,
        item.owner or None,
        item.note or None,
        f"{row.reason} {row.next_step}",
        item.closed,
        str(item.how) if item.how else None,
        row.key,
    ]
