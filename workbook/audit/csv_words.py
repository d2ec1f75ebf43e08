"""Words as every spreadsheet leaves them: with an apostrophe before those that it would make something else of."""

from __future__ import annotations

import re

from workbook.xlsx.cells import visible

CONTROLS = ("\t", "\r", "\n")
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")
"""What a spreadsheet may take for the beginning of a formula; some read the wide forms of East Asia alike."""
MARK = "'"
"""Stands before words that a spreadsheet would otherwise make something else of."""
_TRUTH = frozenset({"true", "false", "vrai", "faux"})
_LETTERS = re.compile(r"[^\W\d_]+")
_IN_VALUES = re.compile(
    "e|am?|pm?|[htz]|st|nd|rd|th|er|cad|usd|"
    "jan(uary|v|vier)?|feb(ruary)?|f[ée]v(r|rier)?|mar(ch|s)?|a[pv]r(il)?|may|mai|june?|juin|jul(y)?|juil(let)?|aug(ust)?|"
    "ao[uû]t|sept?(ember|embre)?|oct(ober|obre)?|nov(ember|embre)?|d[eé]c(ember|embre)?|"
    "(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(day)?|(lun|mar|mer|mercre|jeu|ven|vendre|sam|same)(di)?|dim(anche)?"
)
"""What letters may stand for in a number, an amount, a date or a time, in English and French."""
UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"


def harmless(words: str) -> str:
    """Return words that every spreadsheet leaves as they are: with an apostrophe before those that it would change.

    Those look like a formula, a number, a date, a truth value or an error, or begin with an apostrophe of their own: so
    the words of a field are always what is left without its first apostrophe. Excel and LibreOffice keep and show it.
    """
    seen = visible(words)
    formula = words.startswith(CONTROLS) or _trimmed(words).startswith((*CONTROLS, *DANGEROUS))
    return f"{MARK}{seen}" if formula or seen.startswith(MARK) or _reads_as_value(seen) else seen


def _reads_as_value(words: str) -> bool:
    """Return whether a spreadsheet may make a number, a date or the like of words: 007, 1E5, 1/2, 3 mars 2026, TRUE."""
    said = words.strip().casefold()
    if said in _TRUTH or said.startswith("#"):
        return True
    letters = _LETTERS.findall(said)
    named = letters[:1] if said[:1].isalpha() else []
    return (
        any(each.isdigit() for each in said)
        and all(_IN_VALUES.fullmatch(each) for each in letters)
        and all(len(each) > 1 for each in named)
    )


def _trimmed(words: str) -> str:
    """Return words without the blanks and the unseen characters before them, of whatever width."""
    return words.lstrip().lstrip(UNSEEN).lstrip()
