"""The last papers: what happened to the run, what the words and marks mean, and how the figures come about."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.audit import log as run_log
from workbook.audit.lists import outcome_word
from workbook.audit.paper import Block, Col, Form, Paper, count, text
from workbook.cells import Cell
from workbook.statuses import LOOKS

LOG, METHOD = "70 Run log", "90 Legend and method"
TICKS = (
    ("F", "Footed: the column was added up again."),
    ("S", "Agreed to Sage: the receipt or the aged list was looked at."),
    ("M", "Agreed to Manage: the invoice was looked at in Invoice Search."),
    ("RC", "Recalculated."),
    ("N1, N2, …", "See the note of that number."),
    ("PBC", "Prepared by the client."),
    ("X", "Exception: see Held items."),
)
PROCEDURE = (
    ("Purpose", "To show which invoices in ConnectWise Manage are paid, as recorded in Sage 50, and to prove it."),
    (
        "Source",
        (
            "Sage 50 was read in one read-only transaction; Manage by its API. The times stand on the cover. Amounts "
            "are in the currency of the invoice. Currencies are added together in control totals only, as a proof."
        ),
    ),
    (
        "Scope",
        ("Invoices with payment information entered in Sage in the window, and every row that earlier runs held."),
    ),
    (
        "Procedure",
        (
            "Each invoice's rows in Sage are added up to what is settled and what is owed. Paid in full means that "
            "nothing is owed; Date Paid is the day of the application that cleared it for good. Documents are matched "
            "with invoices by number, then by customer, then by total. Approved rows were written one by one: the "
            "intent recorded, one request sent, the invoice read back."
        ),
    ),
    (
        "Checks",
        (
            "Control totals are static figures with a live one beside them. A check says OK, or OUT BY the difference. "
            "Amounts in brackets are below zero; a dash is zero."
        ),
    ),
    (
        "Files",
        ("The SHA-256 of each file is in SHA256SUMS.txt and in the ledger; tieout verify checks the ledger's chain."),
    ),
)


def log(audit: Audit) -> Paper:
    """What happened to the run, and the files that were made of it."""
    events: list[list[Cell]] = [
        [f"{event.at:%Y-%m-%d %H:%M:%S}", event.person.user, event.person.computer, str(event.what)]
        for event in run_log(audit.run, audit.ends, audit.exports)
    ]
    files: list[list[Cell]] = [
        [f"{made.at:%Y-%m-%d %H:%M:%S}", name, digest] for made in audit.exports for name, digest in made.files
    ]
    outcomes = Counter(outcome_word(posting) for posting in audit.postings.values())
    return Paper(
        name=LOG,
        title="Run log",
        purpose="From the ledger, to which rows are only ever added, each with the hash of the one before it.",
        blocks=(
            Block(
                heading="Events",
                columns=(text("When (UTC)", 20), text("Who", 22), text("Computer", 26), text("What", 50)),
                rows=events,
            ),
            Block(
                heading="How rows ended",
                columns=(text("Outcome", 20), count("Rows", 22)),
                rows=[[outcome, Decimal(number)] for outcome, number in sorted(outcomes.items())],
                empty="Nothing was pushed.",
            ),
            Block(
                heading="Files made before this pack",
                columns=(text("When (UTC)", 20), text("File", 50), text("SHA-256", 70)),
                rows=files,
            ),
        ),
    )


def method() -> Paper:
    """What the words and marks mean, and how the figures come about."""
    return Paper(
        name=METHOD,
        title="Legend and method",
        purpose="What each status and mark means, and how the figures come about.",
        blocks=(
            Block(heading="Method", columns=(text("Part", 20), text("", 100)), rows=[list(row) for row in PROCEDURE]),
            Block(
                heading="Statuses",
                columns=(
                    Col(header="Status", width=20, form=Form.STATUS),
                    text("What was found", 65),
                    text("What to do", 65),
                ),
                rows=[[look.word, str(look.meaning), str(look.step)] for look in LOOKS.values()],
            ),
            Block(
                heading="Tick marks",
                columns=(text("Mark", 20), text("Meaning", 100)),
                rows=[list(tick) for tick in TICKS],
                note="To be set by hand in the columns Tick and Initials.",
            ),
        ),
    )
