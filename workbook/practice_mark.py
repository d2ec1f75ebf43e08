"""What every sheet of a practice run says first, so that nobody takes the sample company's figures for real ones."""

from __future__ import annotations

from sync.address import is_loopback
from sync.core.journal import Run
from sync.core.words import BLANK, Text, say

MARK = say("PRACTICE: sample company and practice site. Nothing here is real.")


def mark_of(run: Run | None) -> Text:
    """The mark of a run whose site is on this computer; no words for a real one, or without a run."""
    return MARK if run is not None and is_loopback(run.company.site) else BLANK


def marked(run: Run | None, title: Text) -> Text:
    """A title, after the mark where there is one."""
    mark = mark_of(run)
    return title if mark == BLANK else mark + title
