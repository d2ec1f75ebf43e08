"""Between a sync and its push Tieout is updated: values get fields, sentences other words, and no row is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from msgspec import Struct

from sync.core.values import policy, records
from sync.core.values.messages import Language, Sentence, Text, say
from sync.core.values.posting import Decision, Outcome
from sync.language import catalogues
from tests.golden.ledger_files import asked, plain
from tests.support import rewording
from tests.support.fakes import SILENCE
from tests.usecases.office import Office, outcomes

OF_WORDS = (Text, Sentence, Language)
"""What is said has a stored form of its own, which `tests/ledger/test_formats.py` holds."""
World = Callable[[], AbstractContextManager[object]]
OURS = ("sync.", "workbook.", "tests.support.", "tests.usecases.", "tests.golden.")


def later(cls: type[Struct]) -> type[Struct]:
    """A value as a later version has it: with one more field, at its default."""
    return msgspec.defstruct(cls.__name__, [("colour", str, "red")], bases=(cls,), frozen=True, kw_only=True)


@contextmanager
def updated() -> Iterator[set[str]]:
    """Every value of the core with one more field, wherever it is made."""
    modules = [module for name, module in sys.modules.items() if name.startswith(OURS)]
    core = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Struct) and each.__module__.startswith("sync.core.")
    }
    new = {cls: later(cls) for cls in core - set(OF_WORDS)}
    with pytest.MonkeyPatch.context() as patched:
        for module in modules:
            for name, each in list(vars(module).items()):
                if isinstance(each, type) and each in new:
                    patched.setattr(module, name, new[each])
        yield {cls.__name__ for cls in new}


@contextmanager
def reworded() -> Iterator[None]:
    """Every sentence in other words, in every language."""
    english = patch.object(catalogues, "ENGLISH", rewording.reworded("en"))
    with english, patch.object(catalogues, "language", rewording.reworded):
        yield


@contextmanager
def unchanged() -> Iterator[None]:
    """The same version."""
    yield


def busy(office: Office) -> Office:
    """Invoices to be created, changed, deleted and left alone, paid in cash, by discount and online."""
    for number in (1001, 1002, 1003, 1004):
        office.invoice(number, "100.00")
    office.receipt(1001, "100.00")
    office.receipt(1002, "40.00")
    office.receipt(1003, "98.00")
    office.row(1003, "-2.00", kind=2)
    office.receipt(1004, "100.00")
    office.invoice(1005, "100.00", office.record(1005, "30.00"))
    office.receipt(1005, "60.00")
    return office


def read_anew(office: Office) -> None:
    """What both systems hold, as values of the version that reads it now."""
    books, site = office.books, office.site
    books.documents = [records.Document(**_fields(each)) for each in books.documents]
    books.entries = [records.Entry(**_fields(each)) for each in books.entries]
    site.invoices_ = {number: records.Invoice(**_fields(each)) for number, each in site.invoices_.items()}
    site.records = {
        number: [records.Payment(**_fields(each)) for each in some] for number, some in site.records.items()
    }
    office.policy = policy.Policy(**_fields(office.policy))


def _fields(value: Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__ if name != "colour"}


def told(office: Office) -> Any:  # noqa: ANN401 - plain values
    """All that the ledger answers, without the fields of the later version."""
    return _without_colour(plain(asked(office.ledger)))


def _without_colour(value: Any) -> Any:  # noqa: ANN401 - plain values
    if isinstance(value, dict):
        return {name: _without_colour(each) for name, each in value.items() if name != "colour"}
    return [_without_colour(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("first", "second"), [(unchanged, updated), (updated, unchanged), (unchanged, reworded), (reworded, unchanged)]
)
def test_a_review_is_pushed_by_another_version_as_by_its_own(office: Office, first: World, second: World) -> None:
    """No row is stale, none is refused, and history and pack are the same, whichever version asks."""
    with first():
        busy(office)
        review = office.sync()
        before, keys = told(office), [row.key for row in review.rows]
    office.reopen()
    with second():
        read_anew(office)
        assert before == told(office)
        pushed = office.push_decided(review.run.id, [Decision(key=key, approve=True) for key in keys])
        assert outcomes(pushed) == dict.fromkeys(keys, Outcome.POSTED)
        assert pushed.successful
        after, audit = told(office), _without_colour(plain(office.audit(review.run.id)))
    office.reopen()
    assert after == told(office)
    assert audit == plain(office.audit(review.run.id))


def test_a_write_in_doubt_is_settled_and_undone_by_another_version(office: Office) -> None:
    """Its intent and its posting are joined by their attempt, whatever else they say."""
    busy(office)
    review = office.sync()
    office.site.before_write = lambda write: SILENCE if write.invoice_id == 101_001 else None
    assert outcomes(office.push(review))["1001"] is Outcome.UNKNOWN
    office.site.before_write = lambda _: None
    office.site.apply(next(write for write in office.site.writes if write.invoice_id == 101_001))
    office.clock.pass_by(timedelta(minutes=11))
    with updated():
        read_anew(office)
        office.sync()
        assert office.ledger.postings(review.run.id)["1001"].outcome is Outcome.POSTED
        assert set(outcomes(office.undo(review.run.id)).values()) == {Outcome.POSTED}


def test_every_value_of_the_core_gets_a_field(office: Office) -> None:
    """So that the tests above test what they say: what was read, and what was made of it."""
    busy(office)
    with updated() as names:
        read_anew(office)
        review = office.sync()
        made = (review, review.run, review.rows[0], office.books.documents[0], office.policy)
        assert all("colour" in value.__struct_fields__ for value in made)
        known = {
            "Document",
            "Entry",
            "Invoice",
            "Payment",
            "Proposal",
            "Posting",
            "Intent",
            "Run",
            "Policy",
            "Decision",
        }
        assert known <= names
    assert say("empty").said(catalogues.ENGLISH) == "empty"
