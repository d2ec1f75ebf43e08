"""What the workbook's buttons run. Each reads the control sheet, calls a use case, shows the result, and says it.

Whatever goes wrong ends in one sentence in the status cell. Only where even that cannot be written, because Excel is
busy, is the sentence left to xlwings' own message.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from addin import excel
from addin.live_book import LiveBook
from addin.progress import StatusBar
from sync import steps
from sync.checkup import check_all
from sync.core.checks import Verdict
from sync.core.errors import Refused, SetupError, TieoutError
from sync.core.journal import Run
from sync.core.periods import Choice, Since
from sync.core.posting import Outcome, Posting
from sync.core.proposal import Proposal
from sync.core.report import file_name
from sync.core.review import Review
from sync.core.words import Text, say
from sync.defects import defect
from sync.gather import Desk
from sync.wiring import default_place, exports_folder, open_desk
from workbook import figures, lists, live, sheet
from workbook.cells import Found
from workbook.panel import START_DATES, Input

DAY_ZERO = date(1899, 12, 30)
Task = Callable[[LiveBook], str]


def run_sync() -> None:
    """The button Run Sync."""
    press(sync_task)


def push() -> None:
    """The button Push to Manage."""
    press(push_task)


def export_audit() -> None:
    """The button Export Audit."""
    press(export_task)


def check_setup() -> None:
    """The button Check Setup."""
    press(check_task)


def press(task: Task, book: LiveBook | None = None) -> str:
    """Do what a button does, and say in the status cell how it ended.

    Args:
        task: what to do; it returns the sentence.
        book: the workbook; None takes the one whose button was pressed.

    Returns:
        The sentence.
    """
    from_outside = book is not None
    try:
        book = book or LiveBook(excel.caller())
        sentence = _done(task, book)
        book.end(sentence)
        if from_outside:  # else the button's own macro gives the status bar back
            book.progress(None)
    except TieoutError as error:  # Excel stays busy: nothing can be written into the workbook
        sys.exit(str(error))
    return sentence


def _done(task: Task, book: LiveBook) -> str:
    try:
        return task(book)
    except TieoutError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
        return defect(default_place().state, error)


def sync_task(book: LiveBook) -> str:
    """Read both systems and fill the workbook; nothing is written to Manage."""
    since, until = _window(book.inputs())
    with open_desk(default_place(), StatusBar(book)) as desk:
        review = steps.sync(desk, since, until, book.review)
        _show_all(book, desk, review.run, review.rows)
        book.listed(lists.TOTALS, live.totals_block(review))
    ready = sum(1 for row in review.rows if row.approvable and book.chosen.get(row.key, row.approve))
    notices = "".join(f" {notice}" for notice in review.run.notices)
    if not review.rows:
        return f"No payment information was entered from {review.run.window.start} to {review.run.window.end}.{notices}"
    return (
        f"{len(review.rows)} invoices were read and {ready} are ready. Nothing was written to Manage. Review the sheet "
        f"Reconciliation, then press Push to Manage.{notices}"
    )


def push_task(book: LiveBook) -> str:
    """Write the rows that say Yes, and show how each ended."""
    typed = book.inputs()[Input.CONFIRM]
    rows = book.rows()
    with open_desk(default_place(), StatusBar(book)) as desk:
        layout = sheet.layout(book.name, rows)
        run, reviewed = steps.reviewed_rows(desk, layout.run)
        decided = sheet.decisions(layout, rows, reviewed)
        book.chosen = {decision.key: decision.approve for decision in decided.decisions}
        try:
            pushed = steps.push(desk, run, reviewed, decided, lambda why, count: _confirmed(typed, why, count))
        finally:
            book.outcomes(desk.ledger.postings(run.id))
            _show_all(book, desk, run, list(reviewed.values()))
            if typed is not None:
                book.forget_confirmation()
    return _pushed(pushed.postings)


def export_task(book: LiveBook) -> str:
    """Write the reconciliation of the run on the sheet to a file."""
    from workbook.files import ExcelFiles  # noqa: PLC0415 - brings in XlsxWriter

    rows = book.rows()
    with open_desk(default_place(), StatusBar(book)) as desk:
        run, reviewed = steps.reviewed_rows(desk, sheet.layout(book.name, rows).run)
        review = Review(
            run=run,
            rows=list(reviewed.values()),
            ledger_head=desk.ledger.head(),
            open_items=desk.ledger.open_items(run.company),
        )
        folder = exports_folder()
        path = folder / file_name(run)
        ExcelFiles().write(path, review)
    return f"The reconciliation of run {run.id}, as it was reviewed, is in {path}."


def check_task(_: LiveBook) -> str:
    """Test every link."""
    checks = check_all(default_place())
    wrong = [check for check in checks if check.verdict is not Verdict.OK]
    if not wrong:
        return f"All {len(checks)} links work."
    return "\n".join(f"{check.link}: {check.finding}" for check in wrong)


def _window(inputs: dict[Input, Found]) -> tuple[Since, date | None]:
    """The Start Date and End Date as chosen.

    Raises:
        SetupError: a choice is missing or is none, or a date is no date.
    """
    chosen = inputs[Input.START]
    choice = START_DATES.get(chosen.strip()) if isinstance(chosen, str) else None
    if choice is None:
        raise SetupError(say("Choose a Start Date from the list."))
    custom = _day("Custom Date", inputs[Input.CUSTOM]) if choice is Choice.CUSTOM else None
    return Since(choice=choice, custom=custom), _day("End Date", inputs[Input.END])


def _day(label: str, found: Found) -> date | None:
    if found is None:
        return None
    if isinstance(found, Decimal) and found == found.to_integral_value() and 0 < found < 200_000:  # noqa: PLR2004 - year 2447
        return DAY_ZERO + timedelta(days=int(found))
    raise SetupError(say("{label} holds no date. Type it as your Excel shows dates, or empty the cell.", label=label))


def _confirmed(typed: Found, why: Sequence[Text], count: int) -> bool:
    """A large or lowering push is confirmed by the number of its rows, typed into the control sheet."""
    if typed == Decimal(count):
        return True
    raise Refused(
        *why,
        say(
            "Nothing was written. To push these {count} rows, type {count} into Confirm a large push and press Push to "
            "Manage again.",
            count=count,
        ),
    )


def _show_all(book: LiveBook, desk: Desk, run: Run, rows: Sequence[Proposal]) -> None:
    """Held items, history, last run and cards, as the ledger has them now."""
    history = desk.ledger.history()
    book.listed(lists.HELD, live.held_block(desk.ledger.open_items(run.company)))
    book.listed(lists.HISTORY, live.runs_block(history))
    own = desk.ledger.last_success(run.company, desk.person)
    book.figures({**figures.cards(rows, desk.ledger.postings(run.id), book.chosen), **figures.last_run(history, own)})


def _pushed(postings: Sequence[Posting]) -> str:
    if not postings:
        return "No row says Yes, so there was nothing to push. It counts as a successful run."
    counts = Counter(posting.outcome for posting in postings)
    said = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
    wrong = sum(1 for p in postings if p.outcome not in {Outcome.POSTED, Outcome.ALREADY} or not p.verified)
    if not wrong:
        return f"Pushed: {said}. Every row was read back from Manage."
    return f"Pushed: {said}. {wrong} rows need attention: see the column Outcome on the sheet Reconciliation."
