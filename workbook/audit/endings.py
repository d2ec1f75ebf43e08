"""How rows ended, in a word or two: what became of each, and how its push went."""

from __future__ import annotations

from sync.core.completeness import Disposition
from sync.core.labels import OUTCOMES
from sync.core.posting import Outcome, Posting
from sync.core.words import Labels, say

BECAME = Labels(
    {
        Disposition.POSTED: say("Posted"),
        Disposition.IN_AGREEMENT: say("In agreement"),
        Disposition.READY: say("Ready, not pushed"),
        Disposition.HELD: say("Held"),
        Disposition.OUT_OF_SCOPE: say("Out of scope"),
    }
)
READ_BACK = Labels({True: say("agrees"), False: say("no")})
"""Whether what was read back is what was sent."""
_UNDONE = "undone"
_OUTCOMES = Labels({**{outcome.value: word for outcome, word in OUTCOMES.items()}, _UNDONE: say("undone")})


def outcome_word(posting: Posting) -> str:
    """How a row's push ended, in one word."""
    return _OUTCOMES[_UNDONE if posting.undo and posting.outcome is Outcome.POSTED else posting.outcome]
