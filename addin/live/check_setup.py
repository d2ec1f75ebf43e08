"""The button Check Setup: fills and reads the sheet Settings, tests every link, and shows what was found there."""

from __future__ import annotations

from msgspec import Struct

from addin.live.live_book import LiveBook
from addin.live.open_book import TaskEnding
from sync.check_links import advice, check_all
from sync.core.values.errors import Check, SetupError, Verdict
from sync.core.values.messages import BLANK, Text, say
from sync.settings import connections, settings_writer
from sync.settings.interview import SECRETS, WRONG, Answers, Field
from sync.settings.profiles import PRACTICE, Place
from sync.settings.settings_form import ASKED, Amended, amend, whereabouts
from sync.settings.settings_writer import SettingsFile
from workbook.control import control_sheet, settings_sheet
from workbook.control.control_sheet import place_chosen
from workbook.control.panel import FIGURES, Figure, Input
from workbook.control.settings_sheet import ROWS, VERDICTS
from workbook.xlsx.cells import Cell


class Filled(Struct, frozen=True, kw_only=True):
    """The settings as they stand after the form was read.

    Attributes:
        settings: the file; None where it cannot be read.
        sentence: what was done to it, or why nothing was.
        whereabouts: of the secrets.
        amiss: something typed could not be right.
    """

    settings: SettingsFile | None
    sentence: Text = BLANK
    whereabouts: dict[Field, Text]
    amiss: bool = False


def check_setup(book: LiveBook) -> TaskEnding:
    """Bring sheet and settings file together, then test every link."""
    place = place_chosen(book.inputs[Input.COMPANY])
    filled = _form(book, place)
    checks = check_all(place, lambda text: book.progress(book.say(text)))
    _show(book, filled, checks)
    wrong = any(check.verdict in WRONG for check in checks)
    said = [check for check in checks if check.verdict is not Verdict.OK]
    lines = [say("excel-link-and-finding", link=check.link, finding=check.finding) for check in said]
    if not wrong:
        lines.insert(0, say("excel-all-links-work", count=len(checks)))
    if filled.sentence != BLANK:
        lines.insert(0, filled.sentence)
    return TaskEnding(sentence="\n".join(map(book.say, lines)), done=not wrong and not filled.amiss)


def _form(book: LiveBook, place: Place) -> Filled:
    """Fill what is empty from the settings file, and write to it what was changed. The sample company has no form."""
    nothing = dict.fromkeys(SECRETS, BLANK)
    if place.profile == PRACTICE:
        needless = say("not-needed-for-sample-company")
        return Filled(settings=None, whereabouts=dict.fromkeys(SECRETS, needless))
    try:
        settings = settings_writer.read(place.config, book.language)
    except SetupError:  # the test says why
        return Filled(settings=None, whereabouts=nothing)
    if settings.is_sample:
        return Filled(settings=settings, whereabouts=whereabouts(settings))
    amended = amend(settings, _typed(book, place))
    settings = settings_writer.read(place.config, book.language)
    _fill(book, amended, settings)
    return Filled(
        settings=settings,
        sentence=_said(amended, place),
        whereabouts=whereabouts(settings),
        amiss=bool(amended.problems),
    )


def _typed(book: LiveBook, place: Place) -> Answers:
    """What somebody typed since the inputs were filled; nothing, where they still show another company's settings."""
    if book.figures[Figure.SETTINGS] not in {None, str(place.config)}:
        return {}
    now, then = (
        {field: str(value).strip() for field, (value,) in zip(Field, block, strict=True) if value}
        for block in (
            book.read(settings_sheet.NAME, settings_sheet.INPUT_BLOCK),
            book.read(FIGURES, settings_sheet.FILLED_BLOCK),
        )
    )
    return {field: words for field, words in now.items() if words and field in ASKED and words != then.get(field)}


def _fill(book: LiveBook, amended: Amended, settings: SettingsFile) -> None:
    for fields in settings_sheet.WRITTEN:
        block: list[list[Cell]] = [[amended.answers.get(field)] for field in fields]
        book.write(settings_sheet.NAME, f"C{ROWS[fields[0]]}:C{ROWS[fields[-1]]}", block)
    book.write(FIGURES, settings_sheet.FILLED_BLOCK, [[settings.answers.get(field)] for field in Field])
    book.figures[Figure.SETTINGS] = str(settings.path)
    found = connections.ways()[-control_sheet.MOST :]
    rest: list[str | None] = [None] * (control_sheet.MOST - len(found))
    book.write(FIGURES, settings_sheet.DRIVER_BLOCK, [[name] for name in [*found, *rest]])


def _said(amended: Amended, place: Place) -> Text:
    if amended.written:
        return say("excel-settings-changed", path=str(place.config))
    if amended.problems:
        return sum(amended.problems, say("excel-settings-unchanged"))
    return BLANK


def _show(book: LiveBook, filled: Filled, checks: list[Check]) -> None:
    """The table of links, and where each secret is."""
    block: list[list[Cell]] = [[None] * 5 for _ in range(settings_sheet.MOST)]
    for row, where in zip(block, filled.whereabouts.values(), strict=False):
        row[0] = where
    for row, check in zip(block, checks, strict=False):
        look = BLANK if filled.settings is None else advice(filled.settings, check)
        row[1:] = [check.link, VERDICTS[check.verdict], check.finding, look]
    book.write(FIGURES, settings_sheet.SHOWN_BLOCK, block)
