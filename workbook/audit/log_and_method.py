"""The last papers: what happened to the run, what the words and marks mean, and how the figures come about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sync.core.prove.workpapers import Audit, run_log
from sync.core.values.messages import BLANK, say
from sync.core.values.runs import Person
from workbook.audit.row_papers import ENDINGS, RUN_WIDTH, outcome_word
from workbook.look.column import Column, count, status, text
from workbook.look.statuses import LOOKS
from workbook.papers.paper import RUN_ID, Paper, PaperBlock
from workbook.xlsx.cells import Cell

LOG, METHOD = say("run-log-paper"), say("legend-and-method-paper")
WHO: tuple[Column[None], ...] = (
    text("when-utc", say("when-utc"), 20),
    text("who", say("who"), 22),
    text("computer", say("computer"), 26),
)
TICKS = (
    (say("footed-mark"), say("pack-mark-footed")),
    ("S", say("pack-mark-agreed-to-sage")),
    ("M", say("pack-mark-agreed-to-manage")),
    ("RC", say("pack-mark-recalculated")),
    ("N1, N2, …", say("pack-mark-see-note")),
    (say("prepared-by-client-mark"), say("pack-mark-prepared-by-client")),
    ("X", say("pack-mark-exception")),
)
PROCEDURE = (
    (say("purpose"), say("pack-method-purpose")),
    (say("source"), say("pack-method-source")),
    (say("scope"), say("pack-method-scope")),
    (say("procedure"), say("pack-method-procedure")),
    (say("checks"), say("pack-method-checks")),
    (say("files"), say("pack-method-files")),
    (say("csv-files"), say("pack-method-csv-files")),
)


def log(audits: Sequence[Audit], *, of_month: bool = False) -> Paper:
    """Return what happened to the runs, and the files that were made of them; of a month, each with its run."""
    run: tuple[Column[None], ...] = (text(RUN_ID, say("run"), RUN_WIDTH),) if of_month else ()
    events: list[list[Cell]] = [
        [*_who(event.at, event.person), event.what, *([audit.run.id] if of_month else [])]
        for audit in audits
        for event in run_log(audit.run, audit.ends, audit.exports)
    ]
    files: list[list[Cell]] = [
        [*_who(made.at, made.person), name, digest, *([audit.run.id] if of_month else [])]
        for audit in audits
        for made in audit.exports
        for name, digest in made.files
    ]
    outcomes = Counter(outcome_word(posting) for audit in audits for posting in audit.postings.values())
    return Paper(
        name=LOG,
        number="70",
        title=say("run-log"),
        purpose=say("pack-about-run-log"),
        blocks=(
            PaperBlock(heading=say("events"), columns=(*WHO, text("what", say("what"), 50), *run), rows=events),
            PaperBlock(
                heading=say("how-rows-ended"),
                columns=(text("outcome", say("outcome"), 20), count("rows", say("rows"), width=22)),
                rows=[[word, Decimal(outcomes[word])] for word in ENDINGS if outcomes[word]],
                empty=say("pack-nothing-pushed"),
            ),
            PaperBlock(
                heading=say("files-made-before-this-pack"),
                columns=(*WHO, text("file", say("file"), 50), text("sha-256", say("sha-256"), 70), *run),
                rows=files,
            ),
        ),
    )


def _who(at: datetime, person: Person) -> list[Cell]:
    return [f"{at:%Y-%m-%d %H:%M:%S}", person.user, person.computer]


def method() -> Paper:
    """Return what the words and marks mean, and how the figures come about."""
    return Paper(
        name=METHOD,
        number="90",
        title=say("legend-and-method"),
        purpose=say("pack-about-method"),
        blocks=(
            PaperBlock(
                heading=say("method"),
                columns=(text("part", say("part"), 20), text("words", BLANK, 100)),
                rows=PROCEDURE,
            ),
            PaperBlock(
                heading=say("statuses"),
                columns=(
                    status(width=20),
                    text("what-was-found", say("what-was-found"), 65),
                    text("what-to-do", say("what-to-do"), 65),
                ),
                rows=[[look.word, look.meaning, look.step] for look in LOOKS.values()],
            ),
            PaperBlock(
                heading=say("tick-marks"),
                columns=(text("mark", say("mark"), 20), text("meaning", say("meaning"), 100)),
                rows=TICKS,
                note=say("pack-ticks-by-hand"),
            ),
        ),
    )
