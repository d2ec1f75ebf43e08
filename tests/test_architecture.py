"""The architecture page names what is there, and the house keeps to its measures."""

from __future__ import annotations

import ast
import re
from itertools import chain

import pytest

from tests.catalogue import PACKAGES
from tests.readme import ROOT

PAGE = (ROOT / "sync" / "README.md").read_text(encoding="utf-8")
DECISIONS = (ROOT / "sync" / "DECISIONS.md").read_text(encoding="utf-8")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LOOSE = 4
OUTSIDE = {"ErrorResponseMessage", "InvoicePayment", "Legend", "Reconciliation"}
"""Records of Manage's and sheets of ours, which docstrings name and no class is called."""


def lines(text: str) -> int:
    """Return how many lines a text has."""
    return text.count("\n")


@pytest.mark.parametrize("page", [PAGE, DECISIONS], ids=["architecture", "decisions"])
def test_every_module_that_is_named_is_there(page: str) -> None:
    """From the top of the tree, or from `sync` where the page speaks of a wing of it."""
    named = set(re.findall(r"`([a-z_/*]+\.(?:py|po|json))`", page))
    missing = [path for path in named if not (list(ROOT.glob(path)) or list((ROOT / "sync").rglob(path)))]
    assert (missing, named != set()) == ([], True)


def test_every_class_that_a_docstring_names_is_there() -> None:
    """So that one that is renamed leaves nothing behind."""
    nodes = list(chain.from_iterable(ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in MODULES))
    said = [n.value.value for n in nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    named = {name for text in said for name in re.findall(r"`(?:[\w.]+\.)?([A-Z][a-z]\w*)`", str(text))}
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    others = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert named - classes - others == OUTSIDE


def test_the_page_is_short() -> None:
    """It is read before the code, at one sitting."""
    assert lines(PAGE) <= 120


def test_the_house_keeps_to_its_measures() -> None:
    """Few modules, nine in ten of a size that one reads at a sitting, and few loose ones beside the wings."""
    sizes = sorted(lines(path.read_text(encoding="utf-8")) for path in MODULES)
    assert (len(sizes) <= 220, sizes[len(sizes) * 9 // 10] < 375, sum(sizes) <= 41_200) == (True, True, True)
    loose = {
        package: [p.name for p in (ROOT / package).glob("*.py") if p.name != "__init__.py"] for package in PACKAGES
    }
    assert {package: names for package, names in loose.items() if len(names) > LOOSE} == {}
