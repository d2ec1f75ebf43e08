"""Builds the control workbook and the add-in from this package's VBA, ribbon and the installed xlwings' own module."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from html import escape
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from zipfile import BadZipFile, ZipFile

from addin import COMPANION
from sync.core.values.errors import SetupError
from sync.core.values.messages import Language, Text, say
from sync.system.files import cause, replacing

HERE = Path(__file__).parents[1]
BUTTONS, RIBBON_MACROS, RUNNER = "TieoutButtons", "TieoutRibbon", "xlwings"
MACROS_SAY: Mapping[str, Text] = {
    "starting": say("excel-starting"),
    "stopped": say("excel-stopped-without-result"),
    "refused": say("excel-refused-to-start", number="{number}", why="{why}"),
    "absent": say("excel-file-missing-reinstall", path="{path}"),
    "closed": say("excel-workbook-not-open-yet"),
    "disabled": say("excel-macros-disabled", why="{why}"),
}
"""What the macros say by themselves, by its place in their text; path, number and cause are put in when it is said."""


def build_workbook(
    path: Path, language: Language, runner: str | None = None, interpreter: str = sys.executable
) -> None:
    """Write the control workbook.

    Args:
        path: the file; it ends in .xlsm.
        language: of its sheets and macros.
        runner: text of the module that starts Python, for tests; None takes xlwings' own.
        interpreter: absolute path of the Python that the buttons start.

    Raises:
        SetupError: the name does not end in .xlsm, or the file cannot be written.
    """
    from workbook.control.control_book import build  # noqa: PLC0415 - brings in XlsxWriter and pyOpenVBA

    _named(path, ".xlsm")
    modules = {BUTTONS: module(BUTTONS, language), RUNNER: runner or xlwings_module()}
    try:
        build(path, modules, interpreter, language)
    except OSError as error:
        raise _unwritable(path, error) from error


def build_beside(path: Path, language: Language) -> tuple[Path, list[Path]]:
    """Write the control workbook; where one is there that somebody may have worked in, under the next free number.

    Args:
        path: the file; it ends in .xlsm.
        language: of its sheets and macros.

    Returns:
        The workbook's path (one that is there already, where it is byte for byte as it would be written), and the
        workbooks of before, which were left as they are.

    Raises:
        SetupError: as `build_workbook`.
    """
    _named(path, ".xlsm")
    with TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        build_workbook(made, language)
        content = made.read_bytes()
    earlier: list[Path] = []
    try:
        for number in count(1):
            target = path.with_name(f"{path.stem} ({number}){path.suffix}") if earlier else path
            if not os.path.lexists(target):
                with replacing(target) as file:
                    file.write(content)
                return target, earlier
            if _is(target, content):
                return target, earlier
            earlier.append(target)
    except OSError as error:
        raise _unwritable(path, error) from error
    raise AssertionError(path)


def _is(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:  # Excel has it open, or it is a folder
        return False


def require_writable(path: Path) -> None:
    """Let nothing begin that would end halfway.

    Raises:
        SetupError: a file of Tieout's making cannot be put there: the one there is open, or no add-in of Tieout; the
            folder is missing, or may not be written.
    """
    try:
        if path.exists():
            with path.open("r+b") as file:
                ours = path.suffix.lower() != ".xlam" or _is_our_addin(file)
            if not ours:
                raise SetupError(say("install-add-in-of-others", file=str(path)))
        else:
            with TemporaryFile(dir=path.parent):
                pass
    except OSError as error:
        raise _unwritable(path, error) from error


def _is_our_addin(file: IO[bytes]) -> bool:
    try:
        with ZipFile(file) as parts:
            return b'id="TieoutTab"' in parts.read("customUI/customUI.xml")
    except (BadZipFile, KeyError):
        return False


def build_addin(path: Path, control_workbook: Path, language: Language) -> None:
    """Write the add-in that belongs to a control workbook.

    Args:
        path: the file; it ends in .xlam.
        control_workbook: the workbook whose macros its ribbon runs.
        language: of the ribbon and its macros.

    Raises:
        SetupError: the name does not end in .xlam, or the file cannot be written.
    """
    from workbook.control.control_book import build_addin as build  # noqa: PLC0415 - brings in XlsxWriter and pyOpenVBA
    from workbook.xlsx.vba_project import BOOK_MODULE  # noqa: PLC0415 - same

    _named(path, ".xlam")
    try:
        modules = {name: module(name, language) for name in (RIBBON_MACROS, BOOK_MODULE)}
        build(path, modules, ribbon(language), str(control_workbook))
    except OSError as error:
        raise _unwritable(path, error) from error


def module(name: str, language: Language) -> str:
    """Return the text of one of our VBA modules."""
    said = {key: text.said(language).replace('"', '""') for key, text in MACROS_SAY.items()}
    from workbook.control.panel import FIGURE_CELLS, Figure  # noqa: PLC0415 - only a build needs it

    places = {"language": language.code, "status": FIGURE_CELLS[Figure.STATUS], "companion": COMPANION}
    return _filled(HERE / "vba" / f"{name}.bas", {**said, **places})


def ribbon(language: Language) -> str:
    """Return the ribbon's XML: its buttons say what those on the sheets say."""
    from workbook.control.panel import BUTTONS as ON_SHEETS  # noqa: PLC0415 - only a build needs it
    from workbook.control.panel import ON_RIBBON  # noqa: PLC0415 - same

    buttons = (*ON_SHEETS, *ON_RIBBON)
    texts = {
        "now": say("status"),
        "company": say("company"),
        "start": say("start-date"),
        "read": say("excel-group-sync"),
        "review": say("excel-group-review"),
        "payments": say("invoice-payments"),
        "records": say("records-and-set-up"),
        "open": say("open-workbook"),
        "open_does": say("excel-open-workbook-tip"),
        **{button.macro: button.caption for button in buttons},
        **{f"{button.macro}_does": button.description for button in buttons},
    }
    return _filled(HERE / "ribbon.xml", {key: escape(text.said(language), quote=True) for key, text in texts.items()})


def _filled(template: Path, words: Mapping[str, str]) -> str:
    """Return a template with its words put in.

    Raises:
        KeyError: it has a place for which there is no word.
    """
    return Template(template.read_text(encoding="utf-8")).substitute(words)


def xlwings_module() -> str:
    """Return xlwings' own VBA, from the installed package, so that both always have the same version."""
    package = find_spec("xlwings")
    if package is None or package.origin is None:
        raise SetupError(say("install-xlwings-missing"))
    return (Path(package.origin).parent / "xlwings.bas").read_text(encoding="utf-8")


def _named(path: Path, suffix: str) -> None:
    if "=" in path.name:
        raise SetupError(say("install-equals-sign-in-name", file=str(path)))
    if path.suffix.lower() != suffix:
        raise SetupError(say("install-wrong-suffix", file=str(path), suffix=suffix))


def _unwritable(path: Path, error: OSError) -> SetupError:
    return SetupError(say("install-file-not-writable", file=str(path), why=cause(error)))
