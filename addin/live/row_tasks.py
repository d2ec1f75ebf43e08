"""What the ribbon does with rows of the reconciliation: approve or hold many, hold until a day, go to what waits next.

Nothing is written to Manage or to the ledger by it: it types into the sheet what a person would have typed there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from addin.live.dialogue import NotShownError, typed_day
from addin.live.excel import patiently
from addin.live.live_book import LiveBook
from addin.live.open_book import TaskEnding
from addin.live.selection import Line, chosen, fill, go_to, lines, selected, shown
from sync.core.prove.figures import CARRIED, disposition, takes_answer
from sync.core.values.errors import SetupError
from sync.core.values.labels import STATUSES
from sync.core.values.messages import say
from sync.core.values.periods import day_of
from sync.core.values.posting import Posting
from sync.core.values.proposal import Proposal
from sync.system.this_computer import SystemClock
from sync.usecases.guards import no_ledger, rows_of_run
from sync.usecases.ports import Progress
from sync.wiring import open_ledger_read_only
from workbook.control.control_sheet import place_chosen
from workbook.control.panel import Input
from workbook.review import decisions
from workbook.review.columns import ANSWERS, SHEET, ColumnId, answer
from workbook.xlsx.cells import Found, day_in, day_typed


def approve_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Put Yes into every row that is shown and can be approved."""
    return _answered(book, says_yes=True)


def hold_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Put No into every row that is shown and could be approved."""
    return _answered(book, says_yes=False)


def _answered(book: LiveBook, *, says_yes: bool) -> TaskEnding:
    """Put an answer into the rows that are shown; where several rows are selected, hidden or not, into those alone."""
    rows, postings = _on_record(book)
    meant, numbers = shown(book), selected(book)
    within = {
        each for each in (*book.rows_hidden, *(line.number for line in meant)) if any(each in rows for rows in numbers)
    }
    if len(within) > 1:
        meant = [line for line in meant if line.number in within]
    able = [line for line in meant if takes_answer(rows.get(line.key), postings.get(line.key))]
    if not able:
        raise SetupError(say("excel-no-row-to-approve", sheet=SHEET))
    fill(book, {ColumnId.APPROVE: ANSWERS[says_yes].said(book.built_in)}, able)
    said = say("excel-rows-answered", answer=ANSWERS[says_yes], count=len(able))
    if left := len(meant) - len(able):
        said += say("excel-rows-left", count=left)
    return TaskEnding(sentence=book.say(said))


def hold_until_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Put No and a day into the rows that are selected: asked for by Excel, else the day in the first of them."""
    meant = chosen(book)
    clock = SystemClock(place_chosen(book.inputs[Input.COMPANY]).today)
    day = _day(book, meant, day_of(clock.now(), clock.today()))
    fill(book, {ColumnId.APPROVE: ANSWERS[False].said(book.built_in), ColumnId.HOLD_UNTIL: day}, meant)
    return TaskEnding(sentence=book.say(say("excel-rows-held-until", count=len(meant), until=day)))


def _day(book: LiveBook, meant: Sequence[Line], today: date) -> date:
    """Return the day that a person gives.

    Raises:
        SetupError: there is none, it is no day, or it has come already: a hold ends on its day.
    """
    book.announce([say("excel-hold-until-question", count=len(meant))])
    try:
        found: Found = typed_day(book)
        day = day_in(found)
    except NotShownError:
        found = next((line.cells.get(ColumnId.HOLD_UNTIL) for line in meant), None)
        day = day_typed(found)
    if day is None:
        raise SetupError(say("excel-hold-until-no-day"))
    if day <= today:
        raise SetupError(say("excel-hold-until-past", until=day, day=today))
    return day


def next_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Select the next row that waits for a person, or that differs after a push; after the last comes the first."""
    return _gone(book, step=1)


def previous_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Select the one before; before the first comes the last."""
    return _gone(book, step=-1)


def _gone(book: LiveBook, *, step: int) -> TaskEnding:
    rows, postings = _on_record(book)
    waiting = [line for line in lines(book) if _waits(line, rows.get(line.key), postings.get(line.key))]
    at = min((each.start for each in selected(book)), default=0)
    after = [line for line in waiting if (line.number > at if step > 0 else line.number < at)]
    ordered = waiting[::step]
    turned = after[::step] + [line for line in ordered if line not in after]
    line = next(iter(turned), None)
    if line is not None and _hidden(book, line):  # one look at all rows, and not one at each
        seen = {each.number for each in shown(book)}
        line = next((each for each in turned if each.number in seen), None)
    if line is None:
        return TaskEnding(sentence=book.say(say("excel-no-exception")))
    go_to(book, line.number)
    row = rows[line.key]
    said = say(
        "excel-exception",
        number=waiting.index(line) + 1,
        count=len(waiting),
        invoice=row.invoice,
        customer=row.customer,
        status=STATUSES[row.status],
    )
    return TaskEnding(sentence=book.say(said))


def _waits(line: Line, row: Proposal | None, posting: Posting | None) -> bool:
    says = line.cells[ColumnId.APPROVE]
    return row is not None and (
        disposition(row, posting, chosen=isinstance(says, str) and answer(says) is True) in CARRIED
    )


def _hidden(book: LiveBook, line: Line) -> bool:
    cells = book.sheet(SHEET).range(f"A{line.number}")
    return patiently(lambda: cells.rows.hidden) is True


def _on_record(book: LiveBook) -> tuple[Mapping[str, Proposal], Mapping[str, Posting]]:
    """Return the rows of the run on the sheet as they were shown, and how they were pushed, by key."""
    place, run = place_chosen(book.inputs[Input.COMPANY]), decisions.layout(book.name, book.rows()).run
    ledger = open_ledger_read_only(place)
    if ledger is None:
        raise no_ledger(place.state)
    with ledger:
        return rows_of_run(ledger, run).rows, ledger.postings(run)


TASKS: Mapping[str, Callable[[LiveBook, Progress], TaskEnding]] = {
    "approve": approve_task,
    "hold": hold_task,
    "hold-until": hold_until_task,
    "next": next_task,
    "previous": previous_task,
}
