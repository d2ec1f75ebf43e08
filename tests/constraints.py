"""Renews the tested versions of all that is installed: `uv run python -m tests.constraints`.

Takes the newest versions that the ranges of `pyproject.toml` allow, of every package in the tree and for every system
(those that only Windows or macOS installs are chosen too, though the tests of this machine never meet them), installs
them, writes them down under `[tool.uv]`, and runs the suite. A range is widened by hand, and this is run after it.
`--no-tests` only writes; whatever else is given goes to the tests.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"


def pinned(lock: Mapping[str, Any]) -> list[str]:
    """Return a `name==version` for each package of a lock file, without the project itself.

    A package that is locked in several versions has each for the Pythons that its marker names.
    """
    pins = []
    for package in lock["package"]:
        if "registry" in package["source"]:
            marker = " or ".join(f"({each})" for each in package.get("resolution-markers", ()))
            pins.append(f"{package['name']}=={package['version']}" + (f" ; {marker}" if marker else ""))
    return sorted(pins)


def with_constraints(project: str, pins: Sequence[str]) -> str:
    """Return the text of a `pyproject.toml` with these constraints in the place of its own."""
    document = tomlkit.parse(project)
    tools: dict[str, Any] = document["tool"]
    lines = tomlkit.array().multiline(multiline=True)
    lines.extend(pins)
    tools["uv"]["constraint-dependencies"] = lines
    return tomlkit.dumps(document)


def renew() -> None:
    """Choose anew, install, and write down what was chosen; where no choice is possible all stays as it was."""
    before = PROJECT.read_text("utf-8")
    try:
        PROJECT.write_text(with_constraints(before, []), "utf-8")
        subprocess.run(["uv", "lock", "--quiet", "--upgrade"], cwd=ROOT, check=True)
        lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
        PROJECT.write_text(with_constraints(before, pinned(lock)), "utf-8")
        subprocess.run(["uv", "sync", "--quiet"], cwd=ROOT, check=True)
    except BaseException:
        PROJECT.write_text(before, "utf-8")
        raise


def main(arguments: Sequence[str]) -> int:
    """Renew, and run the suite unless asked not to; returns its exit status."""
    renew()
    if "--no-tests" in arguments:
        return 0
    return subprocess.run(["bash", "tests/run", *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
