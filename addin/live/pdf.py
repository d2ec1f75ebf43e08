"""Makes a PDF of a workbook: by Excel where it is installed, else by LibreOffice, else a plain message."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from addin.live.excel import com_of_thread, patiently, tamed
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import Text, say
from sync.system.bounded import Bound, OverdueError, within

OFFICES = ("soffice", "libreoffice")
PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
SECONDS = 180
"""For a whole PDF; a program that shows a dialogue nobody sees would never end."""
TAGGED = 'pdf:calc_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
"""LibreOffice's filter, with the structure that a screen reader follows; Excel puts it in by itself."""
_NOT_INSTALLED = frozenset({-2147221005, -2147221164})
"""What Windows answers where no Excel is registered (CO_E_CLASSSTRING, REGDB_E_CLASSNOTREG)."""
_DETAILS, _WORDS = 2, 2
"""Of an error that Excel itself explains: where its details stand, and its words among them."""
_log = logging.getLogger(__name__)


def make_pdf(workbook: Path, pdf: Path) -> None:
    """Print a workbook, all of its sheets, as one PDF.

    Raises:
        SetupError: neither Excel nor LibreOffice is installed, or what is installed could not print.
    """
    why = say("excel-no-program-for-pdf")
    if sys.platform == "win32":
        try:
            if _by_excel(workbook, pdf):
                return
        except SetupError as error:  # LibreOffice may still be there
            why = error.text
    office = next(filter(None, (shutil.which(name) for name in OFFICES)), None)
    office = office or next((place for place in PLACES if Path(place).exists()), None)
    if office is None:
        raise SetupError(why)
    _by_libreoffice(office, workbook, pdf)


def _by_excel(workbook: Path, pdf: Path) -> bool:
    """Print with an Excel of its own, out of sight, which ends whatever happens; False where none is installed.

    Raises:
        SetupError: it could not print, or did not answer in time.
    """
    own: list[int] = []

    def printed(_: Bound) -> None:
        with com_of_thread():
            app = tamed().App(visible=False, add_book=False)
            own.append(app.pid)
            app.display_alerts = False
            book = patiently(lambda: app.books.open(str(workbook), read_only=True))
            patiently(lambda: book.to_pdf(str(pdf)))
            patiently(book.close)
            app.quit()

    try:
        within(SECONDS, printed)
    except BaseException as error:
        for pid in own:  # this one alone: whatever else is open is somebody's
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)
        code, *details = error.args or (None,)
        if code in _NOT_INSTALLED:
            return False
        if not isinstance(error, Exception):
            raise
        _log.warning("Excel made no PDF", exc_info=True)
        raise SetupError(say("excel-pdf-failed-in-excel", why=_words(error, details))) from error
    return pdf.exists()


def _words(error: Exception, details: list[object]) -> Text | str:
    """Return why Excel could not print, in its own words where it has some."""
    if isinstance(error, OverdueError):
        return say("excel-silent", seconds=int(error.seconds))
    if isinstance(error, TieoutError):
        return error.text
    told = details[_DETAILS - 1] if len(details) >= _DETAILS else None
    found = told[_WORDS] if isinstance(told, tuple) and len(told) > _WORDS else None
    return str(found or (details[0] if details else error)).strip(" .")


def _by_libreoffice(office: str, workbook: Path, pdf: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile = (Path(folder) / "profile").as_uri()
        words = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", TAGGED, "--outdir", folder]
        worked = False
        with contextlib.suppress(OSError, subprocess.SubprocessError):  # it fails, or comes to no end
            subprocess.run([*words, str(workbook)], check=True, capture_output=True, timeout=SECONDS)  # noqa: S603 - a program found by name, and paths of our own
            worked = True
        made = Path(folder) / f"{workbook.stem}.pdf"
        if not (worked and made.exists()):
            raise SetupError(say("excel-pdf-failed"))
        shutil.move(made, pdf)
