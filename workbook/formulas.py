"""Words and sheets as formulas, links and names hold them, whatever language they are in."""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.words import Text


def literal(words: Text | str) -> str:
    """Words within a formula."""
    return '"{}"'.format(str(words).replace('"', '""'))


def reference(sheet: Text | str) -> str:
    """A sheet that something refers to: in apostrophes, unless its name is one plain word."""
    name = str(sheet)
    return name if name.isidentifier() else "'{}'".format(name.replace("'", "''"))


def link_by_key(sheet: Text, own: str, theirs: str, words: Text) -> str:
    """Formula, the same in every row, that leads to the row of a sheet that bears the same key; empty if none does.

    Args:
        sheet: where to.
        own: the column of keys beside the formula, such as `$A:$A`.
        theirs: the column of keys there.
        words: what is shown.
    """
    there = reference(sheet)
    link = f'HYPERLINK("#{there}!A"&MATCH(INDEX({own},ROW()),{there}!{theirs},0),{literal(words)})'
    return f'=IFERROR({link},"")'


def sentence(words: Text, expressions: Mapping[str, str]) -> str:
    """A sentence with results in it, as a formula without its equals sign.

    Args:
        words: the sentence, with a mark in each place that a result takes.
        expressions: formulas without their equals signs, by the marks that they replace.
    """
    made = literal(words)
    for mark, expression in expressions.items():
        made = made.replace(mark, f'"&{expression}&"')
    return made.removeprefix('""&').removesuffix('&""')
