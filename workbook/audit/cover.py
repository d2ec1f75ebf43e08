"""The cover: what the pack is, what it concludes, where to sign, and what is in it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sync.core.prove.bridge import TOTALS, in_short
from sync.core.prove.figures import Disposition, counts_sentence, taken_back
from sync.core.prove.roll_forward import MEASURES, RollForward
from sync.core.prove.tie_out import TieOut
from sync.core.prove.workpapers import Audit
from sync.core.values.labels import STATUSES, counted, currency, window_words, with_commas
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.posting import Outcome
from sync.core.values.proposal import Status
from workbook.audit import control_paper, roll_forward_paper, sign_off, summary, tie_out_paper
from workbook.look.column import Column, long, sign, text
from workbook.papers.paper import Paper, PaperBlock, Said, Term
from workbook.review.head_block import HASH_SHOWN, Fact, named, title
from workbook.xlsx.cells import Cell, visible

COVER = say("cover-and-sign-off-paper")
PAGE = 126
"""Characters of a line beside its label."""
_BOUND = "\u00a0-"
"""An amount below zero, bound to the word before it."""
SIGN: tuple[Column[None], ...] = (
    text("role", say("role"), 24),
    sign("name", say("name"), 40),
    sign("signature", say("signature"), 40),
    sign("date", say("date"), 18),
    sign("initials", say("initials"), 12),
)


def cover(audit: Audit, papers: Sequence[Paper], language: Language) -> Paper:
    """Return what the pack is, what it concludes, what is in it, and where to sign: on lines as wide as the page."""
    signed = (sign_off.statements(audit), sign_off.roles(audit))
    made = cover_of(title(audit.run), identification(audit), conclusion(audit), *signed, papers, language)
    return replace(made, said=tuple(figures(audit)))


def cover_of(
    named: Text,
    identified: Sequence[Fact],
    found: Sequence[Fact],
    stated: Sequence[Fact],
    roles: list[list[Cell]],
    papers: Sequence[Paper],
    language: Language,
) -> Paper:
    """Return the cover of a pack.

    Args:
        named: what it is.
        identified: what identifies it.
        found: what it concludes.
        stated: what is signed.
        roles: who signs, each with what is known of it.
        papers: that it holds beside the cover.
        language: of its lines, which are as wide as the page.
    """
    wide: tuple[Column[None], ...] = (text("what", say("what"), 24), long("words", BLANK, 40))
    said = _wrapped(stated, language)
    statements = [PaperBlock(heading=say("statements"), columns=wide, rows=said)] if said else []
    return Paper(
        name=COVER,
        number="00",
        title=named,
        purpose=say("pack-subject"),
        pages=2,
        blocks=(
            PaperBlock(heading=say("identification"), columns=wide, rows=_wrapped(identified, language)),
            PaperBlock(heading=say("findings"), columns=wide, rows=_wrapped(found, language)),
            PaperBlock(
                heading=say("index"),
                columns=(
                    text("reference", say("reference"), 24),
                    text("sheet", say("sheet"), 40),
                    long("what-it-shows", say("what-it-shows"), 40),
                ),
                rows=[[paper.index, paper.name, paper.title] for paper in papers],
            ),
            *statements,
            PaperBlock(heading=say("sign-off"), columns=SIGN, rows=roles, note=say("pack-sign-by-hand")),
        ),
    )


def _wrapped(lines: Sequence[Fact], language: Language) -> list[list[Cell]]:
    """Return long sentences on several lines; none begins with a minus, as a formula would."""
    wrapped: list[list[Cell]] = []
    for line in lines:
        words = line.value.said(language) if isinstance(line.value, Text) else line.value
        pieces = textwrap.wrap(visible(words).replace(" -", _BOUND), PAGE)
        wrapped += [
            [line.label if number == 0 else None, piece.replace(_BOUND, " -")] for number, piece in enumerate(pieces)
        ]
    return wrapped


def identification(audit: Audit) -> list[Fact]:
    """Return what identifies the pack."""
    run, company = audit.run, audit.run.company
    began = run.started.astimezone()
    pushed = say("pack-push-unrecorded") if audit.intents else say("nobody-yet")
    if audit.pushed_by:
        pushed = with_commas(map(named, audit.pushed_by))
    read = say("pack-sage-source", company=company.sage, day=run.day)
    manage = say("pack-manage-source", company=company.manage, site=company.site, count=run.requests)
    version = say("pack-made-with", version=run.version, hash=run.policy[:HASH_SHOWN])
    exported = say("pack-moment-and-person", moment=f"{audit.at:%Y-%m-%d %H:%M:%S}", person=named(audit.person))
    return [
        Fact(label=say("entity"), value=company.sage),
        Fact(label=say("window"), value=window_words(run.window)),
        Fact(label=say("source-sage-50"), value=read + run.strategy),
        Fact(label=say("source-manage"), value=manage),
        Fact(
            label=say("read-at"),
            value=f"{began:%Y-%m-%d %H:%M:%S} (UTC{began:%z}), {run.started:%Y-%m-%d %H:%M:%S} UTC",
        ),
        Fact(label=say("run"), value=run.id),
        Fact(label=say("sync-run-by"), value=named(run.person)),
        Fact(label=say("pushed-by"), value=pushed),
        *([Fact(label=say("undone-by"), value=with_commas(map(named, audit.undone_by)))] if audit.undone_by else []),
        Fact(label=say("exported-at"), value=exported),
        Fact(label=say("made-with"), value=version),
        Fact(label=say("ledger-head"), value=say("pack-ledger-head", rows=audit.head.rows, hash=audit.head.hash)),
    ]


def conclusion(audit: Audit) -> list[Fact]:
    """Return what was found, in sentences; what does not tie is said first."""
    proof = audit.proof
    complete = say("pack-sage-complete")
    if proof.differences:
        complete = sum(proof.differences, BLANK)
    if proof.unreadable:
        complete += say("pack-unreadable-amounts", count=proof.unreadable)
    complete += sum(proof.rounding, BLANK)
    lines = [Fact(label=say("completeness"), value=complete)]
    read = say("pack-balances-never-read")
    if audit.balances is not None:
        read = tied(audit.balances) + tie_out_paper.when(audit)
    lines.append(Fact(label=say("receivables"), value=read))
    if audit.rolled.within is not None:
        lines.append(Fact(label=say("roll-forward"), value=roll_forward_paper.in_words(audit.rolled.within)))
    control = control_paper.in_words(audit)
    if control is not None:
        lines.append(Fact(label=control_paper.HEADING, value=control))
    return [
        *lines,
        *(Fact(label=say("bridge"), value=sentence) for sentence in in_short(audit.bridge)),
        Fact(label=say("rows"), value=counts_sentence(audit.figures)),
        Fact(label=say("carried-forward"), value=_carried(audit)),
        Fact(label=say("push"), value=_pushed(audit)),
        *(Fact(label=say("notice"), value=notice) for notice in audit.run.notices),
    ]


def figures(audit: Audit) -> Iterator[Said]:
    """Yield the amounts in the sentences of the conclusion, each as another paper has it."""
    yield from balance_figures(audit.balances, audit.rolled.within)
    yield from control_paper.figures([audit])
    for each in audit.bridge:
        if each.step in TOTALS:
            term = Term(paper=summary.SUMMARY, block=summary.BRIDGE, column="amount", where=summary.step(each))
            yield Said(label=each.words, unit=currency(each.currency), amount=each.amount, terms=(term,))


def balance_figures(tied: TieOut | None, rolled: RollForward | None) -> Iterator[Said]:
    """Yield what is owed in both systems, and how its difference was rolled forward, as papers 50 and 54 have it."""
    for owed in tied.totals if tied else ():
        unit = currency(owed.currency)
        amounts = (
            ("open-balance-in-sage", owed.sage),
            ("open-balance-in-manage", owed.manage),
            ("difference-sage-less-manage", owed.difference),
        )
        for what, amount in amounts:
            line = tie_out_paper.line_of(say(what), unit, paper=tie_out_paper.TIE_OUT, block=0)
            yield Said(label=say(what), unit=unit, amount=amount, terms=(line,))
    for code in rolled.units if rolled else ():
        for measure, header in zip(MEASURES, roll_forward_paper.HEADERS, strict=True):
            whole = roll_forward_paper.total_of(measure, code, paper=roll_forward_paper.ROLL_FORWARD, block=0)
            amount = getattr(rolled.total(code), measure) if rolled else ZERO
            yield Said(label=header, unit=currency(code), amount=amount, terms=(whole,))


def _carried(audit: Audit) -> Text:
    """Return how many rows are held, of which kinds, how many failed ones come back beside them, and what closed."""
    rows = {row.key: row for row in audit.rows}
    open_ = [rows[item.row.key] for item in audit.held if item.closed is None]
    failed = sum(1 for row in open_ if audit.became(row) is Disposition.FAILED)
    waiting = [row for row in open_ if audit.became(row) is Disposition.WAITING]
    undone = {row.key for row in waiting}.intersection(taken_back(audit.postings))
    still = Counter(row.status for row in waiting if row.key not in undone)
    closed = len(audit.held) - len(open_)
    said = say("pack-failed-carried", count=failed) if failed else BLANK
    if not waiting:
        return say("pack-held-count", count=0, closed=closed) + said
    kinds = [(number, _KINDS.get(status, STATUSES[status])) for status, number in sorted(still.items())]
    kinds += [(len(undone), say("undone"))] if undone else []
    words = with_commas(say("pack-count-and-word", count=number, word=word) for number, word in kinds)
    return say("pack-held-by-kind", count=len(waiting), kinds=words, closed=closed) + said


_KINDS = {Status.READY: say("held-by-a-person")}


def _pushed(audit: Audit) -> Text:
    """Return what did not end as it should and what was taken back, or that there is nothing of either."""
    last = [posting for posting in audit.postings.values() if not posting.undo]
    failed = Counter[Outcome](p.outcome for p in last if p.outcome not in {Outcome.POSTED, Outcome.ALREADY})
    undone = sum(1 for p in audit.postings.values() if p.undo and p.outcome is Outcome.POSTED)
    said = BLANK
    if failed:
        said += say("pack-not-done-counts", counts=counted({each: failed[each] for each in Outcome if failed[each]}))
    if undone:
        said += say("pack-undone-count", count=undone)
    if said == BLANK:
        return say("pack-no-row-failed") if last else say("pack-nothing-pushed")
    return said


def tied(tie_out: TieOut) -> Text:
    """Return both totals and whether all that they differ by is explained, a sentence for each currency."""
    said = BLANK
    for owed in tie_out.totals:
        left = tie_out.unexplained(owed.currency)
        explained = say("pack-all-explained") if left == ZERO else say("pack-part-unexplained", amount=left)
        said += say(
            "pack-balances-compared",
            currency=currency(owed.currency),
            sage=owed.sage,
            manage=owed.manage,
            difference=owed.difference,
            explained=explained,
        )
    return said if tie_out.totals else say("pack-nothing-open-either-system")
