"""Bytecode that is there before Excel starts Python, which keeps none itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from addin.install.installation import compile_ahead, folders


def test_python_finds_bytecode_though_it_may_keep_none(tmp_path: Path) -> None:
    """As xlwings starts it, with -B: a module compiled ahead is not compiled again; what is no Python is left."""
    (tmp_path / "ledgers.py").write_text("TOTAL = 1\n")
    (tmp_path / "broken.py").write_text("for accountants only\n")
    compile_ahead([str(tmp_path)])
    code = "import ledgers; print(ledgers.__cached__, ledgers.TOTAL)"
    said = subprocess.run(
        [sys.executable, "-B", "-v", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    cached, total = said.stdout.split()
    assert Path(cached).is_file()
    assert total == "1"
    assert f"code object from {cached!r}" in said.stderr


def test_tests_of_the_standard_library_are_left(tmp_path: Path) -> None:
    """No click brings them in, and there are many; a library in a folder of that name is compiled all the same."""
    library = tmp_path / "test" / "lib"
    for folder in ("email", "test", "ctypes/tests"):
        (library / folder).mkdir(parents=True)
        (library / folder / "parser.py").write_text("")
    compile_ahead([str(library)])
    assert [path.parent.parent.name for path in tmp_path.rglob("*.pyc")] == ["email"]


def test_packages_and_tieout_itself_are_among_the_folders() -> None:
    """Each stands once, and holds what a click brings in."""
    import msgspec  # noqa: PLC0415 - any package will do

    found = folders()
    assert len(found) == len(set(found))
    for module in (sys.modules["addin.install.installation"], msgspec, subprocess):
        assert any(Path(module.__file__ or "").is_relative_to(folder) for folder in found)
