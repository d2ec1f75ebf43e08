"""`tieout trial`: one invoice is written to Manage and taken back, and what Manage asked for is kept as settings."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from sync.cli.options import command_language, common, place
from sync.cli.output import Screen, TerminalProgress, show_head, trial_json, writable, write_json
from sync.cli.run_commands import SOME_NOT_DONE, carried_out
from sync.core.values.labels import OUTCOMES
from sync.core.values.messages import Text, say
from sync.settings import settings_writer
from sync.usecases.push import Confirm
from sync.usecases.trial import Tried, candidate, conclusion, lessons, proposal_sentence
from sync.usecases.trial import trial as try_out
from sync.wiring import open_with_site


@click.command()
@click.option("--invoice", metavar="NUMBER")
@click.option("--yes", is_flag=True)
@click.option("--json", "json_target", metavar="FILE")
@common
def trial(invoice: str | None, yes: bool, json_target: str | None) -> int:  # noqa: FBT001 - click passes options by name
    """Carry out `tieout trial`; the exit status says whether all steps went well."""
    screen = Screen(command_language(), json_target)
    writable(json_target, None)
    here = place()
    with open_with_site(here, TerminalProgress(command_language())) as ((systems, rules, seat), site):
        chosen = candidate(seat.ledger, systems, rules.policy, invoice)
        run = chosen.reviewed.run
        screen.line(proposal_sentence(chosen.row))
        confirm = _confirmation(screen, chosen.row.invoice, yes=yes)
        tried = carried_out(
            screen,
            run,
            json_target,
            lambda: try_out(systems, site, rules, seat, chosen, confirm),
            lambda _: say("trial-cut-short", run=run.id),
            say("trial-cut-short-next", run=run.id),
        )
        head = seat.ledger.head()
    if tried is None:
        return SOME_NOT_DONE
    _show(screen, tried)
    show_head(screen, head)
    unwritten = write_json(json_target, trial_json(tried))
    for lesson in lessons(tried):
        screen.line(lesson)
    settings_writer.keep_behaviour(here.config, screen.language, tried.learned)
    if tried.learned:
        screen.line(say("trial-settings-kept", path=str(here.config)))
    return unwritten if tried.well else SOME_NOT_DONE


def _confirmation(screen: Screen, invoice: str, *, yes: bool) -> Confirm:
    """Return the function that asks for the invoice's number to be typed; with nobody there the answer is no."""

    def ask_for_number(_: Sequence[Text], why: Sequence[Text], __: object) -> bool:
        for text in why:
            screen.line(text)
        if yes:
            return True
        if not sys.stdin.isatty():
            screen.line(say("cli-needs-confirming"))
            return False
        return screen.ask(say("trial-type-number", invoice=invoice), aside=True).strip() == invoice

    return ask_for_number


def _show(screen: Screen, tried: Tried) -> None:
    for posting in (*tried.written, *tried.undone):
        step = say("trial-took-back") if posting.undo else say("trial-wrote")
        screen.line(say("trial-step", step=step, outcome=OUTCOMES[posting.outcome]) + posting.message)
    for each in tried.notices:
        screen.line(each)
    screen.line(conclusion(tried))
