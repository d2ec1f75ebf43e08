"""Builds the control workbook and the add-in from this package's VBA, ribbon and the installed xlwings' own module."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from sync.core.errors import SetupError
from sync.core.words import say

HERE = Path(__file__).parent
BUTTONS, RIBBON_MACROS, RUNNER = "TieoutButtons", "TieoutRibbon", "xlwings"


def build_workbook(path: Path, runner: str | None = None, interpreter: str = sys.executable) -> None:
    """Write the control workbook.

    Args:
        path: the file; it ends in .xlsm.
        runner: text of the module that starts Python, for tests; None takes xlwings' own.
        interpreter: absolute path of the Python that the buttons start.

    Raises:
        SetupError: the name does not end in .xlsm, or the file cannot be written.
    """
    from workbook.control_book import build  # noqa: PLC0415 - brings in XlsxWriter and pyOpenVBA

    _named(path, ".xlsm")
    modules = {BUTTONS: module(BUTTONS), RUNNER: runner or xlwings_module()}
    try:
        build(path, modules, interpreter)
    except OSError as error:
        raise _unwritable(path, error) from None


def build_addin(path: Path, control_workbook: Path) -> None:
    """Write the add-in that belongs to a control workbook.

    Args:
        path: the file; it ends in .xlam.
        control_workbook: the workbook whose macros its ribbon runs.

    Raises:
        SetupError: the name does not end in .xlam, or the file cannot be written.
    """
    from workbook.addin_book import build  # noqa: PLC0415 - brings in XlsxWriter and pyOpenVBA

    _named(path, ".xlam")
    try:
        build(path, {RIBBON_MACROS: module(RIBBON_MACROS)}, ribbon(), str(control_workbook))
    except OSError as error:
        raise _unwritable(path, error) from None


def module(name: str) -> str:
    """The text of one of our VBA modules."""
    return (HERE / "vba" / f"{name}.bas").read_text(encoding="utf-8")


def ribbon() -> str:
    """The ribbon's XML."""
    return (HERE / "ribbon.xml").read_text(encoding="utf-8")


def xlwings_module() -> str:
    """Xlwings' own VBA, from the installed package, so that both always have the same version."""
    found = find_spec("xlwings")
    if found is None or found.origin is None:
        raise SetupError(say("The package xlwings is not installed. Install Tieout again."))
    return (Path(found.origin).parent / "xlwings.bas").read_text(encoding="utf-8")


def _named(path: Path, suffix: str) -> None:
    if "=" in path.name:
        raise SetupError(say("{file} has a = in its name, which xlwings cannot read. Leave it out.", file=str(path)))
    if path.suffix.lower() != suffix:
        raise SetupError(say("{file} has to end in {suffix}. Give it another name.", file=str(path), suffix=suffix))


def _unwritable(path: Path, error: OSError) -> SetupError:
    return SetupError(
        say(
            "{file} cannot be written: {why}. Close it in Excel, or choose another place.",
            file=str(path),
            why=error.strerror or str(error),
        )
    )
