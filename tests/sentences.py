"""All that is said to people, as it stands in the code: what is said together is one text, what it takes is a part."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from msgspec import Struct

from sync.core.values import errors
from tests.catalogue import PACKAGES, ROOT, english

KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.TieoutError)}
"""The names of all errors that are explained in words."""
ELSEWHERE = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for what other code says."""
WAY_OUT = "Restore the whole folder from a backup, or run tieout rebuild{options}."
"""What `LedgerLost` adds by itself."""


class Said(Struct, frozen=True, kw_only=True):
    """A text in the code.

    Attributes:
        module: where it is said.
        templates: its sentences in English, or `ELSEWHERE`.
        error: it is given to an error.
        part: it stands within another text.
    """

    module: str
    templates: tuple[str, ...]
    error: bool = False
    part: bool = False

    @property
    def words(self) -> str:
        """The whole text in English."""
        return " ".join(self.templates)


def everything() -> list[Said]:
    """Every text of the product."""
    return [said for module, tree in _modules() for said in _texts(module, tree)]


def pairs(module: str) -> list[tuple[str, str]]:
    """The pairs of texts in a module, such as a reason and its next step."""
    return [
        (" ".join(_templates(left)), " ".join(_templates(right)))
        for name, tree in _modules()
        for found in ast.walk(tree)
        if name == module and isinstance(found, ast.Tuple) and len(found.elts) == len(("reason", "step"))
        for left, right in [found.elts]
        if _templates(left) or _templates(right)
    ]


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _texts(module: str, tree: ast.AST) -> Iterator[Said]:
    """The texts at or below a node: each with its parts after it, and an error's sentences as one."""
    if isinstance(tree, ast.Call) and _name(tree) in KINDS:
        more = (WAY_OUT,) if _name(tree) == errors.LedgerLost.__name__ else ()
        yield Said(module=module, templates=(*_joined(tree.args), *more), error=True)
        yield from _parts(module, tree.args)
    elif isinstance(tree, ast.AugAssign) and (added := _templates(tree.value)):
        yield Said(module=module, templates=(ELSEWHERE, *added))
        yield from _parts(module, [tree.value])
    elif isinstance(tree, ast.expr) and (said := _templates(tree)):
        yield Said(module=module, templates=said)
        yield from _parts(module, [tree])
    else:
        for child in ast.iter_child_nodes(tree):
            yield from _texts(module, child)


def _parts(module: str, texts: Iterable[ast.expr]) -> Iterator[Said]:
    """What stands within texts."""
    for text in texts:
        for call in ast.walk(text):
            if _is_say(call):
                for value in call.keywords:
                    for said in _texts(module, value.value):
                        yield Said(module=module, templates=said.templates, part=True)


def _joined(texts: Iterable[ast.expr]) -> tuple[str, ...]:
    return tuple(template for text in texts for template in _templates(text) or (ELSEWHERE,))


def _templates(tree: ast.expr) -> tuple[str, ...]:
    """The sentences of an expression that says something itself; none of any other."""
    if _is_say(tree):
        first = tree.args[0]
        return (
            english(first.value) if isinstance(first, ast.Constant) and isinstance(first.value, str) else ELSEWHERE,
        )
    if (
        isinstance(tree, ast.BinOp)
        and isinstance(tree.op, ast.Add)
        and (_templates(tree.left) or _templates(tree.right))
    ):
        return _joined([tree.left, tree.right])
    return ()


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_say(tree: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(tree, ast.Call) and _name(tree) == "say"
