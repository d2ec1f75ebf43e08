"""What goes in comes out the same, to the cent and to the microsecond."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.core.prove.review import Evidence
from sync.core.values.posting import Decision, Intent, Posting
from sync.core.values.proposal import Proposal
from sync.core.values.runs import Export, Run, RunEnd
from sync.ledger.sqlite_ledger import open_ledger
from tests.ledger.samples import row, run
from tests.ledger.values import of

DECISIONS = of(Decision).map(lambda decision: replace(decision, invoice="", blank=False, no_day=""))
"""Decisions as far as they are stored."""

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
            assert ledger.companies() == {begun.company: begun.says}
            assert {row.key: row for row in rows} == ledger.reviewed(begun.id)


@EXAMPLES
@given(evidence=of(Evidence), made=of(Export), decision=DECISIONS, ended=of(RunEnd))
def test_what_an_audit_is_made_of(evidence: Evidence, made: Export, decision: Decision, ended: RunEnd) -> None:
    """The proof of a run, its decisions, its ends and its exports are read back exactly; another run has none."""
    with tempfile.TemporaryDirectory() as folder:
        with open_ledger(Path(folder)) as ledger:
            ledger.begin(run(0), [row("1")], evidence)
            ledger.begin(run(1), [])
            ledger.decide("R0", [replace(decision, approve=not decision.approve), decision])
            ledger.finish(replace(ended, run="R0"))
            ledger.export(replace(made, run="R0"))
        with open_ledger(Path(folder)) as ledger:
            assert (evidence, None) == (ledger.evidence("R0"), ledger.evidence("R1"))
            assert ({decision.key: decision}, {}) == (ledger.decisions("R0"), ledger.decisions("R1"))
            assert ([replace(ended, run="R0")], []) == (ledger.ends("R0"), ledger.ends("R1"))
            assert ([replace(made, run="R0")], []) == (ledger.exports("R0"), ledger.exports("R1"))
            assert [(), (replace(made, run="R0"),)] == [entry.exports for entry in ledger.history()]
            assert ledger.head() == ledger.verify()


@EXAMPLES
@given(decision=DECISIONS, sent=of(Intent), posting=of(Posting), ended=of(RunEnd))
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
