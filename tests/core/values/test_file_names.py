"""The JSON that scripts read, word for word: its keys, its shapes and its sums."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from sync.cli.output import history_json, pushed_json, review_json
from sync.core.prove.review import Review
from sync.core.values.messages import say
from sync.core.values.periods import Choice, Since, Window
from sync.core.values.posting import Outcome, Posting
from sync.core.values.proposal import Status
from sync.core.values.runs import (
    Company,
    Export,
    Head,
    Person,
    Phase,
    Run,
    RunEnd,
    RunSummary,
    change_by_currency,
    file_name,
    pack_file,
    pack_name,
    run_state,
)
from sync.language.catalogues import ENGLISH
from tests.core.values.test_posting import CREATE
from tests.support.build import proposal

START, END = date(2026, 3, 10), date(2026, 4, 10)
RUN = Run(
    id="20260410-133000-abcd",
    started=datetime(2026, 4, 10, 13, 30, tzinfo=UTC),
    day=END,
    company=Company(sage="Maple Networks Inc.", site="https://api-na.example.net", manage="acme"),
    person=Person(user="marie", computer="compta-1"),
    window=Window(since=Since(choice=Choice.PAST_MONTH), start=START, end=END),
    strategy=say("By the day of entry."),
    policy="0123456789abcdef",
    highest_row=7,
    requests=3,
    notices=(say("The login could write."), say("{count} rows.", count=2)),
    version="0.1.0",
)
READY = proposal(
    1001,
    invoice="INV-1001",
    reason=say("Paid in full."),
    next_step=say("Push it."),
    sage_total=Decimal("113.00"),
    cash=Decimal("100.00"),
    discount=Decimal("7.00"),
    credit=Decimal("5.00"),
    other=Decimal("1.00"),
    sage_balance=Decimal("0.00"),
    manage_total=Decimal("114.00"),
    paid_before=Decimal("20.00"),
    paid_proposed=Decimal("108.00"),
    date_paid_before=date(2026, 3, 20),
    date_paid_proposed=date(2026, 4, 7),
    clearing_receipt="R55",
    write=CREATE,
)
UNNAMED = replace(READY, key="1002", currency=None, currency_id=3, status=Status.CURRENCY_DIFFERS, write=None)
UNREAD = proposal(
    1003,
    invoice="INV-1003",
    dated=None,
    status=Status.BAD_DATA,
    reason=say("An amount is empty."),
    next_step=say("Correct it."),
)
POSTED = Posting(
    run=RUN.id,
    key="1001",
    invoice="INV-1001",
    outcome=Outcome.POSTED,
    message=say("push-written-and-read-back"),
    currency="CAD",
    paid_before=Decimal("20.00"),
    paid_after=Decimal("108.00"),
    date_paid_after=date(2026, 4, 7),
    payment_id=9001,
    verified=True,
)
REFUSED = Posting(run=RUN.id, key="1002", invoice="INV-1002", outcome=Outcome.REFUSED, message=say("No."))


def test_a_review_is_one_object_with_its_window_rows_and_totals() -> None:
    """Money with two decimals, ISO days, absent is null; an unnamed currency is null in the totals too."""
    found = review_json(Review(run=RUN, rows=[READY, UNNAMED, UNREAD], ledger_head=Head(rows=0, hash="")))
    nothing = dict.fromkeys(("sage_total", "manage_total", "cash", "discount", "credit", "other", "sage_balance"))
    nothing |= dict.fromkeys(("paid_before", "paid_proposed", "date_paid_before", "date_paid_proposed"))
    ready = {
        "key": "1001",
        "invoice": "INV-1001",
        "customer": "Boréal inc.",
        "currency": "CAD",
        "status": "ready",
        "reason": "Paid in full. Push it.",
        "sage_total": "113.00",
        "manage_total": "114.00",
        "cash": "100.00",
        "discount": "7.00",
        "credit": "5.00",
        "other": "1.00",
        "sage_balance": "0.00",
        "paid_before": "20.00",
        "paid_proposed": "108.00",
        "date_paid_before": "2026-03-20",
        "date_paid_proposed": "2026-04-07",
        "clearing_receipt": "R55",
        "approve": True,
        "held": False,
    }
    unread = {
        "key": "1003",
        "invoice": "INV-1003",
        "customer": "Boréal inc.",
        "currency": "CAD",
        "status": "bad_data",
        "reason": "An amount is empty. Correct it.",
        **nothing,
        "clearing_receipt": None,
        "approve": False,
        "held": False,
    }
    assert found == {
        "run": "20260410-133000-abcd",
        "company": "Maple Networks Inc.",
        "window": {"choice": "past-month", "start": "2026-03-10", "end": "2026-04-10"},
        "strategy": "By the day of entry.",
        "notices": ["The login could write.", "2 rows."],
        "requests": 3,
        "rows": [
            ready,
            ready | {"key": "1002", "currency": None, "status": "currency_differs", "approve": False},
            unread,
        ],
        "totals": {
            "count": 3,
            "approved": 1,
            "became": [
                tally("ready", "CAD", "113.00", "88.00"),
                tally("waiting", "CAD", "0.00", "0.00"),
                tally("waiting", None, "113.00", "0.00"),
            ],
            "bridge": [
                {"currency": "CAD", "step": step, "count": count, "amount": amount}
                for step, count, amount in (
                    ("entered", 0, "0.00"),
                    ("rounding", 1, "113.00"),
                    ("settled", 1, "113.00"),
                    ("proposed", 1, "108.00"),
                    ("changed", 1, "88.00"),
                )
            ],
            "statuses": [
                sums("bad_data", "CAD", "0.00", "0.00", "0.00", "0.00"),
                sums("currency_differs", None, "113.00", "20.00", "108.00", "0.00"),
                sums("ready", "CAD", "113.00", "20.00", "108.00", "88.00"),
            ],
        },
    }


def tally(became: str, currency: str | None, settled: str, change: str) -> dict[str, object]:
    """What became of a row."""
    return {"disposition": became, "currency": currency, "count": 1, "settled": settled, "change": change}


def sums(  # a line of the totals
    status: str, currency: str | None, settled: str, before: str, proposed: str, change: str
) -> dict[str, object]:
    """Count and sums of one status in one currency."""
    return {
        "status": status,
        "currency": currency,
        "count": 1,
        "settled": settled,
        "paid_before": before,
        "paid_proposed": proposed,
        "change": change,
    }


def test_a_push_is_one_object_with_its_postings_and_totals() -> None:
    """Outcomes and currencies in order; what was not read is null."""
    assert pushed_json(RUN, [REFUSED, POSTED, replace(POSTED, currency="AUD")]) == {
        "run": "20260410-133000-abcd",
        "postings": [
            {
                "key": "1002",
                "invoice": "INV-1002",
                "outcome": "refused",
                "paid_before": None,
                "paid_after": None,
                "date_paid_after": None,
                "payment_id": None,
                "verified": False,
                "message": "No.",
            },
            *[
                {
                    "key": "1001",
                    "invoice": "INV-1001",
                    "outcome": "posted",
                    "paid_before": "20.00",
                    "paid_after": "108.00",
                    "date_paid_after": "2026-04-07",
                    "payment_id": 9001,
                    "verified": True,
                    "message": "Written and read back.",
                }
            ]
            * 2,
        ],
        "totals": {
            "count": 3,
            "outcomes": {"posted": 2, "refused": 1},
            "change": {"AUD": "88.00", "CAD": "88.00"},
        },
    }


def test_only_posted_rows_change_what_is_paid_each_in_its_currency() -> None:
    """Sums by currency; a reading that never came adds nothing to what was there before."""
    already = replace(POSTED, outcome=Outcome.ALREADY)
    first = replace(POSTED, paid_before=None)
    unread = replace(POSTED, paid_before=Decimal("5.00"), paid_after=None, currency=None)
    assert change_by_currency([already, POSTED, first, unread]) == {
        "CAD": Decimal("196.00"),
        "currency ": Decimal("-5.00"),
    }


def test_the_history_has_an_object_for_each_run() -> None:
    """How it ended, or that it was interrupted; and the files that were made of it."""
    end = RunEnd(
        run=RUN.id,
        phase=Phase.PUSH,
        at=RUN.started,
        person=RUN.person,
        successful=True,
        outcomes={Outcome.POSTED: 2},
    )
    export = Export(
        run=RUN.id,
        at=RUN.started,
        person=RUN.person,
        folder="/audit",
        files=(("a.xlsx", "0a"), ("a.pdf", "0b")),
        head=Head(rows=3, hash="0c" * 32),
    )
    posted = {"CAD": Decimal("176.00")}
    summary = RunSummary(run=RUN, rows={"ready": 2}, end=end, posted=posted, exports=(export,))
    ended = {
        "run": "20260410-133000-abcd",
        "started": "2026-04-10T13:30:00+00:00",
        "company": "Maple Networks Inc.",
        "site": "https://api-na.example.net",
        "user": "marie",
        "computer": "compta-1",
        "window": {"choice": "past-month", "start": "2026-03-10", "end": "2026-04-10"},
        "rows": {"ready": 2},
        "ended": "push",
        "successful": True,
        "outcomes": {"posted": 2},
        "posted": {"CAD": "176.00"},
        "exports": [
            {
                "at": "2026-04-10T13:30:00+00:00",
                "user": "marie",
                "folder": "/audit",
                "files": {"a.xlsx": "0a", "a.pdf": "0b"},
            }
        ],
    }
    assert history_json([summary, replace(summary, end=None, posted={}, exports=())]) == [
        ended,
        ended | {"ended": None, "successful": False, "outcomes": {}, "posted": {}, "exports": []},
    ]


@pytest.mark.parametrize(
    ("phase", "successful", "words"),
    [
        (Phase.SYNC, True, "nothing to push"),
        (Phase.SYNC, False, "to be pushed"),
        (Phase.PUSH, True, "pushed"),
        (Phase.PUSH, False, "pushed, with open rows"),
        (Phase.UNDO, True, "undone"),
        (Phase.UNDO, False, "undone, with open rows"),
        (Phase.REBUILD, False, "began a new ledger"),
    ],
)
def test_how_a_run_stands_is_said_in_the_same_words_everywhere(phase: Phase, *, successful: bool, words: str) -> None:
    """By how its latest phase ended; without one it was interrupted."""
    end = RunEnd(run="R", phase=phase, at=RUN.started, person=RUN.person, successful=successful)
    summary = RunSummary(run=RUN, rows={}, end=end, posted={})
    broken_off = replace(summary, end=None)
    assert (run_state(summary).said(ENGLISH), run_state(broken_off).said(ENGLISH)) == (words, "interrupted")


@pytest.mark.parametrize(
    ("company", "part"),
    [
        ("Maple Networks Inc.", "Maple-Networks-Inc"),
        ("Réseaux / Érable_2", "Réseaux-Érable_2"),
        ("..\\A: B-C?", "A-B-C"),
        ("XX", "XX"),
    ],
)
def test_a_file_name_says_company_window_and_run_and_fits_every_disk(company: str, part: str) -> None:
    """Runs of signs that no file system takes become one dash, and none stands at an end."""
    run = replace(RUN, company=replace(RUN.company, sage=company))
    assert pack_file(run) == "AR-PaymentSync_run20260410-133000-abcd"
    assert file_name(run) == f"AR-PaymentSync_{part}_2026-03-10_2026-04-10_run20260410-133000-abcd.xlsx"


@pytest.mark.parametrize(("most", "part"), [(None, "_Maple-Networks-Inc"), (66, "_Maple"), (62, "_M"), (5, "")])
def test_in_a_deep_folder_the_company_gives_way(most: int | None, part: str) -> None:
    """Excel opens no longer path; window and run tell the pack all the same."""
    run = replace(RUN, company=replace(RUN.company, sage="Maple Networks Inc."))
    name = pack_name(run, most)
    assert name == f"AR-PaymentSync{part}_2026-03-10_2026-04-10_run20260410-133000-abcd"
    assert most is None or not part or len(name) <= most
