"""What the workbook's buttons do. Each task reads the control sheet, calls a use case, shows the result, and says it.

Whatever goes wrong ends in one sentence in the status cell. Only where even that cannot be written, because Excel is
busy or the workbook was built by another version, is the sentence left to a message over Excel's window.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from addin.live import row_tasks, selection
from addin.live.companion import Hear, RowByRow, Way
from addin.live.dialogue import Asked, Confirmation, NotShownError, Question, yes
from addin.live.live_book import LiveBook
from addin.live.open_book import StatusBar, TaskEnding
from sync import __version__
from sync.core.decide.push_rules import UNDO_STAYS, can_be_undone
from sync.core.prove.figures import Disposition, counts, tallies
from sync.core.prove.month import parse_month
from sync.core.prove.review import Decided, Review
from sync.core.prove.signing import ROLES
from sync.core.values.errors import Refused, SetupError, TieoutError
from sync.core.values.labels import CHOICES, counted, currency, with_commas
from sync.core.values.messages import BLANK, Language, Text, say
from sync.core.values.money import ZERO
from sync.core.values.periods import Choice, Since, day_of
from sync.core.values.posting import Outcome, Posting
from sync.core.values.runs import Run, change_by_currency
from sync.core.values.signature import Role
from sync.language.catalogues import ENGLISH, known_as
from sync.settings import settings_writer
from sync.settings.profiles import Place, default_state, every_place
from sync.system import log
from sync.system.files import exports_folder
from sync.usecases.export import gathered
from sync.usecases.guards import first_push, keep_decisions, reviewed_rows, rows_of_run, run_on_record
from sync.usecases.known_heads import require_printed
from sync.usecases.ports import Ledger, Progress, Seat
from sync.usecases.push import Pushed, Stopped, push
from sync.usecases.sync import sync
from sync.usecases.trial import candidate, conclusion, lessons, proposal_sentence, trial
from sync.usecases.undo import undo
from sync.wiring import (
    make_month_packs,
    make_pack,
    open_all,
    open_ledger_of,
    open_ledger_read_only,
    open_with_site,
    sign_run,
)
from workbook.control import list_sheets
from workbook.control.control_sheet import place_chosen
from workbook.control.panel import Input, cards, last_run
from workbook.review import decisions
from workbook.review.review_file import decided_in
from workbook.xlsx.cell_stream import SheetRow
from workbook.xlsx.cells import Found, day_in

if TYPE_CHECKING:
    from xlwings import Book

_log = logging.getLogger(__name__)


def window(inputs: dict[Input, Found]) -> tuple[Since, date | None]:
    """The Start Date and End Date as chosen.

    Raises:
        SetupError: a choice is missing or is none, or a date is no date.
    """
    chosen = inputs[Input.START]
    named = {words: choice for choice, text in CHOICES.items() for words in known_as(text)}
    choice = named.get(chosen.strip()) if isinstance(chosen, str) else None
    if choice is None:
        raise SetupError(say("excel-no-start-date"))
    custom = _day(CHOICES[Choice.CUSTOM], inputs[Input.CUSTOM]) if choice == Choice.CUSTOM else None
    return Since(choice=Choice(choice), custom=custom), _day(say("end-date"), inputs[Input.END])


def _day(label: Text, cell: Found) -> date | None:
    if cell is None:
        return None
    day = day_in(cell)
    if day is None:
        raise SetupError(say("excel-cell-holds-no-date", label=label))
    return day


Task = Callable[[LiveBook, Progress], TaskEnding]


def press(name: str, opened: Book, language: Language, way: Way, hear: Hear | None = None) -> TaskEnding:
    """Do what a button does, and say in the status cell how it ended.

    Args:
        name: of the task, from `TASKS`.
        opened: the workbook.
        language: of what is said before the workbook has shown its own.
        way: how Excel and Python came together; the macro of RunPython waits, and gives the status bar back itself.
        hear: hears that the task is cancelled; given where Excel does not wait for it.

    Returns:
        What was said. Where even that cannot be written into the workbook, the process ends with the sentence, which
        xlwings shows.

    Raises:
        TieoutError: the command line asked, and the workbook cannot be used at all.
    """
    ending: TaskEnding | None = None
    by_button = way is not Way.COMMAND
    if way is Way.RUN_PYTHON:  # otherwise the command line, or the companion, has begun it
        log.begin(default_state(), verbose=False, version=__version__, command=["button", name])
    try:
        book = LiveBook(opened, way)
        ending = book.told(_ended(TASKS[name], book, RowByRow(book, hear) if hear else StatusBar(book)))
        book.end(ending.sentence)
        if way is not Way.RUN_PYTHON:
            book.give_back()
    except TieoutError as error:
        if not (ending or by_button):
            raise
        sys.exit(_last_words(ending, _logged(error).said(language)))
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
        sys.exit(_last_words(ending, log.defect(error).said(language)))
    finally:
        if way is Way.RUN_PYTHON:
            log.end()
    return ending


def _last_words(ending: TaskEnding | None, why: str) -> str:
    words = f"{ending.sentence}\n{why}" if ending else why
    _log.error("the workbook cannot show: %s", words)
    return words


def _ended(task: Task, book: LiveBook, progress: Progress) -> TaskEnding:
    try:
        return task(book, progress)
    except KeyboardInterrupt:
        return TaskEnding(sentence=book.say(say("excel-cancelled")), done=False)
    except TieoutError as error:
        return TaskEnding(sentence=_logged(error).said(book.language), done=False)
    except Exception as error:  # noqa: BLE001 - the one place where an unforeseen error meets a person
        return TaskEnding(sentence=book.say(log.defect(error)), done=False)


def _logged(error: TieoutError) -> TieoutError:
    """Log an error that the person is told of, and return it."""
    log.log_error(error, error.text.said(ENGLISH))
    return error


def sync_task(book: LiveBook, progress: Progress) -> TaskEnding:
    """Read both systems and fill the workbook; nothing is written to Manage."""
    since, until = window(book.inputs)
    place = place_chosen(book.inputs[Input.COMPANY])
    book.ready(*list_sheets.LISTS, table=True)
    with open_all(place, progress) as (systems, rules, seat):
        said = _on_record(book, seat, place)

        def show(review: Review) -> None:
            if book.way is not Way.RUN_PYTHON:  # somebody may have gone on typing while both systems were read
                _on_record(book, seat, place)
            book.review(review)

        review = sync(systems, rules, seat, since, until, show, said)
        ending = TaskEnding(sentence=book.say(_read(book, review)))
        return _shown(ending, book, seat, review.run, fresh=True)


def _on_record(book: LiveBook, seat: Seat, place: Place) -> Sequence[Text]:
    """Record what was decided on the sheet, before a sync writes over it; return what is to be said of it.

    The sheet may show a review of another company, whose ledger it is then recorded in.
    """
    rows = book.rows()
    try:
        layout = decisions.layout(book.name, rows)
    except SetupError:  # nothing was read into it yet; or it is not as it was built, and the sync writes nothing there
        return ()
    if seat.ledger.run(layout.run) is not None:
        book.on_record = True
        return _recorded(seat.ledger, seat, layout, rows)
    others = [each for each in every_place(place.today) if each.state != place.state]
    with open_ledger_of(layout.run, others) as ledger:
        if ledger is None:
            return (say("excel-sheet-of-unknown-run", run=layout.run),)
        return _recorded(ledger, seat, layout, rows)


def _recorded(ledger: Ledger, seat: Seat, layout: decisions.Layout, rows: Iterable[SheetRow]) -> Sequence[Text]:
    reviewed = rows_of_run(ledger, layout.run)
    decided = decisions.decisions(layout, rows, reviewed.rows).decisions
    return keep_decisions(ledger, seat.person, seat.clock, reviewed, decided)[1]


def push_task(book: LiveBook, progress: Progress) -> TaskEnding:
    """Write the rows that say Yes, once a person has seen what that comes to, and show how each ended."""
    place = place_chosen(book.inputs[Input.COMPANY])
    book.ready(*list_sheets.AFTER_WRITING, outcomes=True)
    confirmation, layout, decided = _confirmation(book), list[decisions.Layout](), list[Decided]()

    def work() -> TaskEnding:
        with open_all(place, progress) as (systems, rules, seat):
            if not layout:
                layout.append(decisions.layout(book.name, book.rows()))
            run_on_record(seat.ledger, layout[0].run)
            require_printed(seat.ledger, layout[0].printed)
            reviewed = reviewed_rows(seat.ledger, systems, rules.policy, layout[0].run)
            if not decided:  # once: what is typed after that was not seen when it was confirmed
                with book.copied() as copy:  # and what decides there is judged as in any file
                    decided.append(decided_in(copy, book.name, reviewed.rows))
                book.chosen = {decision.key: decision.approve for decision in decided[0].decisions}
            question = Question(
                asks=lambda count: say("excel-push-question", count=count),
                otherwise=lambda count: say("excel-push-needs-confirming", count=count),
                also=(*first_push(seat.ledger, reviewed.run.company), can_be_undone(reviewed.run.id)),
            )
            confirm = confirmation.of(question)
            ending = _written(book, lambda: push(systems, rules, seat, reviewed, decided[0], confirm), _pushed)
            return _shown(ending, book, seat, reviewed.run, fresh=False)

    return confirmation.carried_out(work)


def undo_task(book: LiveBook, progress: Progress) -> TaskEnding:
    """Take back what the run on the sheet wrote, and show how each row ended."""
    return _taken_back(book, progress, frozenset())


def undo_selected_task(book: LiveBook, progress: Progress) -> TaskEnding:
    """Take back what the run wrote of the rows that are selected and shown, and show how each ended."""
    return _taken_back(book, progress, frozenset(line.key for line in selection.chosen(book)))


def _taken_back(book: LiveBook, progress: Progress, selected: frozenset[str]) -> TaskEnding:
    place = place_chosen(book.inputs[Input.COMPANY])
    book.ready(*list_sheets.AFTER_WRITING, outcomes=True)
    run_id, confirmation = decisions.layout(book.name, book.rows()).run, _confirmation(book)
    question = Question(
        asks=lambda count: say("excel-undo-question", count=count),
        otherwise=lambda count: say("excel-undo-needs-confirming", count=count),
        always=True,
        also=(UNDO_STAYS,),
    )

    def work() -> TaskEnding:
        with open_all(place, progress) as (systems, rules, seat):
            run, confirm = run_on_record(seat.ledger, run_id), confirmation.of(question)
            keys = selected & {intent.key for intent in seat.ledger.intents(run.id)}
            if selected and not keys:
                raise SetupError(say("excel-nothing-of-selection-written"))
            ending = _written(book, lambda: undo(systems, rules, seat, run.id, confirm, keys), _undone)
            return _shown(ending, book, seat, run, fresh=False)

    return confirmation.carried_out(work)


def _confirmation(book: LiveBook) -> Confirmation:
    return Confirmation(book, book.inputs[Input.CONFIRM])


def _written(book: LiveBook, work: Callable[[], Pushed], said: Callable[[Sequence[Posting]], Text]) -> TaskEnding:
    """Write to Manage, and say how it ended; what was cut short between two rows is sound.

    Args:
        book: where it is shown.
        work: writes.
        said: how it ended, in words.
    """
    try:
        pushed = work()
        return TaskEnding(sentence=book.say(sum(pushed.notices, said(pushed.postings))), done=pushed.successful)
    except Stopped as stopped:
        words = _logged(stopped).said(book.language)
        if isinstance(stopped.cause, KeyboardInterrupt) and stopped.in_flight is None:
            words = book.say(say("excel-cancelled-between-rows", said=_outcomes(stopped.ended)))
        elif not isinstance(stopped.cause, TieoutError | KeyboardInterrupt):
            words += "\n" + book.say(log.defect(stopped.cause))
        return TaskEnding(sentence=words, done=False)
    except Asked:
        raise
    except TieoutError as error:
        return TaskEnding(sentence=_logged(error).said(book.language), done=False)


def trial_task(book: LiveBook, progress: Progress) -> TaskEnding:
    """Write the smallest ready invoice of the newest review, take it back, and keep what Manage asked for."""
    place, confirmation = place_chosen(book.inputs[Input.COMPANY]), _confirmation(book)
    book.ready(list_sheets.RUNS)

    def work() -> TaskEnding:
        with open_with_site(place, progress) as ((systems, rules, seat), site):
            noted = _on_record(book, seat, place)  # a No on the sheet is one for the trial too
            chosen = candidate(seat.ledger, systems, rules.policy)
            question = Question(
                asks=lambda _: say("excel-trial-question"),
                otherwise=lambda count: say("excel-trial-needs-confirming", count=count),
                always=True,
                facts=(proposal_sentence(chosen.row),),
            )
            try:
                tried = trial(systems, site, rules, seat, chosen, confirmation.of(question))
            except Stopped as stopped:
                raise SetupError(*stopped.sentences, say("trial-cut-short", run=chosen.reviewed.run.id)) from stopped
            wrong = [each.message for each in (*tried.written, *tried.undone) if not each.as_approved]
            said = [conclusion(tried), *wrong, *noted, *tried.notices, *lessons(tried)]
            ending = TaskEnding(sentence="\n".join(book.say(each) for each in said), done=tried.well)
            keep = partial(settings_writer.keep_behaviour, place.config, book.language, tried.learned)
            ending = _afterwards(ending, book, keep, BLANK)
            ending = _afterwards(ending, book, partial(_listed, book, seat.ledger))
            return _afterwards(ending, book, book.forget_confirmation)

    return confirmation.carried_out(work)


def export_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Write the audit pack of the month that is typed, else of the run on the sheet."""
    from addin.live.pdf import make_pdf  # noqa: PLC0415 - only an export pays for it
    from workbook.audit.pack import AuditPacks  # noqa: PLC0415 - brings in XlsxWriter

    book.ready(list_sheets.RUNS)
    place, typed = place_chosen(book.inputs[Input.COMPANY]), book.inputs[Input.MONTH]
    packs, said = AuditPacks(make_pdf, book.language_chosen), BLANK
    if typed:
        month = parse_month(str(typed).strip())
        for made, *troubles in make_month_packs(place, month, packs, exports_folder()):
            where = say("excel-month-exported", month=str(month), folder=made.folder, count=len(made.files))
            said += sum((trouble for trouble in troubles if trouble is not None), where)
    else:
        layout = decisions.layout(book.name, book.rows())
        made, *troubles = make_pack(place, layout.run, packs, exports_folder(), printed=[layout.printed])
        where = say("excel-pack-exported", run=layout.run, folder=made.folder, count=len(made.files))
        said = sum((trouble for trouble in troubles if trouble is not None), where)
    ending = TaskEnding(sentence=book.say(said))

    def listed() -> None:
        if (ledger := open_ledger_read_only(place)) is not None:
            with ledger:
                _listed(book, ledger)

    return _afterwards(ending, book, listed)


def check_task(book: LiveBook, _: Progress) -> TaskEnding:
    """Bring the sheet Settings and the settings file together, and test every link."""
    from addin.live.check_setup import check_setup as check  # noqa: PLC0415 - only this button needs it

    return check(book)


def _sign_as(role: Role) -> Task:
    """Return the task that signs the figures of the run on the sheet in a role, once a person has said so."""

    def sign(book: LiveBook, _: Progress) -> TaskEnding:
        place = place_chosen(book.inputs[Input.COMPANY])
        run = decisions.layout(book.name, book.rows()).run
        book.announce([say("excel-sign-question", role=ROLES[role], run=run), say("excel-sign-means")])
        try:
            agreed = yes(book, careful=True)
        except NotShownError:
            raise Refused(say("excel-sign-needs-answer", run=run, role=role.value)) from None
        if not agreed:
            raise Refused(say("excel-not-signed"))
        made = sign_run(place, run, role, "")
        alone = say("one-person-signed") if made.alone else BLANK
        return TaskEnding(sentence=book.say(sum((each.words for each in made.signed), BLANK) + alone))

    return sign


TASKS: Mapping[str, Task] = {
    "sync": sync_task,
    "push": push_task,
    "trial": trial_task,
    "undo": undo_task,
    "undo-selected": undo_selected_task,
    **row_tasks.TASKS,
    "export": export_task,
    "check": check_task,
    "sign-prepared": _sign_as(Role.PREPARER),
    "sign-reviewed": _sign_as(Role.REVIEWER),
}


def _shown(ending: TaskEnding, book: LiveBook, seat: Seat, run: Run, *, fresh: bool) -> TaskEnding:
    """Bring a run's sheets up to date.

    After a sync both systems have just been read (`fresh`); after a push only what it changed is shown anew.
    """

    def refresh() -> None:
        audit = gathered(seat.ledger, run.id, seat.clock.now(), seat.person, book.chosen)
        if fresh:
            rows = {row.key: row for row in audit.rows}
            ordered = [rows[key] for key in book.chosen if key in rows]
            book.listed(list_sheets.APPLICATIONS, list_sheets.applications_block(ordered))
        else:
            book.outcomes(audit.postings)
            book.counted(audit.figures)
            book.forget_confirmation()
        book.listed(list_sheets.TIE_OUT, list_sheets.tie_out_block(audit))
        history = seat.ledger.history()
        book.listed(list_sheets.PROOF, list_sheets.proof_block(audit))
        book.listed(list_sheets.RECEIPTS, list_sheets.receipts_block(audit))
        book.listed(list_sheets.HELD, list_sheets.held_block(audit))
        book.listed(list_sheets.RUNS, list_sheets.RUNS.block(history))
        own = seat.ledger.last_success(run.company, seat.person, day_of(seat.clock.now(), seat.clock.today()))
        book.figures |= {**cards(audit.figures, book.language), **last_run(history, run.company, own)}

    return _afterwards(ending, book, refresh)


def _listed(book: LiveBook, ledger: Ledger) -> None:
    """List the runs anew, as they are on record now."""
    book.listed(list_sheets.RUNS, list_sheets.RUNS.block(ledger.history()))


_NOT_REFRESHED = say("excel-sheets-not-refreshed")


def _afterwards(
    ending: TaskEnding, book: LiveBook, work: Callable[[], object], failed: Text = _NOT_REFRESHED
) -> TaskEnding:
    """Do what follows a task; where that fails, what was done before is said all the same."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is, money may have been written and that comes first
        why = _logged(error).text if isinstance(error, TieoutError) else log.defect(error)
        return TaskEnding(sentence=f"{ending.sentence}\n{book.say(failed + why)}", done=False)
    return ending


def _read(book: LiveBook, review: Review) -> Text:
    ready = counts(tallies(review.rows, {}, book.chosen))[Disposition.READY]
    if review.rows:
        said = say("excel-read-and-ready", count=len(review.rows), ready=ready)
        said += can_be_undone(review.run.id) if ready else BLANK
    else:
        days = review.run.window
        said = say("excel-no-payments-between", start=days.start, end=days.end)
    return sum(review.run.notices, said)


def _outcomes(postings: Iterable[Posting]) -> Text:
    counts = Counter(posting.outcome for posting in postings)
    return counted({outcome: counts[outcome] for outcome in Outcome if counts[outcome]})


def _pushed(postings: Sequence[Posting]) -> Text:
    if not postings:
        return say("excel-nothing-approved")
    said = _outcomes(postings)
    wrong = sum(1 for posting in postings if not posting.as_approved)
    added = [
        say("amount-in-currency", amount=amount, currency=currency(unit))
        for unit, amount in change_by_currency(postings).items()
    ]
    amounts = with_commas(added) if added else ZERO
    if not wrong:
        return say("excel-pushed-all-well", said=said, amounts=amounts)
    return say("excel-pushed-some-wrong", said=said, amounts=amounts, wrong=wrong)


def _undone(postings: Sequence[Posting]) -> Text:
    back = sum(1 for posting in postings if posting.outcome is Outcome.POSTED)
    wrong = sum(1 for posting in postings if not posting.as_approved)
    if not wrong:
        return say("excel-undone-all", count=back)
    return say("excel-undone-some-wrong", count=back, wrong=wrong)
