"""Bytecode made ahead. xlwings starts Python with -B, which keeps none: each click would compile every module anew."""

from __future__ import annotations

import compileall
import re
import sysconfig
from collections.abc import Iterable
from pathlib import Path

_NEVER_IMPORTED = r"[\\/](.*[\\/])?(tests?|idlelib|lib2to3|turtledemo|ensurepip|site-packages)[\\/]"
"""Parts of the standard library that no click brings in; packages have a folder of their own among those compiled."""


def folders() -> list[str]:
    """Where Tieout stands, and where this Python keeps packages and its own library; each once."""
    paths, here = sysconfig.get_paths(), Path(__file__).parents[1]
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
