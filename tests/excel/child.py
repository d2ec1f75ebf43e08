"""What the stand-in for RunPython starts: a process of its own that finds its workbook with `Book.caller`.

Run as `python child.py PACKAGE PIPE FOLDER`, where PACKAGE is the dotted name of the folder this file is in.
"""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import traceback
from pathlib import Path

_SECONDS = 120


def run(package: str, pipe: str, folder: Path) -> None:
    """Join LibreOffice and execute the command as `python -c` would, the workbook named as xlwings names it."""
    here = Path(__file__).resolve()
    sys.path[0] = str(here.parents[package.count(".") + 1])
    engine = importlib.import_module(f"{package}.uno_engine").attach(pipe)
    name = (folder / "workbook").read_text(encoding="utf-8").rstrip("\r\n")
    command = (folder / "command").read_text(encoding="utf-8")
    sys.argv = ["-c", f"--wb={name}", "--from_xl=1"]
    try:
        exec(compile(command, "<RunPython>", "exec"), {"__name__": "__main__"})  # noqa: S102 - its very purpose
    finally:
        (folder / "status").write_text("".join(f"{text}\n" for text in engine.statuses), encoding="utf-8")


def main(package: str, pipe: str, folder: Path) -> int:
    """Run the command and leave its exit code in the file `done`, whatever happens, and the reason in `error`."""
    signal.alarm(_SECONDS)
    (folder / "error").unlink(missing_ok=True)
    code = 1
    try:
        run(package, pipe, folder)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - told to the one who waits
        (folder / "error").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        (folder / "going").write_text(f"{code}\n", encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            (folder / "going").rename(folder / "done")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
