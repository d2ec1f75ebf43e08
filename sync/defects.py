"""What becomes of an error that nobody foresaw: a log with every secret taken out, and one sentence for the person."""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path

from sync.core.words import Text, say

LOG = "tieout-error.log"
SECRETS = ("TIEOUT_SAGE_PASSWORD", "TIEOUT_MANAGE_PUBLIC_KEY", "TIEOUT_MANAGE_PRIVATE_KEY")
HIDDEN = "(hidden)"
_IN_WORDS = re.compile(
    r"(?i)((?:pwd|password)\s*=\s*)(?:\{(?:[^}]|\}\})*\}|[^;\s'\"]+)|(authorization'?:\s*'?basic\s+)[\w+/=]+"
)
_SHORTEST = 4
_unlocked: set[str] = set()
"""Secrets that this process has taken from the keyring or the environment."""


def hide(*secrets: str | None) -> None:
    """Keep secrets out of every log from now on; one of a few letters would only take words apart."""
    _unlocked.update(secret for secret in secrets if secret and len(secret) >= _SHORTEST)


def defect(state: Path, error: BaseException) -> Text:
    """Keep the whole story of an error in a state folder, and say what to do.

    Args:
        state: the folder; where it cannot be written, only the sentence is left.
        error: what was raised.
    """
    kind = type(error).__name__
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / LOG).write_text(without_secrets("".join(traceback.format_exception(error))), encoding="utf-8")
    except OSError:
        return say(
            "Tieout met something it does not know ({kind}); its details could not be kept. Please report it.",
            kind=kind,
        )
    return say(
        "Tieout met something it does not know ({kind}); details are in {log}. Please report it.",
        kind=kind,
        log=str(state / LOG),
    )


def without_secrets(text: str) -> str:
    """A text in which no secret of this process stands any more."""
    given = {os.environ.get(name) or "" for name in SECRETS} - {""}
    for secret in sorted(given | _unlocked, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _IN_WORDS.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", text)
