"""Puts workbook, add-in and shortcut into the user's own folders: no administrator, and nothing is overwritten."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
from msgspec import Struct

from addin.build import build_addin, build_workbook
from addin.bytecode import compile_ahead, folders
from sync.causes import cause
from sync.core.errors import SetupError
from sync.core.words import Text, say

WORKBOOK, ADDIN, SHORTCUT = "Tieout.xlsm", "Tieout.xlam", "Tieout.lnk"


class Plan(Struct, frozen=True, kw_only=True):
    """Where everything goes.

    Attributes:
        workbook: the control workbook, in a local folder: never in OneDrive, whose paths Excel shows as addresses.
        addin: in Excel's start folder, from which it loads by itself.
        shortcut: in the start menu.
    """

    workbook: Path
    addin: Path
    shortcut: Path


def plan() -> Plan:
    """The places on this computer; on another system those that Windows would have."""
    local = platformdirs.user_data_path("Tieout", appauthor=False, roaming=False)
    roaming = Path(os.environ.get("APPDATA") or platformdirs.user_data_path(roaming=True))
    return Plan(
        workbook=local / WORKBOOK,
        addin=roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN,
        shortcut=roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / SHORTCUT,
    )


def carry_out(places: Plan, *, dry_run: bool) -> Iterator[Text]:
    """Do it, or only say it; one sentence per step.

    Args:
        places: from `plan`.
        dry_run: only say it; so too on a system other than Windows.

    Raises:
        SetupError: a file is open in Excel, or cannot be written.
    """
    windows = sys.platform == "win32"
    doing = windows and not dry_run
    workbook, addin, shortcut = str(places.workbook), str(places.addin), str(places.shortcut)
    if doing:  # pragma: no cover - needs Windows
        _make_room(places)
        _set_aside(places.workbook)
        build_workbook(places.workbook)
        build_addin(places.addin, places.workbook)
        _shortcut(places)
        compile_ahead(folders())
        yield say("Wrote the control workbook to {path}.", path=workbook)
        yield say("Wrote the add-in to {path}; Excel loads it at its next start.", path=addin)
        yield say("Wrote a shortcut to the workbook to {path}.", path=shortcut)
        yield say("Compiled the program ahead, so that the buttons start sooner.")
        return
    yield say("Would write the control workbook to {path}.", path=workbook)
    yield say("Would write the add-in to {path}; Excel loads it at its next start.", path=addin)
    yield say("Would write a shortcut to the workbook to {path}.", path=shortcut)
    if not windows:
        yield say(
            "Nothing was written, because this is not Windows. To build the workbook here: tieout workbook FILE.xlsm"
        )


def _make_room(places: Plan) -> None:
    for path in (places.workbook, places.addin, places.shortcut):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(
                say(
                    "The folder {folder} cannot be made: {why}. Ask for the right to write there.",
                    folder=str(path.parent),
                    why=cause(error),
                )
            ) from None


def _set_aside(workbook: Path) -> None:
    """Keep the workbook that is there, with its notes, under another name.

    Raises:
        SetupError: it is open in Excel.
    """
    if not workbook.exists():
        return
    try:
        aside = say("{name} (before){ending}", name=workbook.stem, ending=workbook.suffix)
        workbook.replace(workbook.with_name(str(aside)))
    except OSError:
        raise SetupError(say("{file} is open. Close it in Excel, then try again.", file=str(workbook))) from None


def _shortcut(places: Plan) -> None:  # pragma: no cover - needs Windows
    from win32com.client import Dispatch  # noqa: PLC0415 - comes with xlwings on Windows

    link = Dispatch("WScript.Shell").CreateShortCut(str(places.shortcut))
    link.Targetpath = str(places.workbook)
    link.save()
