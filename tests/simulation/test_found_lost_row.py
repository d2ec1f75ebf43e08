"""Once found: an earlier run's write, settled during a later push, closes the later run's row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sync.core.values.posting import Outcome
from tests.support.fakes import SILENCE
from tests.usecases.office import LAST_RUN, Office, outcomes, statuses


def test_settling_an_older_write_does_not_close_a_newer_row(tmp_path: Path) -> None:
    """40.00 in doubt, 60.00 more reviewed, then the 40.00 arrives: the row for 100.00 has to be carried forward."""
    office = Office(folder=tmp_path / "state")
    office.invoice(1001, "100.00")
    office.receipt(1001, "40.00", entered_on=date(2026, 4, 1))
    office.site.before_write = lambda _: SILENCE
    office.push(office.sync())
    office.receipt(1001, "60.00", entered_on=date(2026, 4, 2))
    review = office.sync()
    office.site.apply(office.site.writes[0])
    pushed = office.push(review)
    assert outcomes(pushed) == {"1001": Outcome.STALE}
    assert office.shown(1001)[0] == "40.00"
    open_items = office.ledger.open_items(review.run.company)
    last_run = statuses(office.sync(LAST_RUN))
    office.ledger.close()
    assert list(open_items) == ["1001"]
    assert last_run == {"1001": "ready"}
