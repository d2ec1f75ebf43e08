"""The cover: what the pack is, what it concludes, where to sign, and what is in it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from sync.core.audit import Audit
from sync.core.completeness import Disposition
from sync.core.journal import Person
from sync.core.money import ZERO
from sync.core.posting import Outcome
from workbook.audit.paper import Block, Col, Form, Paper, long, text
from workbook.cells import Cell, visible
from workbook.header import HASH_SHOWN, window_words
from workbook.statuses import LOOKS

COVER = "00 Cover and sign-off"
PAGE = 115
"""Characters of a line beside its label."""
SIGN = (
    text("Role", 24),
    Col(header="Name", width=40, form=Form.SIGN),
    Col(header="Signature", width=40, form=Form.SIGN),
    Col(header="Date", width=18, form=Form.SIGN),
    Col(header="Initials", width=12, form=Form.SIGN),
)


def cover(audit: Audit, papers: Sequence[Paper]) -> Paper:
    """What the pack is, what it concludes, where to sign, and what is in it."""
    wide = (text("What", 24), long("", 40))
    return Paper(
        name=COVER,
        title=f"Reconciliation of customer payments: {audit.run.company.sage}",
        purpose="Receipts recorded in Sage 50 against invoices in ConnectWise Manage.",
        one_page=True,
        blocks=(
            Block(heading="Identification", columns=wide, rows=_wrapped(facts(audit))),
            Block(heading="Findings", columns=wide, rows=_wrapped(conclusion(audit))),
            Block(
                heading="Sign-off",
                columns=SIGN,
                rows=[[role, None, None, None, None] for role in ("Prepared by", "Reviewed by")],
                note="To be filled in by hand; nothing is signed in advance.",
            ),
            Block(
                heading="Index",
                columns=(text("Reference", 24), text("Sheet", 40), long("What it shows", 40)),
                rows=[[paper.index, paper.name, paper.title] for paper in papers],
            ),
        ),
    )


def _wrapped(lines: Sequence[tuple[str, str]]) -> list[list[Cell]]:
    """Long sentences on several lines, as wide as the page."""
    return [
        [label if number == 0 else None, piece]
        for label, words in lines
        for number, piece in enumerate(textwrap.wrap(visible(words), PAGE))
    ]


def facts(audit: Audit) -> list[tuple[str, str]]:
    """What identifies the pack."""
    run = audit.run
    began = run.started.astimezone()
    pushed = _named(audit.pushed_by)
    if not audit.pushed_by:
        pushed = "not recorded: a push was cut short" if audit.intents else "nobody yet"
    return [
        ("Entity", run.company.sage),
        ("Window", window_words(run.window)),
        ("Source: Sage 50", f"{run.company.sage}, read on {run.day}. {run.strategy}"),
        ("Source: Manage", f"{run.company.manage} at {run.company.site}, {run.requests} requests"),
        ("Read at", f"{began:%Y-%m-%d %H:%M:%S} (UTC{began:%z}), {run.started:%Y-%m-%d %H:%M:%S} UTC"),
        ("Run", run.id),
        ("Sync run by", f"{run.person.user} on {run.person.computer}"),
        ("Pushed by", pushed),
        *([("Undone by", _named(audit.undone_by))] if audit.undone_by else []),
        ("Exported at", f"{audit.at:%Y-%m-%d %H:%M:%S} UTC by {audit.person.user} on {audit.person.computer}"),
        ("Made with", f"Tieout {run.version}, settings {run.policy[:HASH_SHOWN]}"),
        ("Ledger head", f"row {audit.head.rows}, SHA-256 {audit.head.hash}"),
    ]


def _named(people: Sequence[Person]) -> str:
    return ", ".join(f"{person.user} on {person.computer}" for person in people)


def conclusion(audit: Audit) -> list[tuple[str, str]]:
    """What was found, in sentences; what does not tie is said first."""
    found = audit.proof
    complete = "Everything that was entered in Sage in the window is accounted for, to the cent."
    if found.differences:
        complete = " ".join(str(difference) for difference in found.differences)
    if found.unreadable:
        complete += f" Rows whose amount cannot be read, and which are held: {found.unreadable}."
    lines = [("Completeness", complete)]
    if audit.evidence.tie_out is not None:
        lines.append(("Receivables", " ".join(_tied(audit))))
    became = Counter(audit.became(row) for row in audit.rows)
    lines.append(
        (
            "Rows",
            (
                f"{len(audit.rows)} invoices: {became[Disposition.POSTED]} posted and read back, "
                f"{became[Disposition.IN_AGREEMENT]} already in agreement, {became[Disposition.READY]} ready and not "
                f"pushed, {became[Disposition.HELD]} held, {became[Disposition.OUT_OF_SCOPE]} out of scope."
            ),
        )
    )
    lines.append(("Carried forward", _carried(audit)))
    lines.append(("Push", " ".join(_pushed(audit))))
    lines += [("Notice", str(notice)) for notice in audit.run.notices]
    return lines


def _carried(audit: Audit) -> str:
    still = Counter(item.row.status for item in audit.held if item.closed is None)
    kinds = ", ".join(f"{number} {LOOKS[status].word.lower()}" for status, number in sorted(still.items()))
    closed = sum(1 for item in audit.held if item.closed is not None)
    return f"{still.total()} held items{f' ({kinds})' if kinds else ''}; {closed} closed by this run."


def _pushed(audit: Audit) -> list[str]:
    """What did not end as it should, and what was taken back; said plainly when there is none of it."""
    last = [posting for posting in audit.postings.values() if not posting.undo]
    failed = Counter[Outcome](p.outcome for p in last if p.outcome not in {Outcome.POSTED, Outcome.ALREADY})
    odd = sum(1 for p in last if p.outcome is Outcome.POSTED and not p.verified)
    undone = sum(1 for p in audit.postings.values() if p.undo and p.outcome is Outcome.POSTED)
    said = []
    if failed:
        said.append(f"Not done: {', '.join(f'{failed[each]} {each.value}' for each in Outcome if failed[each])}.")
    if odd:
        said.append(f"{odd} posted, and read back other than intended: see Posted.")
    if undone:
        said.append(f"{undone} undone: see Posted.")
    return said or ["No row was refused, stale or left unknown." if last else "Nothing was pushed."]


def _tied(audit: Audit) -> list[str]:
    found = audit.evidence.tie_out
    said = []
    for owed in found.totals if found else ():
        left = found.unexplained(owed.currency) if found else ZERO
        explained = "all of it explained" if left == ZERO else f"{left:,.2f} of it UNEXPLAINED"
        said.append(
            f"{owed.currency}: {owed.sage:,.2f} open in Sage and {owed.manage:,.2f} in Manage; the difference is "
            f"{owed.difference:,.2f}, {explained}."
        )
    return said or ["Nothing is open in either system."]
