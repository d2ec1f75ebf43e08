"""These tests are Windows' own: elsewhere nothing of them is collected."""

from __future__ import annotations

import sys

from tests.cli.conftest import practice, terminal

__all__ = ["practice", "terminal"]
collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]
