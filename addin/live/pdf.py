"""Makes a PDF of a workbook: by Excel where it is installed, else by LibreOffice, else a plain message."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sync.core.values.errors import SetupError
from sync.core.values.messages import say

OFFICES = ("soffice", "libreoffice")
PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
SECONDS = 180


def make_pdf(workbook: Path, pdf: Path) -> None:
    """Print a workbook, all of its sheets, as one PDF.

    Raises:
        SetupError: neither Excel nor LibreOffice is installed, or it could not print.
    """
    if sys.platform == "win32" and _by_excel(workbook, pdf):
        return
    office = next(filter(None, (shutil.which(name) for name in OFFICES)), None)
    office = office or next((place for place in PLACES if Path(place).exists()), None)
    if office is None:
        raise SetupError(say("excel-no-program-for-pdf"))
    _by_libreoffice(office, workbook, pdf)


def _by_excel(workbook: Path, pdf: Path) -> bool:
    """Print with an Excel of its own, out of sight; False where there is none."""
    import xlwings  # noqa: PLC0415 - only Windows, and only for a PDF

    try:
        with xlwings.App(visible=False, add_book=False) as app:
            app.display_alerts = False
            book = app.books.open(str(workbook), read_only=True)
            book.to_pdf(str(pdf))
            book.close()
    except Exception:  # noqa: BLE001 - whatever Excel says, LibreOffice may still be there
        return False
    return pdf.exists()


def _by_libreoffice(office: str, workbook: Path, pdf: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile = (Path(folder) / "profile").as_uri()
        words = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", folder]
        worked = False
        with contextlib.suppress(OSError, subprocess.SubprocessError):  # it fails, or comes to no end
            subprocess.run([*words, str(workbook)], check=True, capture_output=True, timeout=SECONDS)  # noqa: S603 - a program found by name, and paths of our own
            worked = True
        made = Path(folder) / f"{workbook.stem}.pdf"
        if not (worked and made.exists()):
            raise SetupError(say("excel-pdf-failed"))
        shutil.move(made, pdf)
