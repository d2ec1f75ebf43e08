"""An environment as users have it: Tieout without what tests need, its bytecode made as `tieout install` makes it."""

from __future__ import annotations

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.bench.figures import ROOT


@cache
def python() -> Path:
    """The Python of that environment; made once for all stages of a run."""
    folder = Path(mkdtemp(prefix="tieout-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    found = folder / "bin" / "python"
    for command in (
        ["uv", "venv", "--quiet", str(folder)],
        ["uv", "pip", "install", "--quiet", "--python", str(found), str(ROOT)],
        [str(found), "-c", "from addin.install.installation import *; compile_ahead(folders())"],
    ):
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return found
