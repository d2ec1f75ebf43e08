"""The story of an invoice on the terminal, and its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from sync.cli.output import Json, Screen, fields
from sync.core.prove.story import KINDS, Step, Story
from sync.core.values.labels import PARTS
from sync.core.values.messages import Text, say
from sync.core.values.posting import Decision, Intent, Posting
from sync.core.values.proposal import AcceptedMatch, Application, Hold, Proposal
from sync.language.catalogues import ENGLISH

NOTHING, _BELOW = "-", "    "


def show_stories(screen: Screen, stories: Sequence[Story]) -> None:
    """Write each story, line by line."""
    if len(stories) > 1:
        screen.line(say("story-several", count=len(stories)))
    for story in stories:
        screen.line(say("story-title", invoice=story.invoice, customer=story.customer))
        about = say("story-about", company=story.company.sage, site=story.company.site, key=story.key)
        screen.line(about)
        for step in story.steps:
            _show(screen, step)
        screen.line()


def _show(screen: Screen, step: Step) -> None:
    of = step.recorded
    who = step.who or say("story-nobody-named").said(screen.language)
    what = KINDS[step.kind].said(screen.language)
    screen.line(f"{of.place}  {of.at.astimezone():%Y-%m-%d %H:%M:%S (UTC%z)}  {of.run.id}  {who}  {what}")
    screen.line(f"{_BELOW}{step.text.said(screen.language)}")
    for heading, rows in ((say("story-rows-in-sage"), step.fresh), (say("story-rows-gone"), step.gone)):
        if rows:
            screen.line(f"{_BELOW}{heading.said(screen.language)}")
            screen.table(_HEADERS, [_cells(screen, each) for each in rows], right=2)


_HEADERS = [
    say("kind"),
    say("number"),
    say("dated"),
    say("entered-on"),
    say("entered-by"),
    say("amount"),
    say("balance-after"),
]


def _cells(screen: Screen, each: Application) -> list[Text | str]:
    return [
        PARTS[each.part],
        each.number,
        each.dated.isoformat() if each.dated else NOTHING,
        each.entered_on.isoformat() if each.entered_on else NOTHING,
        each.entered_by or NOTHING,
        NOTHING if each.amount is None else screen.amount(each.amount),
        screen.amount(each.balance),
    ]


def stories_json(stories: Iterable[Story]) -> list[Json]:
    """`history INVOICE --json`: one object per invoice of that number, with a list of its steps, oldest first."""
    return [
        {
            **fields(story, "invoice customer key"),
            "company": story.company.sage,
            **fields(story.company, "site"),
            "steps": [_step(step) for step in story.steps],
        }
        for story in stories
    ]


def _step(step: Step) -> Json:
    of = step.recorded
    return {
        "row": of.place,
        **fields(of, "at"),
        "run": of.run.id,
        "user": step.who or None,
        "what": step.kind.value,
        "message": step.text.said(ENGLISH),
        **_told(step),
    }


_SAGE = "id number dated entered_on entered_by part amount balance reversed clears"


def _told(step: Step) -> Json:
    """What a row of the ledger says, beside its words."""
    match told := step.recorded.told:
        case Proposal():
            names = "currency status paid_before paid_proposed date_paid_before date_paid_proposed sage_balance approve"
            return {**fields(told, names), "sage": [fields(each, _SAGE) for each in told.applications]}
        case Decision():
            return fields(told, "approve note owner until")
        case Hold():
            return fields(told, "note owner until")
        case AcceptedMatch():
            return fields(told, "manage_number manage_customer")
        case Intent():
            return {**fields(told, "attempt paid_before paid_proposed"), "action": told.write.action.value}
        case Posting():
            return fields(told, "attempt outcome paid_before paid_after date_paid_after payment_id verified")
        case _:
            assert_never(told)
