"""What a user of Manage sees: Invoice Search in a real browser, before and after a push from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sync.practice.world import Practice
from tests.cli.world import Terminal
from tests.support.browser import DESKTOP

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window of an ordinary laptop."""
    page = chromium.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    yield page
    page.close()


def shown(page: Page, practice: Practice, invoice: str) -> tuple[str, str]:
    """Paid Amount and Date Paid of an invoice, as they stand on the page."""
    page.goto(practice.url)
    page.get_by_role("searchbox").or_(page.locator("input[type=text]")).first.fill(invoice)
    page.keyboard.press("Enter")
    row = page.locator("tr", has=page.locator("[data-column=invoice]", has_text=invoice)).first
    return (
        row.locator("[data-column=paid]").inner_text().strip(),
        row.locator("[data-column=date-paid]").inner_text().strip(),
    )


def test_paid_amount_and_date_paid_appear_after_the_push(page: Page, terminal: Terminal, practice: Practice) -> None:
    """Before the push the page shows nothing paid; after it, the amount and the date of the clearing receipt."""
    review = json.loads(terminal.at(practice, "sync", "--since", "past-month", "--out", "r.xlsx", "--json", "-").out)
    row = next(r for r in review["rows"] if r["approve"] and r["paid_before"] == "0.00" and r["date_paid_proposed"])
    before = shown(page, practice, row["invoice"])
    assert terminal.at(practice, "push", "r.xlsx").status == 0
    after = shown(page, practice, row["invoice"])
    assert before == ("0.00", "")
    assert after == (f"{float(row['paid_proposed']):,.2f}", row["date_paid_proposed"])
