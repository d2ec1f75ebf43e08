"""The pictures of the README, taken from the program: `.venv/bin/python -m tests.pictures [--lang fr] [--dir DIR]`.

The control workbook is built, opened in a LibreOffice on a screen of its own, and its Run Sync pressed against a
practice world; the ribbon's table is drawn by Chromium. Needs the packages xvfb, imagemagick and libfaketime besides
those of the tests: the sheets reckon with TODAY(), which must be the day the practice world ends on.
"""

from __future__ import annotations

import argparse
import html
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import xlwings as xw
from defusedxml import ElementTree
from playwright.sync_api import sync_playwright

from addin.install import build
from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language
from sync.core.values.periods import Choice
from sync.language.catalogues import ENGLISH, NAMES, language
from sync.practice.world import Practice, practise
from tests.addin.bench import TODAY, Bench
from tests.excel import macros, uno_engine
from tests.excel.controls import press
from tests.excel.office import LIMIT, Office, Uno, bounded, properties, struct
from tests.support.browser import ARGUMENTS, DESKTOP
from tests.support.parts import CHROMIUM
from workbook.control.panel import BUTTONS, INPUTS, Input
from workbook.control.panel import SHEET as CONTROL
from workbook.review.columns import SHEET

HERE = Path(__file__).resolve().parent
LARGEST = 150_000  # bytes
PATIENCE = 100  # seconds for what a button does

_MORNING = f"@{TODAY.isoformat()} 09:30:00"
_ALWAYS_EXECUTE_NO_WARN = 4
_ALL_SIDES = 15
_STATUS_BAR = 20  # it cannot be hidden: this many pixels are left below the screen
_BARS = ("menubar/menubar", "toolbar/standardbar", "toolbar/formatobjectbar")
_QUIET = """<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay"
 oor:op="fuse"><value>false</value></prop></item></oor:items>"""
_PAGE = """<!doctype html><meta charset="utf-8"><title>Ribbon</title><style>
body {{ margin: 0; font: 15px/1.4 "Liberation Sans", Arial, sans-serif; color: #222 }}
main {{ display: inline-block; padding: 16px }}
h1 {{ margin: 0 0 10px; font-size: 19px; color: #1f3864 }}
table {{ border-collapse: collapse }}
th, td {{ border: 1px solid #bfc7d5; padding: 7px 12px; vertical-align: top; text-align: left; white-space: nowrap }}
th {{ background: #1f3864; color: #fff }}
.group {{ background: #e7eef7; color: #1f3864; font-weight: bold }}
.button {{ font-weight: bold }}
.name {{ font: 14px/1.5 "Liberation Mono", monospace }}
.tip {{ max-width: 470px; white-space: normal }}
</style><main><h1>Ribbon tab {tab}</h1><table><tr><th>Group<th>Button<th>Icon<th>Keys<th>Tip
{rows}</table></main>"""


class Desk(Office):
    """A LibreOffice with a visible window on a given screen, at the practice world's last day."""

    def __init__(self, screen: str, environment: Mapping[str, str]) -> None:
        clock = {"LD_PRELOAD": str(_clock()), "FAKETIME": _MORNING, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self._environment = {**os.environ, **environment, **clock, "DISPLAY": screen}
        super().__init__()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start as Office does, with a window, and without the tips that greet a new profile."""
        settings = self._profile / "user" / "registrymodifications.xcu"
        known = settings.read_text(encoding="utf-8")
        settings.write_text(known.replace("</oor:items>", _QUIET), encoding="utf-8")
        accept = f"--accept=pipe,name={self.pipe};urp;"
        profile = f"-env:UserInstallation={self._profile.as_uri()}"
        command = ["soffice", "--norestore", "--nologo", "--nodefault", accept, profile]
        silent = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=silent, stderr=silent, start_new_session=True, env=self._environment)

    def open(self, path: Path) -> Uno:
        """Open a file in a window that fills the screen and shows little but the sheet."""
        options = properties(MacroExecutionMode=_ALWAYS_EXECUTE_NO_WARN)
        document = bounded(lambda: self.desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, options), "open")
        controller = document.CurrentController
        controller.ShowPageBreaks = False
        controller.Frame.ContainerWindow.setPosSize(0, 0, DESKTOP[0], DESKTOP[1] + _STATUS_BAR, _ALL_SIDES)
        for bar in _BARS:
            controller.Frame.LayoutManager.hideElement(f"private:resource/{bar}")
        dispatch(document, "Sidebar")
        return document


def dispatch(document: Uno, command: str) -> None:
    """Carry out a command of LibreOffice's menus on the document's window."""
    frame = document.CurrentController.Frame
    url = struct("util.URL", Complete=f".uno:{command}", Protocol=".uno:", Path=command)
    bounded(lambda: frame.queryDispatch(url, "", 0).dispatch(url, ()), command)


def _clock() -> Path:
    """Find the library that sets the clock of one program, or raise FileNotFoundError."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None:
        raise FileNotFoundError("libfaketime is not installed (apt-get install libfaketime)")
    return found


@contextmanager
def screen() -> Iterator[str]:
    """Run a virtual screen, and give the name of its display."""
    reader, writer = os.pipe()
    size = "x".join(map(str, (*DESKTOP, 24)))
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader, encoding="ascii") as answer:
            if not select.select([answer], [], [], LIMIT)[0]:
                raise TimeoutError(f"Xvfb: no display in {LIMIT:g} seconds")
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        try:
            server.wait(LIMIT)
        except subprocess.TimeoutExpired:
            server.kill()


def shoot(display: str, target: Path) -> None:
    """Take pictures of a screen until two in a row are the same."""
    end, before = time.monotonic() + LIMIT, b""
    command = ["import", "-display", display, "-window", "root", "-define", "png:exclude-chunks=date,time"]
    while time.monotonic() < end:
        time.sleep(0.7)
        subprocess.run([*command, str(target)], check=True, timeout=LIMIT)
        now = target.read_bytes()
        if now == before:
            return
        before = now
    raise TimeoutError(f"the screen has not come to rest in {LIMIT:g} seconds")


def show(document: Uno, sheet_name: str, cell: str, zoom: int) -> None:
    """Show a sheet from its top left, with one cell selected; zoom in percent."""
    controller, sheet = document.CurrentController, document.Sheets.getByName(sheet_name)
    controller.setActiveSheet(sheet)
    controller.ZoomValue = zoom
    controller.select(sheet.getCellRangeByName(cell))


def silence(document: Uno, sheet_name: str, cell: str) -> None:
    """Switch off a cell's input message, which LibreOffice, unlike Excel, draws beneath the buttons."""
    sheet = document.Sheets.getByName(sheet_name)
    sheet.unprotect("")
    chosen = sheet.getCellRangeByName(cell)
    rule = chosen.Validation
    rule.ShowInputMessage = False
    chosen.Validation = rule
    sheet.protect("")


def _interpreter(folder: Path) -> Path:
    """Write the interpreter that the buttons start: the clock of LibreOffice is not to be theirs, nor the site's."""
    made = folder / "python"
    made.write_text(f'#!/bin/sh\nunset LD_PRELOAD FAKETIME\nexec {sys.executable} "$@"\n', encoding="utf-8")
    made.chmod(0o755)
    return made


def _sync(office: Office, folder: Path, chosen: Language) -> Uno:
    """Build the workbook, open it, and press its Run Sync for the past month."""
    path = folder / "Tieout.xlsm"
    (folder / "talk").mkdir()
    runner = macros.stub(str(_interpreter(folder)), office.pipe, folder / "talk", seconds=PATIENCE)
    build.build_workbook(path, chosen, runner=runner)
    document = office.open(path)
    engine = uno_engine.attach(office.pipe)
    bench = Bench(
        book=xw.Book(path.name),
        press=lambda words: press(document, CONTROL.said(chosen), words, PATIENCE),
        engine=engine,
    )
    bench.choose(Input.START, CHOICES[Choice.PAST_MONTH].said(chosen))
    bench.press(BUTTONS[0].caption.said(chosen))
    if not bench.rows():
        raise RuntimeError(f"Run Sync has filled nothing: {bench.status}")
    return document


def _environment(world: Practice, folder: Path) -> dict[str, str]:
    """Say where the buttons find the practice world, and who presses them."""
    return {
        "TIEOUT_CONFIG": str(world.place.config),
        "TIEOUT_STATE": str(world.place.state),
        "TIEOUT_TODAY": TODAY.isoformat(),
        "TIEOUT_EXPORTS": str(folder / "exports"),
        "LOGNAME": "accountant",
    }


def sheets(folder: Path, chosen: Language) -> list[Path]:
    """Take the pictures of the reconciliation, and of the control sheet with its Start Date list open."""
    suffix = "" if chosen.code == ENGLISH.code else f"-{chosen.code}"
    review, control = (folder / f"{name}{suffix}.png" for name in ("reconciliation", "control"))
    with tempfile.TemporaryDirectory() as private, screen() as display:
        place = Path(private)
        with practise(place / "practice", TODAY) as world, Desk(display, _environment(world, place)) as office:
            document = _sync(office, place, chosen)
            show(document, SHEET.said(chosen), "C9", 100)
            shoot(display, review)
            silence(document, CONTROL.said(chosen), INPUTS[Input.START])
            show(document, CONTROL.said(chosen), INPUTS[Input.START], 100)
            dispatch(document, "DataSelect")
            shoot(display, control)
    return [review, control]


def _row(group: str, size: int, button: Mapping[str, str]) -> str:
    """Write a button's row of the table, where the first row of a group carries the group's cell of that size."""
    head = f'<td class="group" rowspan="{size}">{html.escape(group)}' if size else ""
    fields = (("button", "label"), ("name", "imageMso"), ("name", "keytip"), ("tip", "supertip"))
    return f"<tr>{head}" + "".join(f'<td class="{kind}">{html.escape(button[field])}' for kind, field in fields)


def ribbon(folder: Path) -> Path:
    """Draw the ribbon's definition as a table."""
    (tab,) = ElementTree.fromstring(build.ribbon(ENGLISH)).iterfind(".//{*}tab")
    rows = [
        _row(group.attrib["label"], 0 if number else len(group.findall("{*}button")), button.attrib)
        for group in tab.iterfind("{*}group")
        for number, button in enumerate(group.iterfind("{*}button"))
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.set_content(_PAGE.format(tab=html.escape(tab.attrib["label"]), rows="\n".join(rows)))
        page.locator("main").screenshot(path=folder / "ribbon.png")
        browser.close()
    return folder / "ribbon.png"


def main() -> None:
    """Take all pictures anew, and fail when one is larger than a README should carry."""
    parser = argparse.ArgumentParser(description="Take the pictures of the README anew.")
    parser.add_argument("--dir", type=Path, default=HERE / "pictures", help="folder of the pictures")
    parser.add_argument("--lang", choices=NAMES, default=ENGLISH.code, help="language of the workbook")
    asked = parser.parse_args()
    folder: Path = asked.dir
    if not all(map(shutil.which, ("Xvfb", "import", "mogrify", "soffice"))):
        sys.exit("apt-get install xvfb imagemagick libfaketime libreoffice-calc python3-uno")
    folder.mkdir(parents=True, exist_ok=True)
    made = sheets(folder, language(asked.lang))
    if asked.lang == ENGLISH.code:
        made.append(ribbon(folder))
    for path in made:
        palette = ["-strip", "+dither", "-colors", "255"]
        subprocess.run(["mogrify", *palette, str(path)], check=True, timeout=LIMIT)
        if path.stat().st_size > LARGEST:
            sys.exit(f"{path} has {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
