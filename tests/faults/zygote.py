"""A process that has everything imported and lends itself to one push after another: each is forked, and may be killed.

Of a line `[arguments]` on its standard input it makes a process that runs `python -m sync` with them, and says its
number. After the next line it says how that process ended: an exit status, or the signal as a negative number. Until
then the number is nobody else's.
"""

from __future__ import annotations

import json
import os
import runpy
import sys

import sync.ledger.sqlite_ledger
import sync.manage.client
import sync.sage.snapshot
import sync.usecases.read_and_propose
import sync.usecases.sync
import sync.usecases.undo
import workbook.review.review_file

WARM = (
    sync.usecases.read_and_propose,
    sync.ledger.sqlite_ledger,
    sync.manage.client,
    sync.sage.snapshot,
    sync.usecases.sync,
    sync.usecases.undo,
    workbook.review.review_file,
)


def live(arguments: list[str]) -> None:
    """Be the program, in a process of its own."""
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.argv = ["tieout", *arguments]
    runpy.run_module("sync", run_name="__main__")


def lend() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            live(json.loads(line))
        print(number, flush=True)  # noqa: T201 - what the test waits for
        sys.stdin.readline()
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)  # noqa: T201 - same


if __name__ == "__main__":
    lend()
