"""Why a row is no longer as it was reviewed, where no fact tells."""

from __future__ import annotations

from msgspec.structs import replace

from sync.core.decide.push_rules import what_changed
from sync.core.values.labels import STATUSES
from sync.core.values.messages import say
from sync.core.values.proposal import Status
from tests.core.values.test_file_names import READY

REVIEWED = replace(READY, facts=(("sage-number", "1001"),), fingerprint="1:a")


def test_nothing_changed_while_facts_status_and_write_are_the_same() -> None:
    """Even where another version made its hash in another way."""
    assert what_changed(REVIEWED, REVIEWED) is None
    assert what_changed(REVIEWED, replace(REVIEWED, fingerprint="1:b")) is None


def test_a_row_without_facts_was_reviewed_by_another_version() -> None:
    """Nothing can be compared with it."""
    assert what_changed(replace(REVIEWED, facts=()), REVIEWED) == say("push-reviewed-by-other-version")


def test_another_status_by_the_same_facts_is_said() -> None:
    """What our ledger has learned since may judge a row otherwise."""
    changed = replace(REVIEWED, status=Status.CHANGED_IN_MANAGE)
    words = {"before": STATUSES[REVIEWED.status], "now": STATUSES[Status.CHANGED_IN_MANAGE]}
    assert what_changed(REVIEWED, changed) == say("push-status-changed-since-review", **words)
