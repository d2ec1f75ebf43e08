"""The layout mark: what a control workbook says of all that is found in it by its place or by its words.

A workbook is kept for years, but read and filled by the places and words of today's code. It carries the mark of the
code that built it, at a cell that stays the same in every format, and is left alone by any code of another mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from msgspec import json

from sync.core.values.labels import CHOICES
from sync.core.values.messages import Language, Text
from sync.language.catalogues import NAMES
from sync.settings.interview import SECRETS
from workbook.control import control_sheet, settings_sheet
from workbook.control.list_sheets import LISTS
from workbook.control.panel import (
    CONFIGURATION,
    FIGURE_CELLS,
    FIGURES,
    INPUT_BLOCK,
    INPUTS,
    REVIEWED_COLUMN,
    STORED_BLOCK,
)
from workbook.control.panel import SHEET as CONTROL
from workbook.control.review_blocks import HEADER_ROW, LIVE_COLUMNS
from workbook.look.column import Column
from workbook.look.statuses import LOOKS
from workbook.review.columns import ANSWERS, TABLE
from workbook.review.columns import SHEET as RECONCILIATION
from workbook.review.review_sheet import LEGEND
from workbook.xlsx.cells import in_words

CONTROL_FORMAT = 2
SHEETS: tuple[Text | str, ...] = (
    CONTROL,
    RECONCILIATION,
    *(sheet.name for sheet in LISTS),
    settings_sheet.NAME,
    LEGEND,
    FIGURES,
    CONFIGURATION,
)


def layout_mark(language: Language) -> str:
    """Return the mark that today's code gives a workbook in a language: the format's number, and a hash of its facts.

    The facts are named, and in a fixed order: a new one, or one that goes, means a new format.
    """

    def headed(columns: Iterable[Column[Any]]) -> list[tuple[object, ...]]:
        return [(each.id, each.kind, each.adds, each.header.said(language)) for each in columns]

    form, company = settings_sheet, control_sheet
    facts = {
        "language": language.code,
        "sheets": in_words(SHEETS, language),
        "inputs": (INPUT_BLOCK, INPUTS),
        "languages": NAMES,
        "choices": (list(CHOICES), in_words(CHOICES.values(), language)),
        "companies": (company.NAME, company.LIST_BLOCK, in_words((company.DEFAULT, company.SAMPLE), language)),
        "figures": (STORED_BLOCK, FIGURE_CELLS, REVIEWED_COLUMN),
        "settings": (form.INPUT_BLOCK, form.ROWS, form.WRITTEN, form.FILLED_BLOCK, form.DRIVERS, form.DRIVER_BLOCK),
        "checks": (form.SHOWN_BLOCK, list(SECRETS), in_words(form.VERDICTS.values(), language)),
        "lists": [(each.header, each.most, each.leads_back, headed(each.columns)) for each in LISTS],
        "review": (TABLE, HEADER_ROW, headed(LIVE_COLUMNS)),
        "answers": in_words(ANSWERS.values(), language),
        "statuses": {status: look.word.said(language) for status, look in LOOKS.items()},
    }
    found = json.encode([CONTROL_FORMAT, *facts.items()])
    return f"{CONTROL_FORMAT}:{hashlib.sha256(found).hexdigest()[:12]}"
