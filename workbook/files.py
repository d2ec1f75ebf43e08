"""Reconciliation files, as the use cases know them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sync.core.proposal import Proposal
from sync.core.review import Decided, Review


class ExcelFiles:
    """Implements the port `ReviewFiles` with Excel workbooks."""

    def write(self, path: Path, review: Review) -> None:
        """Write a reconciliation file, whole or not at all."""
        from workbook.writer import write  # noqa: PLC0415 - a push does not pay for XlsxWriter

        write(path, review)

    def run_of(self, path: Path) -> str:
        """The run id in a file's header block."""
        from workbook.reader import run_of  # noqa: PLC0415 - a sync does not pay for the XML parsers

        return run_of(path)

    def read(self, path: Path, reviewed: Mapping[str, Proposal]) -> Decided:
        """Read key, decision and note of each row; everything else is only compared with what was reviewed."""
        from workbook.reader import read  # noqa: PLC0415 - a sync does not pay for the XML parsers

        return read(path, reviewed)
