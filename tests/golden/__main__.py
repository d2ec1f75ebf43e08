"""Writes the golden files of today's formats: `uv run python -m tests.golden`.

A folder that is there stays as it is: what a format looks like does not change. A new version of a format gets a folder
of its own. Before a release, a folder may be deleted and written anew.
"""

from __future__ import annotations

from tests.golden import ledger_files, review_files

WRITERS = {ledger_files.FOLDER: ledger_files.write, review_files.FOLDER: review_files.write}
"""By the folder of a format's version, what writes it."""


def main() -> None:
    """Write the folders that are not there."""
    for folder, write in WRITERS.items():
        if not folder.exists():
            folder.mkdir()
            write(folder)
            print(f"written: {folder}")  # noqa: T201 - a command for developers


if __name__ == "__main__":
    main()
