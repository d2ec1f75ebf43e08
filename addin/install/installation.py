"""Puts workbook, add-in and shortcut into the user's own folders: no administrator, and no workbook is overwritten.

Bytecode is made ahead: xlwings starts Python with -B, which keeps none, so that each click would compile all anew.
"""

from __future__ import annotations

import compileall
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs
from msgspec import Struct

from addin import COMPANION, COMPANION_ID, LEAVE
from addin.install import schedule
from addin.install.build import build_addin, build_beside, require_writable
from sync.core.values.errors import SetupError, TieoutError
from sync.core.values.messages import Language, Text, say
from sync.settings.profiles import Place, every_place
from sync.system.files import cause
from sync.system.this_computer import SystemClock, this_person
from sync.usecases.guards import keep_decisions, rows_of_run
from sync.wiring import open_ledger_of
from workbook.review.review_file import ExcelFiles

_NEVER_IMPORTED = r"[\\/](.*[\\/])?(tests?|idlelib|lib2to3|turtledemo|ensurepip|site-packages)[\\/]"
"""Parts of the standard library that no click brings in; packages have a folder of their own among those compiled."""


def folders() -> list[str]:
    """Return where Tieout stands, and where this Python keeps packages and its own library; each once."""
    paths, here = sysconfig.get_paths(), Path(__file__).parents[2]
    ours = (str(here / name) for name in ("addin", "workbook", "sync"))
    return list(dict.fromkeys((*ours, *(paths[name] for name in ("purelib", "platlib", "stdlib")))))


def compile_ahead(places: Iterable[str]) -> None:
    """Compile what has no bytecode yet. A folder that may not be written, and a file that is not Python, are left.

    Args:
        places: folders with modules, such as `folders` gives.
    """
    for place in places:
        below = re.compile(re.escape(place) + _NEVER_IMPORTED)  # whatever folder Python itself lies in
        skipped = None if place.endswith("site-packages") else below
        compileall.compile_dir(place, quiet=2, rx=skipped)


WORKBOOK, ADDIN, SHORTCUT = "Tieout.xlsm", "Tieout.xlam", "Tieout.lnk"
CLASSES = r"Software\Classes"
"""Of the user's own registry: what stands there needs no administrator, and is nobody else's."""


def companion_keys(python: Path) -> dict[str, str]:
    """Return what tells Windows how the companion is started: the keys below `CLASSES`, and what each holds.

    Args:
        python: the program that runs this.
    """
    program = [str(python.with_name("pythonw.exe")), "-P", "-m", "tieout", "companion"]  # -P: as for the daily run
    own = rf"CLSID\{COMPANION_ID}"
    return {
        COMPANION: "Tieout",
        rf"{COMPANION}\CLSID": COMPANION_ID,
        own: "Tieout",
        rf"{own}\ProgID": COMPANION,
        rf"{own}\LocalServer32": subprocess.list2cmdline(program),
    }


def register_companion() -> None:
    """Let Windows start the companion when a workbook asks for it; one that runs already leaves."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import winreg  # noqa: PLC0415 - exists on Windows only

        for key, value in companion_keys(Path(sys.executable)).items():
            winreg.SetValue(winreg.HKEY_CURRENT_USER, rf"{CLASSES}\{key}", winreg.REG_SZ, value)
        _ask_to_leave()


def forget_companion() -> None:
    """Have Windows forget the companion; one that runs leaves as soon as it is not at work."""
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import winreg  # noqa: PLC0415 - exists on Windows only

        for key in reversed(companion_keys(Path(sys.executable))):
            with suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"{CLASSES}\{key}")
        _ask_to_leave()


def _ask_to_leave() -> None:
    if sys.platform == "win32":  # pragma: no cover - needs Windows
        import pywintypes  # noqa: PLC0415 - exists on Windows only
        import win32event  # noqa: PLC0415 - same

        with suppress(pywintypes.error):  # none runs
            win32event.SetEvent(win32event.OpenEvent(win32event.EVENT_MODIFY_STATE, False, LEAVE))  # noqa: FBT003 - no keywords


class InstallPlaces(Struct, frozen=True, kw_only=True):
    """Where everything goes.

    Attributes:
        workbook: the control workbook, in a local folder: never in OneDrive, whose paths Excel shows as addresses.
        addin: in Excel's start folder, from which it loads by itself.
        shortcut: in the start menu.
    """

    workbook: Path
    addin: Path
    shortcut: Path


def plan() -> InstallPlaces:
    """Return the places on this computer; on another system those that Windows would have."""
    local = platformdirs.user_data_path("Tieout", appauthor=False, roaming=False)
    roaming = Path(os.environ.get("APPDATA") or platformdirs.user_data_path(roaming=True))
    return InstallPlaces(
        workbook=local / WORKBOOK,
        addin=roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN,
        shortcut=roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / SHORTCUT,
    )


def require_own_python(base: str) -> None:
    """Refuse Python from the Microsoft Store, which puts new files where neither Excel nor Windows sees them.

    Args:
        base: the folder of the Python that this one was made of.

    Raises:
        SetupError: it is one; which to install in its place.
    """
    if "windowsapps" in base.casefold() or "pythonsoftwarefoundation.python" in base.casefold():
        raise SetupError(say("install-python-of-store", folder=base))


def carry_out(places: InstallPlaces, language: Language, *, dry_run: bool) -> Iterator[Text]:
    """Do it, or only say it; one sentence per step.

    Args:
        places: from `plan`.
        language: of the workbook and the add-in.
        dry_run: only say it; so too on a system other than Windows.

    Raises:
        SetupError: a file is open in Excel, or cannot be written.
    """
    require_own_python(sys.base_prefix)
    windows = sys.platform == "win32"
    workbook, addin, shortcut = str(places.workbook), str(places.addin), str(places.shortcut)
    if windows and not dry_run:  # pragma: no cover - needs Windows
        built = yield from put_in_place(places, language)
        _shortcut(places.shortcut, built)
        register_companion()
        compile_ahead(folders())
        yield say("install-wrote-shortcut", path=shortcut)
        yield say("install-registered-companion", name=COMPANION)
        yield say("install-compiled-ahead")
        return
    yield say("install-would-write-workbook", path=workbook)
    yield say("install-would-write-add-in", path=addin)
    yield say("install-would-write-shortcut", path=shortcut)
    yield say("install-would-register-companion", name=COMPANION)
    if not windows:
        yield say("install-needs-windows")


def take_away(places: InstallPlaces, profiles: Sequence[str | None], *, dry_run: bool) -> Iterator[Text]:
    """Take away what `carry_out` put in place, and the daily runs, or only say it; one sentence per step.

    The workbooks, the settings and the ledger are the user's, and stay.

    Args:
        places: from `plan`.
        profiles: whose daily runs; None stands for the default one.
        dry_run: only say it; so too on a system other than Windows.

    Raises:
        SetupError: the add-in is open in Excel, or is none of Tieout's; the rest is still there.
    """
    windows, there = sys.platform == "win32", [path for path in (places.addin, places.shortcut) if path.exists()]
    if windows and not dry_run:  # pragma: no cover - needs Windows
        if places.addin in there:
            require_writable(places.addin)
        forget_companion()
        yield say("install-forgot-companion", name=COMPANION)
        for path in there:
            path.unlink()
            yield say("install-removed", path=str(path))
    else:
        yield say("install-would-forget-companion", name=COMPANION)
        for path in there if windows else (places.addin, places.shortcut):
            yield say("install-would-remove", path=str(path))
    for profile in profiles:
        yield from schedule.delete_if_there(schedule.name_of(profile), dry_run=dry_run)
    yield say("install-kept", workbook=str(places.workbook.parent))
    if not windows:
        yield say("install-needs-windows")


def put_in_place(places: InstallPlaces, language: Language) -> Generator[Text, None, Path]:
    """Write workbook and add-in, nothing before both can be; say each step, and return where the workbook is.

    Raises:
        SetupError: a file is open in Excel, or cannot be written.
    """
    _make_room(places)
    for path in (places.workbook.with_name(f".{WORKBOOK}"), places.addin, places.shortcut):
        require_writable(path)
    workbook, earlier = build_beside(places.workbook, language)
    build_addin(places.addin, workbook, language)
    yield say("install-wrote-workbook", path=str(workbook))
    yield say("install-wrote-add-in", path=str(places.addin))
    yield from carried_over(earlier, language, every_place())
    return workbook


def carried_over(earlier: Iterable[Path], language: Language, places: Sequence[Place]) -> Iterator[Text]:
    """Put on record what was decided in workbooks of before, so that the next Run Sync shows it in the new one.

    Args:
        earlier: the workbooks, which stay as they are.
        language: for sentences that are not of Tieout's own.
        places: where the ledgers are that may know their runs.

    Yields:
        What was done about each, and why not.
    """
    for path in earlier:
        yield say("install-workbook-left", path=str(path))
        try:
            yield from _recorded(path, language, places)
        except TieoutError as error:
            yield say("install-decisions-not-carried") + error.text


def _recorded(path: Path, language: Language, places: Sequence[Place]) -> Sequence[Text]:
    files = ExcelFiles(language)
    run = files.made_from(path).run
    with open_ledger_of(run, places) as ledger:
        if ledger is None:
            raise SetupError(say("sync-file-of-other-review", file=str(path)))
        reviewed = rows_of_run(ledger, run)
        decided = files.read(path, reviewed.rows)
        _, said = keep_decisions(ledger, this_person(), SystemClock(places[0].today), reviewed, decided.decisions)
    return (say("install-decisions-carried", run=run), *said)


def _make_room(places: InstallPlaces) -> None:
    for path in (places.workbook, places.addin, places.shortcut):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(say("install-folder-not-made", folder=str(path.parent), why=cause(error))) from error


def _shortcut(shortcut: Path, workbook: Path) -> None:  # pragma: no cover - needs Windows
    from win32com.client import Dispatch  # noqa: PLC0415 - comes with xlwings on Windows

    link = Dispatch("WScript.Shell").CreateShortCut(str(shortcut))
    link.Targetpath = str(workbook)
    link.save()
