"""What the use cases need of files: reconciliations that come back, and audit packs that do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from sync.core.audit import Audit
from sync.core.proposal import Proposal
from sync.core.review import Decided, Review
from sync.core.words import Text


class ReviewFiles(Protocol):
    """Reconciliation files: written for review, read back for the decisions."""

    def write(self, path: Path, review: Review) -> None:
        """Write a reconciliation file, whole or not at all.

        Raises:
            SetupError: the folder is missing, or the file is open in Excel or cannot be written.
        """
        ...

    def run_of(self, path: Path) -> str:
        """The run id in a file's header block.

        Raises:
            SetupError: the file is missing, not a workbook, hostile, or not a reconciliation of Tieout.
        """
        ...

    def read(self, path: Path, reviewed: Mapping[str, Proposal]) -> Decided:
        """Read key, decision and note of each row; everything else in a row is only compared with what was reviewed.

        Raises:
            SetupError: as `run_of`.
        """
        ...


class AuditFiles(Protocol):
    """Audit packs: written once, never read back."""

    def write(self, folder: Path, audit: Audit, forms: Collection[str]) -> tuple[list[Path], Text | None]:
        """Write the files of an audit pack into a folder that is new and empty.

        Args:
            folder: where to.
            audit: what is on record of the run.
            forms: of "xlsx", "csv" and "pdf"; a PDF brings its workbook along.

        Returns:
            The files, and why a PDF that was wanted could not be made.

        Raises:
            SetupError: they cannot be written.
        """
        ...
