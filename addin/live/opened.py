"""What stands in the status cell when the control workbook is opened: what happened since somebody last worked in it.

That is what the last watch found or what stopped it, where its review lies, and how old the last sync is. Neither Sage
nor Manage is asked, nothing is recorded, and whatever is in the way is left to the log: nobody has pressed a button.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from addin.live.companion import Way
from addin.live.excel import patiently, take_leave
from addin.live.live_book import LiveBook
from sync.core.values.errors import TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.runs import Phase, RunSummary, file_name
from sync.language.catalogues import ENGLISH
from sync.ledger.watch_notice import kept_for_workbook
from sync.settings.profiles import Place
from sync.system import log
from sync.system.files import watch_folder
from sync.system.this_computer import SystemClock
from sync.wiring import open_ledger_read_only
from workbook.control.control_sheet import place_chosen
from workbook.control.panel import FIGURE_CELLS, FIGURES, Figure, Input

if TYPE_CHECKING:
    from xlwings import Book


def show(opened: Book) -> None:
    """Say it in the status cell; where there is nothing to say, what stood there stays."""
    try:
        book = LiveBook(opened, Way.COMPANION)
        said = news(place_chosen(book.inputs[Input.COMPANY]), SystemClock().now())
        if said:
            _put(opened, book, "\n".join(book.say(each) for each in said))
    except TieoutError as error:
        log.log_error(error, error.text.said(ENGLISH))
    finally:
        take_leave(opened)


def _put(opened: Book, book: LiveBook, words: str) -> None:
    """Show words, for which alone Excel asks nobody to save the workbook."""
    saved = patiently(lambda: opened.api.Saved)
    book.write(FIGURES, FIGURE_CELLS[Figure.STATUS], [[words]])
    book.calculate()
    patiently(lambda: setattr(opened.api, "Saved", saved))


def news(place: Place, now: datetime) -> list[Text]:
    """Return what is to be said of a company whose workbook is opened; nothing where nothing has come.

    Args:
        place: where its ledger is.
        now: the moment, UTC.

    Raises:
        SetupError, Refused: the ledger cannot be read.
    """
    newest = _newest(place)
    ended = newest.end if newest is not None else None
    notice, said = kept_for_workbook(place.state), []
    if notice is not None and (ended is None or notice.at >= ended.at):  # else somebody has worked since
        said.append(say("excel-watch-found", moment=_local(notice.at), found=notice.text))
    if newest is None:
        return said
    if ended is not None and ended.phase is Phase.SYNC and not ended.successful:
        file = watch_folder(place.profile) / file_name(newest.run)
        if file.exists():
            said.append(say("excel-watch-left-review", file=str(file)))
    days = (now.astimezone().date() - newest.run.started.astimezone().date()).days
    if days > 0:
        said.append(say("excel-last-sync-days-ago", days=days, moment=_local(newest.run.started)))
    return said


def _newest(place: Place) -> RunSummary | None:
    ledger = open_ledger_read_only(place)
    if ledger is None:
        return None
    with ledger:
        return next(
            (each for each in ledger.history() if each.end is None or each.end.phase is not Phase.REBUILD), None
        )


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
