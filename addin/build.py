"""Builds the control workbook and the add-in from this package's VBA, ribbon and the installed xlwings' own module."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import Text, say, spoken

HERE = Path(__file__).parent
BUTTONS, RIBBON_MACROS, RUNNER = "TieoutButtons", "TieoutRibbon", "xlwings"

MACROS_SAY: Mapping[str, Text] = {
    "starting": say("Tieout is starting..."),
    "stopped": say(
        "Tieout stopped before it could say how it ended. Press the button again: what was written is recognised. If "
        "it never starts, build this workbook anew: tieout workbook."
    ),
    "absent": say("{path} is not there. Run tieout install again.", path="{path}"),
    "closed": say("The workbook Tieout.xlsm is not open. Press Open Workbook first."),
}
"""What the macros say by themselves, by its place in their text; the path is put in when it is said."""

RIBBON_SAYS: Mapping[str, Text] = {
    "payments": say("Invoice payments"),
    "sync": say("Run Sync"),
    "sync_does": say("Read Sage and Manage and fill the sheet Reconciliation. Nothing is written to Manage."),
    "push": say("Push to Manage"),
    "push_does": say("Write the rows of the sheet Reconciliation that say Yes to Manage. tieout undo takes them back."),
    "records": say("Records and set-up"),
    "export": say("Export Audit"),
    "export_does": say("Write the audit file of the run on the sheet Reconciliation."),
    "check": say("Check Setup"),
    "check_does": say("Test the ledger, the settings, Sage and Manage."),
    "open": say("Open Workbook"),
    "open_does": say("Open the control workbook Tieout.xlsm."),
}
"""What stands on the ribbon, by its place in `ribbon.xml`."""


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
    """The text of one of our VBA modules, in the language spoken now."""
    said = {key: str(text).replace('"', '""') for key, text in MACROS_SAY.items()}
    return _filled(HERE / "vba" / f"{name}.bas", {**said, "language": spoken().code})


def ribbon() -> str:
    """The ribbon's XML, in the language spoken now."""
    return _filled(HERE / "ribbon.xml", {key: escape(str(text), quote=True) for key, text in RIBBON_SAYS.items()})


def _filled(template: Path, words: Mapping[str, str]) -> str:
    """A template with its words put in.

    Raises:
        KeyError: it has a place for which there is no word.
    """
    return Template(template.read_text(encoding="utf-8")).substitute(words)


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
            why=cause(error),
        )
    )
