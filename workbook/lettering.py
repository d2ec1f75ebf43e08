"""How wide bold words are in a sheet's font, so that a column is never narrower than what stands at its head."""

from __future__ import annotations

from unicodedata import normalize

from sync.core.words import Text

_EM = 10 * 96 / 72
"""Pixels of the font's size."""
_DIGIT, _BESIDE = 7, 3
"""Pixels of a digit, which a column's width counts; and what a column has beside its digits and words do not need."""
_INDENT = 1.4
"""What a step of indentation takes of a column's width."""
_WIDTHS = {
    letter: width
    for width, letters in (
        (278, " ,./:;|!Iijl"),
        (333, "-()[]ft'"),
        (389, "r*"),
        (611, "bdghnopqu?FLTZ"),
        (667, "EPSVXY"),
        (722, "ABCDHKNRU&"),
        (778, "GOQw"),
        (833, "M"),
        (889, "m"),
        (944, "W"),
    )
    for letter in letters
}
"""Of Arial's bold letters, in thousandths of its size."""
_OTHER = 556
"""Of most small letters, and of digits."""


def bold(words: Text | str) -> float:
    """The width of a column that bold words fit into on one line."""
    letters = normalize("NFD", str(words))
    thousandths = sum(_WIDTHS.get(letter, _OTHER) for letter in letters if ord(letter) not in _ACCENTS)
    return (thousandths * _EM / 1000 - _BESIDE) / _DIGIT


_ACCENTS = range(0x300, 0x370)


def headed(header: Text, width: float, *, lines: int = 2, indented: bool = False) -> float:
    """The width of a column, or the least that its header needs.

    Args:
        header: of the column.
        width: that it has anyway.
        lines: that its header may take, one or two.
        indented: it begins a little inside the column.
    """
    words = str(header).split()
    ends = range(1, len(words) + 1) if lines > 1 else [len(words)]
    halves = ((" ".join(words[:end]), " ".join(words[end:])) for end in ends)
    return max(width, min(max(map(bold, each)) for each in halves) + indented * _INDENT)
