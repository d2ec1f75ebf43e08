"""Follows one receipt through the code: `uv run python -m tests.trace`.

One company, one invoice, one receipt: it is synced into a reconciliation file, pushed and exported by the command line,
with Sage's tables in sqlite and the practice site over loopback. The command prints which files of the product a reader
would enter on the way, for each of the three and in all.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import date
from pathlib import Path
from types import FrameType

from addin.program import outfit
from sync.cli.main import run
from sync.practice.payment_rules import SiteBehaviour
from sync.practice.server import Server
from sync.practice.store import Store
from sync.settings.secrets import PRACTICE_KEY
from tests.support.build import invoice
from tests.support.sage_books import sqlite_books

ROOT = Path(__file__).parents[1]
PACKAGES = ("sync", "workbook", "addin")
STAND_IN = "sync/practice"
"""What answers for Manage is not the product."""
FUNCTION = 0x1
"""Of a code object's flags (CO_OPTIMIZED): its body is a function's, not a module's or a class's that is imported."""
TODAY = date(2026, 4, 10)
MOST = 107
"""111 before there were wings, 75 after; holds, heads, moves, one figure for each word, limits of time, the ways of
an office's network, receipts, totals by currency and links to Manage have come since."""


@contextmanager
def entered(files: set[str]) -> Iterator[None]:
    """Put every file of the product into a set of which a function is called meanwhile."""
    named = {str(ROOT / path): path for path in product()}

    def called(frame: FrameType, event: str, _: object) -> None:
        path = named.get(frame.f_code.co_filename)
        if event == "call" and path is not None and frame.f_code.co_flags & FUNCTION:
            files.add(path)

    sys.setprofile(called)  # of this thread alone: the practice site answers in others
    try:
        yield
    finally:
        sys.setprofile(None)


def product() -> list[str]:
    """The files of the product, from its folder."""
    paths = (path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in paths if not path.startswith(STAND_IN))


def journey(folder: Path) -> dict[str, set[str]]:
    """The files entered by the sync, the push and the export of one receipt."""
    for path in product():  # so that nothing counts for being imported
        with suppress(ImportError):
            importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    books = sqlite_books(folder / "books.db")
    books.document(1001, "1001")
    books.row(1, 1001, -100.0, "2026-04-07")
    review = folder / "review.xlsx"
    steps: dict[str, set[str]] = {}
    unpaid = invoice(1, id=101_001, status="Sent", closed=False)
    with Store([unpaid], [], SiteBehaviour(), lambda: TODAY) as store, Server(store) as server:
        _settings(folder, server.url)

        def step(name: str, *arguments: str) -> str:
            common = ["--config", str(folder / "tieout.toml"), "--state", str(folder / "state"), "--today", f"{TODAY}"]
            out = io.StringIO()
            with redirect_stdout(out), redirect_stderr(io.StringIO()), entered(steps.setdefault(name, set())):
                status = run([name, *arguments, *common], outfit())
            assert status == 0, out.getvalue()
            return out.getvalue()

        synced = step("sync", "--since", "past-month", "--out", str(review), "--json", "-")
        step("push", str(review), "--json", "-")
        step("export", json.loads(synced)["run"], "--dir", str(folder / "pack"), "--format", "xlsx,csv")
    return steps


def _settings(folder: Path, url: str) -> None:
    (folder / "tieout.toml").write_text(
        f'[sage]\nsqlite = "books.db"\n[manage]\nsite = "{url}"\ncompany = "acme"\nclient_id = "{PRACTICE_KEY}"\n'
        f'[policy]\ncurrencies = {{1 = "CAD"}}\n',
        encoding="utf-8",
    )


def main(arguments: Sequence[str]) -> int:
    """Print the files; 1 where there are more than a reader should have to enter."""
    with tempfile.TemporaryDirectory() as folder:
        steps = journey(Path(folder))
    every = sorted(set().union(*steps.values()))
    lines = [f"{name}: {len(files)} files" for name, files in steps.items()]
    lines.append(f"in all: {len(every)} of {len(product())} files, at most {MOST}")
    if "--names" in arguments or len(every) > MOST:
        lines += [f"  {path:45} {' '.join(name for name in steps if path in steps[name])}" for path in every]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(len(every) > MOST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
