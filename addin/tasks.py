"""What the workbook's buttons do. Each task reads the control sheet, calls a use case, shows the result, and says it.

Whatever goes wrong ends in one sentence in the status cell. Only where even that cannot be written, because Excel is
busy, is the sentence left to xlwings' own message.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from addin.choices import confirmed, hidden_rows, window
from addin.live_book import LiveBook
from addin.progress import StatusBar
from addin.told import Told
from sync import steps
from sync.core.caps import can_be_undone
from sync.core.errors import Refused, TieoutError
from sync.core.journal import Run
from sync.core.labels import counted
from sync.core.posting import Outcome, Posting
from sync.core.review import Review
from sync.core.words import Text, say, speaking
from sync.defects import defect
from sync.export import gathered, write_pack
from sync.folders import exports_folder
from sync.gather import Desk
from sync.places import default_state, naming
from sync.wiring import open_desk
from workbook import figures, lists, live_lists, sheet
from workbook.companies import place_chosen
from workbook.panel import Input

if TYPE_CHECKING:
    from xlwings import Book

Task = Callable[[LiveBook], Told]


def press(name: str, opened: Book, *, by_button: bool) -> Told:
    """Do what a button does, and say in the status cell how it ended.

    Args:
        name: of the task, from `TASKS`.
        opened: the workbook.
        by_button: its own button was pressed, whose macro gives the status bar back.

    Returns:
        What was said. Where even that cannot be written into the workbook, the process ends with the sentence, which
        xlwings shows.
    """
    told: Told | None = None
    book = LiveBook(opened)
    try:
        with speaking(book.speech):  # as chosen on the control sheet, whatever the command line speaks
            told = _told(TASKS[name], book)
            book.end(told.sentence)
        if not by_button:
            book.progress(None)
    except TieoutError as error:
        sys.exit(_last_words(told, str(error)))
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
        sys.exit(_last_words(told, str(defect(default_state(), error))))
    return told


def _last_words(told: Told | None, why: str) -> str:
    return f"{told.sentence}\n{why}" if told else why


def _told(task: Task, book: LiveBook) -> Told:
    try:
        return task(book)
    except TieoutError as error:
        return Told(sentence=str(error), done=False)
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
        return Told(sentence=str(defect(default_state(), error)), done=False)


def sync_task(book: LiveBook) -> Told:
    """Read both systems and fill the workbook; nothing is written to Manage."""
    since, until = window(book.inputs)
    place = place_chosen(book.inputs[Input.COMPANY])
    book.ready(*lists.LISTS)
    with open_desk(place, StatusBar(book)) as desk:
        review = steps.sync(desk, since, until, book.review)
        told = Told(sentence=str(_read(book, review, review.run.id + naming(place))))
        return _shown(told, book, desk, review.run, fresh=True)


def push_task(book: LiveBook) -> Told:
    """Write the rows that say Yes, and show how each ended."""
    typed, place = book.inputs[Input.CONFIRM], place_chosen(book.inputs[Input.COMPANY])
    book.ready(lists.HELD, lists.PROOF, lists.HISTORY)
    rows = book.rows()
    with open_desk(place, StatusBar(book)) as desk:
        layout = sheet.layout(book.name, rows)
        run, reviewed = steps.reviewed_rows(desk, layout.run)
        decided = sheet.decisions(layout, rows, reviewed)
        book.chosen = {decision.key: decision.approve for decision in decided.decisions}
        approved = sum(book.chosen.values())
        hidden = book.hidden(approved)
        if hidden and typed != Decimal(approved):
            raise Refused(hidden_rows(hidden, approved))
        undo = run.id + naming(place)
        try:
            pushed = steps.push(desk, run, reviewed, decided, lambda why, count: confirmed(typed, why, count, undo))
            told = Told(sentence=str(_pushed(pushed.postings)), done=pushed.successful)
        except TieoutError as error:
            told = Told(sentence=str(error), done=False)
        return _shown(told, book, desk, run, fresh=False)


def export_task(book: LiveBook) -> Told:
    """Write the audit pack of the run on the sheet."""
    from addin.paper import make_pdf  # noqa: PLC0415 - only an export pays for it
    from workbook.audit.pack import AuditPacks  # noqa: PLC0415 - brings in XlsxWriter

    book.ready(lists.HISTORY)
    place = place_chosen(book.inputs[Input.COMPANY])
    rows = book.rows()
    with open_desk(place, StatusBar(book)) as desk:
        run = sheet.layout(book.name, rows).run
        made, missing = write_pack(desk, run, AuditPacks(make_pdf), exports_folder())
        book.listed(lists.HISTORY, live_lists.runs_block(desk.ledger.history()))
    where = say(
        "The audit pack of run {run} is in {folder} ({count} files).",
        run=run,
        folder=made.folder,
        count=len(made.files),
    )
    return Told(sentence=str(where + missing if missing else where))


def check_task(book: LiveBook) -> Told:
    """Bring the sheet Settings and the settings file together, and test every link."""
    from addin.check import check_task as check  # noqa: PLC0415 - only this button needs it

    return check(book)


TASKS: Mapping[str, Task] = {"sync": sync_task, "push": push_task, "export": export_task, "check": check_task}


def _shown(told: Told, book: LiveBook, desk: Desk, run: Run, *, fresh: bool) -> Told:
    """Bring the sheets up to date; where that fails, what was done before is said all the same.

    Args:
        told: what was done.
        book: the workbook.
        desk: the ledger.
        run: whose sheets they are.
        fresh: a sync has just read both systems; after a push only what it changed is shown anew.
    """
    try:
        audit = gathered(desk, run.id)
        if fresh:
            book.listed(lists.TIE_OUT, live_lists.tie_out_block(audit.evidence.tie_out))
            book.listed(lists.APPLICATIONS, live_lists.applications_block(audit.rows))
        else:
            book.outcomes(audit.postings)
            book.forget_confirmation()
        history = desk.ledger.history()
        book.listed(lists.PROOF, live_lists.proof_block(audit))
        book.listed(lists.HELD, live_lists.held_block(audit))
        book.listed(lists.HISTORY, live_lists.runs_block(history))
        own = desk.ledger.last_success(run.company, desk.person)
        book.figures({**figures.cards(audit.rows, audit.postings, book.chosen), **figures.last_run(history, own)})
    except Exception as error:  # noqa: BLE001 - whatever it is, money may have been written and that comes first
        why = error.text if isinstance(error, TieoutError) else defect(default_state(), error)
        late = say("The sheets could not be brought up to date.") + why
        return Told(sentence=f"{told.sentence}\n{late}", done=False)
    return told


def _read(book: LiveBook, review: Review, undo: str) -> Text:
    ready = sum(1 for row in review.rows if row.approvable and book.chosen.get(row.key, row.approve))
    if review.rows:
        said = say(
            "{count} invoices were read and {ready} are ready. Nothing was written to Manage. Review the sheet "
            "Reconciliation, then press Push to Manage.",
            count=len(review.rows),
            ready=ready,
        ) + can_be_undone(undo)
    else:
        days = review.run.window
        said = say("No payment information was entered from {start} to {end}.", start=days.start, end=days.end)
    return sum(review.run.notices, said)


def _pushed(postings: Sequence[Posting]) -> Text:
    if not postings:
        return say("No row says Yes, so there was nothing to push. It counts as a successful run.")
    counts = Counter(posting.outcome for posting in postings)
    said = counted({outcome: counts[outcome] for outcome in Outcome if counts[outcome]})
    wrong = sum(1 for p in postings if p.outcome not in {Outcome.POSTED, Outcome.ALREADY} or not p.verified)
    if not wrong:
        return say("Pushed: {said}. Every row was read back from Manage.", said=said)
    return say(
        "Pushed: {said}. {wrong} rows need attention: see the column Outcome on the sheet Reconciliation.",
        said=said,
        wrong=wrong,
    )
