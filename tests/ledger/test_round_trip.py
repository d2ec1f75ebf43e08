"""What goes in comes out the same, to the cent and to the microsecond."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.journal import Run, RunEnd
from sync.core.posting import Decision, Intent, Posting
from sync.core.proposal import Proposal
from sync.ledger.book import open_ledger
from tests.ledger.samples import row, run
from tests.ledger.values import of

EXAMPLES = settings(max_examples=60, deadline=None)


@EXAMPLES
@given(begun=of(Run), rows=st.lists(of(Proposal), max_size=3, unique_by=lambda row: row.key))
def test_runs_and_their_rows(begun: Run, rows: list[Proposal]) -> None:
    """A run and its reviewed rows are read back exactly, by another opening of the file."""
    with tempfile.TemporaryDirectory() as folder:
        with open_ledger(Path(folder)) as ledger:
            ledger.begin(begun, rows)
        with open_ledger(Path(folder)) as ledger:
            assert begun == ledger.run(begun.id)
            assert ledger.replaced_by(begun) is None
            assert begun.company == ledger.company_of_site(begun.company.site, begun.company.manage)
            assert {row.key: row for row in rows} == ledger.reviewed(begun.id)


@EXAMPLES
@given(decision=of(Decision), sent=of(Intent), posting=of(Posting), ended=of(RunEnd))
def test_what_follows_a_run(decision: Decision, sent: Intent, posting: Posting, ended: RunEnd) -> None:
    """Notes, intents, outcomes and ends are read back exactly, by another opening of the file."""
    with tempfile.TemporaryDirectory() as folder:
        begun, shown = run(0), row("1")
        posting, sent, ended = replace(posting, run="R0", undo=False), replace(sent, run="R0"), replace(ended, run="R0")
        with open_ledger(Path(folder)) as ledger:
            ledger.begin(begun, [shown])
            ledger.decide("R0", [replace(decision, key="1")])
            ledger.conclude(replace(posting, key="another"))
            ledger.intend(sent)
            ledger.finish(ended)
        with open_ledger(Path(folder)) as ledger:
            assert decision.note == ledger.open_items(begun.company)["1"].note
            assert {"another": replace(posting, key="another")} == ledger.postings("R0")
            assert [sent] == ledger.in_doubt(begun.company)
            assert ended == ledger.history()[0].end
            assert ledger.head() == ledger.verify()
