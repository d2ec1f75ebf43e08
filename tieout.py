"""The door of the installed program: puts what is installed first on Python's search path, then lets the command in.

Python looks into PYTHONPATH, and often into the current folder, before it looks where Tieout is installed. `sync`,
`addin` and `workbook` are names that anybody may give a file of their own, so the installed command and the workbook's
buttons come in here, by a name that nobody else has. Until the path is in order only modules are imported that Python
has loaded by itself.
"""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def put_installed_first() -> None:
    """Move the current folder and those of PYTHONPATH to the end of the search path, but for Tieout's own folder.

    They stay on it, because an installation may get libraries from there; they no longer come first.
    """
    own = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is not loaded yet
    try:
        here = os.getcwd()  # noqa: PTH109 - same
    except OSError:  # it has been removed meanwhile
        here = own

    def absolute(folder: str) -> str:
        return os.path.normcase(os.path.normpath(os.path.join(here, folder)))  # noqa: PTH118 - same

    later = {absolute(folder) for folder in ("", *os.environ.get("PYTHONPATH", "").split(os.pathsep))}
    later.discard(absolute(own))
    sys.path.sort(key=lambda folder: absolute(folder) in later)


def main() -> None:
    """Run the command line and leave with its exit status; 130 where Ctrl-C comes before it or after it."""
    try:
        put_installed_first()
        if sys.platform == "win32" and sys.argv[1:2] == ["companion"]:
            from addin.entry import companion as command  # noqa: PLC0415 - only now is it sure to be ours
        else:
            from addin.program import main as command  # noqa: PLC0415 - same
        command()
    except KeyboardInterrupt:  # the command answers any other, and says what was under way
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
