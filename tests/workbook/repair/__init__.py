"""What is known to make Excel repair or refuse a file, looked for in the files that Tieout makes.

No rule here is a schema's: a file that every schema allows can still be repaired. They are from the specification's own
remarks (ISO 29500-1), from Excel's limits as Microsoft lists them, and from what writers of such files have met.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import book, package, sheet_cells, sheet_rules, tables
from .package import Package

RULES = (*package.RULES, *book.RULES, *tables.RULES, *sheet_rules.RULES, *sheet_cells.RULES)


def complaints(found: Package) -> Iterator[str]:
    """Yield what Excel would repair or refuse in a file, each with its part; what cannot be read ends the search."""
    unreadable = list(package.unreadable(found))
    yield from unreadable
    if not unreadable:
        for rule in RULES:
            yield from rule(found)
