"""The cover: what the pack is, what it concludes, where to sign, and what is in it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from sync.core.audit import Audit
from sync.core.completeness import Disposition
from sync.core.journal import Person
from sync.core.labels import STATUSES, counted, currency, listed, window_words
from sync.core.money import ZERO
from sync.core.posting import Outcome
from sync.core.tieout import TieOut
from sync.core.words import BLANK, Text, say
from workbook.audit.paper import Block, Col, Form, Paper, long, text
from workbook.cells import Cell, visible
from workbook.header import HASH_SHOWN, Fact, named, title

COVER = say("00 Cover and sign-off")
PAGE = 115
"""Characters of a line beside its label."""
_BOUND = "\u00a0-"
"""An amount below zero, bound to the word before it."""
SIGN = (
    text(say("Role"), 24),
    Col(header=say("Name"), width=40, form=Form.SIGN),
    Col(header=say("Signature"), width=40, form=Form.SIGN),
    Col(header=say("Date"), width=18, form=Form.SIGN),
    Col(header=say("Initials"), width=12, form=Form.SIGN),
)


def cover(audit: Audit, papers: Sequence[Paper]) -> Paper:
    """What the pack is, what it concludes, where to sign, and what is in it."""
    wide = (text(say("What"), 24), long(BLANK, 40))
    return Paper(
        name=COVER,
        title=title(audit.run),
        purpose=say("Receipts recorded in Sage 50 against invoices in ConnectWise Manage."),
        one_page=True,
        blocks=(
            Block(heading=say("Identification"), columns=wide, rows=_wrapped(facts(audit))),
            Block(heading=say("Findings"), columns=wide, rows=_wrapped(conclusion(audit))),
            Block(
                heading=say("Sign-off"),
                columns=SIGN,
                rows=[[str(role), None, None, None, None] for role in (say("Prepared by"), say("Reviewed by"))],
                note=say("To be filled in by hand; nothing is signed in advance."),
            ),
            Block(
                heading=say("Index"),
                columns=(text(say("Reference"), 24), text(say("Sheet"), 40), long(say("What it shows"), 40)),
                rows=[[str(paper.index), str(paper.name), str(paper.title)] for paper in papers],
            ),
        ),
    )


def _wrapped(lines: Sequence[Fact]) -> list[list[Cell]]:
    """Long sentences on several lines, as wide as the page; none begins with a minus, as a formula would."""
    return [
        [str(line.label) if number == 0 else None, piece.replace(_BOUND, " -")]
        for line in lines
        for number, piece in enumerate(textwrap.wrap(visible(str(line.value)).replace(" -", _BOUND), PAGE))
    ]


def facts(audit: Audit) -> list[Fact]:
    """What identifies the pack."""
    run, company = audit.run, audit.run.company
    began = run.started.astimezone()
    pushed: Text | str = _named(audit.pushed_by)
    if not audit.pushed_by:
        pushed = say("not recorded: a push was cut short") if audit.intents else say("nobody yet")
    read = say("{company}, read on {day}.", company=company.sage, day=run.day)
    manage = say("{company} at {site}, {count} requests", company=company.manage, site=company.site, count=run.requests)
    version = say("Tieout {version}, settings {hash}", version=run.version, hash=run.policy[:HASH_SHOWN])
    exported = say("{moment} UTC by {person}", moment=f"{audit.at:%Y-%m-%d %H:%M:%S}", person=named(audit.person))
    return [
        Fact(label=say("Entity"), value=company.sage),
        Fact(label=say("Window"), value=window_words(run.window)),
        Fact(label=say("Source: Sage 50"), value=read + run.strategy),
        Fact(label=say("Source: Manage"), value=manage),
        Fact(
            label=say("Read at"),
            value=f"{began:%Y-%m-%d %H:%M:%S} (UTC{began:%z}), {run.started:%Y-%m-%d %H:%M:%S} UTC",
        ),
        Fact(label=say("Run"), value=run.id),
        Fact(label=say("Sync run by"), value=named(run.person)),
        Fact(label=say("Pushed by"), value=pushed),
        *([Fact(label=say("Undone by"), value=_named(audit.undone_by))] if audit.undone_by else []),
        Fact(label=say("Exported at"), value=exported),
        Fact(label=say("Made with"), value=version),
        Fact(
            label=say("Ledger head"),
            value=say("row {rows}, SHA-256 {hash}", rows=audit.head.rows, hash=audit.head.hash),
        ),
    ]


def _named(people: Sequence[Person]) -> str:
    return ", ".join(str(named(person)) for person in people)


def conclusion(audit: Audit) -> list[Fact]:
    """What was found, in sentences; what does not tie is said first."""
    found = audit.proof
    complete = say("Everything that was entered in Sage in the window is accounted for, to the cent.")
    if found.differences:
        complete = sum(found.differences, BLANK)
    if found.unreadable:
        complete += say("Rows whose amount cannot be read, and which are held: {count}.", count=found.unreadable)
    lines = [Fact(label=say("Completeness"), value=complete)]
    if audit.evidence.tie_out is not None:
        lines.append(Fact(label=say("Receivables"), value=_tied(audit.evidence.tie_out)))
    return [
        *lines,
        Fact(label=say("Rows"), value=_became(audit)),
        Fact(label=say("Carried forward"), value=_carried(audit)),
        Fact(label=say("Push"), value=_pushed(audit)),
        *(Fact(label=say("Notice"), value=notice) for notice in audit.run.notices),
    ]


def _became(audit: Audit) -> Text:
    became = Counter(audit.became(row) for row in audit.rows)
    return say(
        "{count} invoices: {posted} posted and read back, {agreed} already in agreement, {ready} ready and not "
        "pushed, {held} held, {out} out of scope.",
        count=len(audit.rows),
        posted=became[Disposition.POSTED],
        agreed=became[Disposition.IN_AGREEMENT],
        ready=became[Disposition.READY],
        held=became[Disposition.HELD],
        out=became[Disposition.OUT_OF_SCOPE],
    )


def _carried(audit: Audit) -> Text:
    still = Counter(item.row.status for item in audit.held if item.closed is None)
    closed = sum(1 for item in audit.held if item.closed is not None)
    if not still:
        return say("{count} held items; {closed} closed by this run.", count=0, closed=closed)
    kinds = listed(
        say("{count} {word}", count=number, word=STATUSES[status]) for status, number in sorted(still.items())
    )
    return say(
        "{count} held items ({kinds}); {closed} closed by this run.", count=still.total(), kinds=kinds, closed=closed
    )


def _pushed(audit: Audit) -> Text:
    """What did not end as it should, and what was taken back; said plainly when there is none of it."""
    last = [posting for posting in audit.postings.values() if not posting.undo]
    failed = Counter[Outcome](p.outcome for p in last if p.outcome not in {Outcome.POSTED, Outcome.ALREADY})
    odd = sum(1 for p in last if p.outcome is Outcome.POSTED and not p.verified)
    undone = sum(1 for p in audit.postings.values() if p.undo and p.outcome is Outcome.POSTED)
    said = BLANK
    if failed:
        said += say("Not done: {counts}.", counts=counted({each: failed[each] for each in Outcome if failed[each]}))
    if odd:
        said += say("{count} posted, and read back other than intended: see Posted.", count=odd)
    if undone:
        said += say("{count} undone: see Posted.", count=undone)
    if said == BLANK:
        return say("No row was refused, stale or left unknown.") if last else say("Nothing was pushed.")
    return said


def _tied(found: TieOut) -> Text:
    said = BLANK
    for owed in found.totals:
        left = found.unexplained(owed.currency)
        explained = say("all of it explained") if left == ZERO else say("{amount} of it UNEXPLAINED", amount=left)
        said += say(
            "{currency}: {sage} open in Sage and {manage} in Manage; the difference is {difference}, {explained}.",
            currency=currency(owed.currency),
            sage=owed.sage,
            manage=owed.manage,
            difference=owed.difference,
            explained=explained,
        )
    return said if found.totals else say("Nothing is open in either system.")
