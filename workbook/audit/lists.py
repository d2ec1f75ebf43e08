"""The papers that list rows: the reconciliation, what was posted, and the held items."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from sync.core.audit import Audit, Held
from sync.core.completeness import Disposition
from sync.core.posting import Intent, Outcome, Posting
from sync.core.proposal import Proposal
from workbook.audit.paper import SIGNS, Block, Col, Paper, Rows, count, day, money, status, text
from workbook.cells import Cell
from workbook.statuses import LOOKS

ROWS, POSTED, HELD, APPLICATIONS = "20 Reconciliation", "30 Posted", "40 Held items", "60 Applications"
BECAME = {
    Disposition.POSTED: "Posted",
    Disposition.IN_AGREEMENT: "In agreement",
    Disposition.READY: "Ready, not pushed",
    Disposition.HELD: "Held",
    Disposition.OUT_OF_SCOPE: "Out of scope",
}


def reconciliation(audit: Audit) -> Paper:
    """Every row as reviewed, with what was decided and what became of it."""
    columns = (
        text("Invoice", 11),
        status(),
        text("Became", 12),
        *SIGNS,
        text("Customer", 20),
        text("Currency", 8.5),
        money("Total Sage"),
        money("Total Manage"),
        money("Variance"),
        money("Settled Sage"),
        money("Paid before"),
        money("Paid proposed"),
        money("Change"),
        day("Date paid before"),
        day("Date paid proposed"),
        text("Receipt", 9),
        text("Decision", 9),
        text("Note", 14),
        text("Reason and next step", 42),
        text("Key", 8),
    )
    return Paper(
        name=ROWS,
        title="Reconciliation as reviewed",
        purpose="Each invoice with payment information entered in Sage in the window, and each carried forward. "
        "Variance is Total Sage less Total Manage. Follow the invoice number to the applications behind it.",
        blocks=(
            Block(
                columns=columns,
                rows=Rows(audit.rows, partial(_row, audit)),
                empty="No payment information was entered in this window.",
                keys=[row.key for row in audit.rows],
                leads_to=APPLICATIONS,
            ),
        ),
    )


def _row(audit: Audit, row: Proposal) -> list[Cell]:
    decision = audit.decisions.get(row.key)
    return [
        row.invoice,
        LOOKS[row.status].word,
        BECAME[audit.became(row)],
        None,
        None,
        row.customer,
        row.unit,
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
        None if decision is None else "Yes" if decision.approve else "No",
        decision.note if decision else None,
        f"{row.reason} {row.next_step}",
        row.key,
    ]


def _variance(row: Proposal) -> Decimal | None:
    return None if row.sage_total is None or row.manage_total is None else row.sage_total - row.manage_total


def posted(audit: Audit) -> Paper:
    """Every row that was marked Yes: before, sent, and as read back."""
    columns = (
        text("Invoice", 11),
        text("Outcome", 10),
        *SIGNS,
        text("Customer", 20),
        text("Currency", 8.5),
        money("Paid before"),
        money("Paid proposed"),
        money("Paid read back"),
        money("Variance"),
        money("Change"),
        day("Date before"),
        day("Date read back"),
        text("Record", 9),
        text("Read back", 10),
        text("Sent (UTC)", 17),
        text("What happened", 38),
        text("Key", 8),
    )
    rows = {row.key: row for row in audit.rows}
    intents = {(intent.key, intent.undo): intent for intent in audit.intents}
    shown = [posting for posting in audit.sent if posting.key in rows]
    return Paper(
        name=POSTED,
        title="Posted: before, after and read back",
        purpose="What became of each row that was marked Yes or undone, in order: as Manage showed it before, and as "
        "it was read back. "
        "Variance is the amount read back less the amount proposed; Change is read back less before.",
        blocks=(
            Block(
                columns=columns,
                rows=Rows(shown, lambda each: _posting(each, rows[each.key], intents.get((each.key, each.undo)))),
                empty="Nothing was pushed.",
                keys=[posting.key for posting in shown],
                leads_to=ROWS,
            ),
        ),
    )


def outcome_word(posting: Posting) -> str:
    """How a row ended, in one word."""
    return "undone" if posting.undo and posting.outcome is Outcome.POSTED else posting.outcome.value


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
        row.unit,
        before,
        proposed,
        after,
        after - proposed if after is not None and proposed is not None else None,
        after - before if after is not None and before is not None else None,
        intent.write.paid_on_before if intent else row.date_paid_before,
        posting.date_paid_after,
        str(posting.payment_id) if posting.payment_id is not None else None,
        "agrees" if posting.verified else "no",
        f"{intent.at:%Y-%m-%d %H:%M:%S}" if intent and wrote else None,
        str(posting.message),
        posting.key,
    ]


HELD_COLUMNS: tuple[Col, ...] = (
    text("Invoice", 11),
    status(),
    *SIGNS,
    text("Customer", 20),
    text("Currency", 8.5),
    day("Opened"),
    count("Age, days", 8),
    money("Settled Sage"),
    money("Paid Manage"),
    money("Paid proposed"),
    text("Owner", 12),
    text("Note", 18),
    text("Reason and next step", 42),
    day("Closed"),
    text("How it closed", 22),
    text("Key", 8),
)


def held(audit: Audit) -> Paper:
    """What was carried in or left open, and how what was settled came to be."""
    return Paper(
        name=HELD,
        title="Held items carried forward",
        purpose="Each row that no run has settled comes back in every later run until one does. Those that this run "
        "closed stand last, with the day and how.",
        blocks=(
            Block(
                columns=HELD_COLUMNS,
                rows=Rows(audit.held, held_row),
                empty="Nothing is held.",
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
        LOOKS[row.status].word,
        None,
        None,
        row.customer,
        row.unit,
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
