"""Asks the person at the workbook by Excel's own dialogues, and lets nothing wait for the answer but the task itself.

The workbook's macros show them, so that they stand over Excel's window whichever way Python came. The words are those
of the status cell, which keeps them. Where no dialogue can be shown, whoever asks goes on as if there were none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NoReturn

from msgspec import Struct

from addin.live.companion import Way
from addin.live.live_book import LiveBook
from addin.live.open_book import TaskEnding
from sync.core.values.errors import Refused, TieoutError
from sync.core.values.messages import Text, say
from sync.core.values.proposal import Proposal
from sync.usecases.push import Confirm
from workbook.xlsx.cells import Found, found_in

ASK, ASK_DAY = "TieoutButtons.Ask", "TieoutButtons.AskDay"
YES, NO = 6, 7
"""What Excel's message box answers; where none was shown there is no answer at all, and what is no Yes is none."""
ORDINARY = 4 + 32 + 65536
"""Yes and No, a question mark, in front (vbYesNo, vbQuestion, vbMsgBoxSetForeground)."""
CAREFUL = 4 + 48 + 256 + 65536
"""The same with an exclamation mark, and No unless Yes is chosen (vbExclamation, vbDefaultButton2)."""
_log = logging.getLogger(__name__)


class NotShownError(Exception):
    """No dialogue can be shown here."""


def yes(book: LiveBook, *, careful: bool) -> bool:
    """Return whether a person says Yes to what stands in the status cell; `careful` makes No the answer of Enter.

    Raises:
        NotShownError: nobody could be asked.
    """
    answer = _answer(book, ASK, CAREFUL if careful else ORDINARY)
    if answer is None:
        raise NotShownError
    return answer == YES


def typed_day(book: LiveBook) -> Found:
    """Return what a person types as the day that the status cell asks for, as Excel reads it; None where they cancel.

    Raises:
        NotShownError: nobody could be asked.
    """
    answer = _answer(book, ASK_DAY)
    if answer is None:
        raise NotShownError
    return None if answer is False else found_in(answer)


def _answer(book: LiveBook, macro: str, *values: object) -> object:
    if book.way is Way.COMMAND:  # nobody may be looking at Excel
        raise NotShownError
    try:
        return book.run(macro, *values)
    except TieoutError:
        raise
    except Exception as error:
        _log.info("no dialogue can be shown: %s", error)
        raise NotShownError from error


class Question(Struct, frozen=True, kw_only=True):
    """How a task asks before its first write.

    Attributes:
        asks: the question, from the number of rows.
        otherwise: what has to be typed where no dialogue can be shown, from the same.
        always: it takes an answer even where nothing is out of the ordinary; Enter then says No.
        also: what is said besides of any rows.
        facts: what is said in place of the summary.
    """

    asks: Callable[[int], Text]
    otherwise: Callable[[int], Text]
    always: bool = False
    also: Sequence[Text] = ()
    facts: Sequence[Text] = ()


class Asked(Refused):
    """What is about to be written waits for an answer: nothing was written, and nothing is held meanwhile."""

    def __init__(self, what: Sequence[Text], why: Sequence[Text], rows: Sequence[Proposal], question: Question) -> None:
        self.told = tuple(dict.fromkeys((*(question.facts or what), *why, *question.also)))
        super().__init__(*self.told)
        self.why, self.rows, self.question = tuple(why), tuple(rows), question
        self.careful = bool(why) or question.always

    @property
    def facts(self) -> object:
        """What the answer is about: another fact makes another question. How long it takes is none of them."""
        return self.why, [(row.key, row.fingerprint, row.write) for row in self.rows]


class Confirmation:
    """Asks once for what is about to be written, by a dialogue, or by a number typed into the control sheet.

    Args:
        book: the workbook.
        typed: what stands in the cell that confirms.
    """

    def __init__(self, book: LiveBook, typed: Found) -> None:
        self._book, self._typed = book, typed
        self._agreed: object = None

    def of(self, question: Question) -> Confirm:
        """Return the function that a use case asks with.

        It raises `Asked` instead of waiting: systems and ledger are closed before the dialogue opens, so that others
        can work, and opened and read again after it.
        """

        def confirm(what: Sequence[Text], why: Sequence[Text], rows: Sequence[Proposal]) -> bool:
            asked = Asked(what, why, rows, question)
            if asked.facts != self._agreed and self._typed != Decimal(len(rows)):
                raise asked
            self._book.announce(asked.told)
            return True

        return confirm

    def carried_out(self, work: Callable[[], TaskEnding]) -> TaskEnding:
        """Do what asks, as often as it takes until what was confirmed is what both systems still say.

        Raises:
            Refused: the answer was No, or none can be given by a dialogue and one is needed; nothing was written.
        """
        while True:
            try:
                return work()
            except Asked as asked:
                self._answer(asked)
                self._agreed = asked.facts

    def _answer(self, asked: Asked) -> None:
        count = len(asked.rows)
        self._book.announce([asked.question.asks(count), *asked.told])
        try:
            said_yes = yes(self._book, careful=asked.careful)
        except NotShownError:
            if asked.careful:
                self._refuse(*asked.told, asked.question.otherwise(count))
            return
        if not said_yes:
            self._refuse(say("excel-answered-no"))

    def _refuse(self, *why: Text) -> NoReturn:
        self._book.forget_confirmation()
        raise Refused(*why) from None
