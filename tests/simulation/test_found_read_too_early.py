"""Once found: "never applied" is concluded from a reading made before the quiet period was over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from sync.core.values.posting import Outcome
from sync.core.values.records import Payment
from sync.usecases.write_protocol import settle
from tests.support.fakes import SILENCE
from tests.usecases.office import Office


def test_only_a_reading_after_the_quiet_period_says_never_applied(tmp_path: Path) -> None:
    """The computer sleeps between the reading and the judgement, or the reading takes long: still in doubt."""
    office = Office(folder=tmp_path / "state")
    office.invoice(1001, "100.00")
    office.receipt(1001, "100.00")
    office.site.before_write = lambda _: SILENCE
    review = office.sync()
    office.push(review)
    office.clock.pass_by(timedelta(minutes=9))
    read = office.site.payments

    def slow(invoice_ids: Collection[int]) -> dict[int, tuple[Payment, ...]]:
        found = read(invoice_ids)
        office.site.apply(office.site.writes[0])
        office.clock.pass_by(timedelta(minutes=2))
        return found

    office.site.payments = slow  # type: ignore[method-assign] # this site is slow
    doubtful = settle(office.site, office.ledger, office.clock, office.quiet, review.run.company)
    outcome = office.ledger.postings(review.run.id)["1001"].outcome
    office.ledger.close()
    assert (set(doubtful), outcome) == ({101001}, Outcome.UNKNOWN)
