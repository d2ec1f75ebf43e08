"""The last papers: what happened to the run, what the words and marks mean, and how the figures come about."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from sync.core.audit import Audit
from sync.core.audit import log as run_log
from sync.core.words import BLANK, say
from workbook.audit.endings import outcome_word
from workbook.audit.paper import Block, Col, Form, Paper, count, text
from workbook.cells import Cell
from workbook.statuses import LOOKS

LOG, METHOD = say("70 Run log"), say("90 Legend and method")
TICKS = (
    (say("F"), say("Footed: the column was added up again.")),
    ("S", say("Agreed to Sage: the receipt or the aged list was looked at.")),
    ("M", say("Agreed to Manage: the invoice was looked at in Invoice Search.")),
    ("RC", say("Recalculated.")),
    ("N1, N2, …", say("See the note of that number.")),
    (say("PBC"), say("Prepared by the client.")),
    ("X", say("Exception: see Held items.")),
)
PROCEDURE = (
    (
        say("Purpose"),
        say("To show which invoices in ConnectWise Manage are paid, as recorded in Sage 50, and to prove it."),
    ),
    (
        say("Source"),
        say(
            "Sage 50 was read in one read-only transaction; Manage by its API. The times stand on the cover. Amounts "
            "are in the currency of the invoice. Currencies are added together in control totals only, as a proof."
        ),
    ),
    (
        say("Scope"),
        say("Invoices with payment information entered in Sage in the window, and every row that earlier runs held."),
    ),
    (
        say("Procedure"),
        say(
            "Each invoice's rows in Sage are added up to what is settled and what is owed. Paid in full means that "
            "nothing is owed; Date Paid is the day of the application that cleared it for good. Documents are matched "
            "with invoices by number, then by customer, then by total. Approved rows were written one by one: the "
            "intent recorded, one request sent, the invoice read back."
        ),
    ),
    (
        say("Checks"),
        say(
            "Control totals are static figures with a live one beside them. A check says OK, or OUT BY the difference. "
            "Amounts in brackets are below zero; a dash is zero."
        ),
    ),
    (
        say("Files"),
        say(
            "The SHA-256 of each file is in SHA256SUMS.txt and in the ledger; tieout verify checks the ledger's chain."
        ),
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
        title=say("Run log"),
        purpose=say("From the ledger, to which rows are only ever added, each with the hash of the one before it."),
        blocks=(
            Block(
                heading=say("Events"),
                columns=(
                    text(say("When (UTC)"), 20),
                    text(say("Who"), 22),
                    text(say("Computer"), 26),
                    text(say("What"), 50),
                ),
                rows=events,
            ),
            Block(
                heading=say("How rows ended"),
                columns=(text(say("Outcome"), 20), count(say("Rows"), 22)),
                rows=[[outcome, Decimal(number)] for outcome, number in sorted(outcomes.items())],
                empty=say("Nothing was pushed."),
            ),
            Block(
                heading=say("Files made before this pack"),
                columns=(text(say("When (UTC)"), 20), text(say("File"), 50), text(say("SHA-256"), 70)),
                rows=files,
            ),
        ),
    )


def method() -> Paper:
    """What the words and marks mean, and how the figures come about."""
    return Paper(
        name=METHOD,
        title=say("Legend and method"),
        purpose=say("What each status and mark means, and how the figures come about."),
        blocks=(
            Block(
                heading=say("Method"),
                columns=(text(say("Part"), 20), text(BLANK, 100)),
                rows=[list(map(str, row)) for row in PROCEDURE],
            ),
            Block(
                heading=say("Statuses"),
                columns=(
                    Col(header=say("Status"), width=20, form=Form.STATUS),
                    text(say("What was found"), 65),
                    text(say("What to do"), 65),
                ),
                rows=[[str(look.word), str(look.meaning), str(look.step)] for look in LOOKS.values()],
            ),
            Block(
                heading=say("Tick marks"),
                columns=(text(say("Mark"), 20), text(say("Meaning"), 100)),
                rows=[list(map(str, tick)) for tick in TICKS],
                note=say("To be set by hand in the columns Tick and Initials."),
            ),
        ),
    )
