"""Puts right what Wine does otherwise than Windows and the product rests on; pytest is given it as a plug-in."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Any

if sys.platform == "win32":
    msvcrt = import_module("msvcrt")
    _locking = msvcrt.locking

    def locking(*given: Any) -> None:  # noqa: ANN401 - as it is called
        """Say as Windows does that somebody else holds the lock; Wine 8 gives no number."""
        try:
            _locking(*given)
        except OSError as error:
            raise PermissionError(error.errno or errno.EACCES, "locked") from error

    msvcrt.locking = locking
