from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.practice.conftest import Client
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

NARROW = {"width": PHONE[0], "height": PHONE[1]}
WIDE = {"width": DESKTOP[0], "height": DESKTOP[1]}
"""Set SCREENSHOTS to a folder to keep what these tests see."""


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages that must not complain of anything."""
    pages: list[Page] = []
    complaints: list[str] = []

    def opened(url: str, size: dict[str, int] = WIDE) -> Page:
        page = chromium.new_page(viewport=size)  # type: ignore[arg-type]  # a plain dict of the same shape
        pages.append(page)

        def heard(message: ConsoleMessage) -> None:
            complaints.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def cell(page: Page, number: str, column: str) -> str:
    """What a column says of an invoice."""
    row = page.locator("tbody tr").filter(has=page.locator(f'th[data-column="invoice"]:text-is("{number}")'))
    return row.locator(f'[data-column="{column}"]').inner_text()


def numbers(page: Page) -> list[str]:
    """The invoices shown, from the top."""
    return page.locator('th[data-column="invoice"]').all_inner_texts()


def keep(page: Page, name: str) -> None:
    """Keep a picture where one is wanted."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_payment_shows(site: Client, visit: Callable[..., Page]) -> None:
    """Before the push nothing is paid; after it Paid Amount and Date Paid stand on the page."""
    page = visit(site.url)
    assert tuple(cell(page, "INV-501", name) for name in ("paid", "date-paid", "balance")) == ("0.00", "", "1,149.99")
    keep(page, "before")
    body = {"amount": 1149.99, "paymentDate": "2026-04-08T00:00:00Z"}
    assert site.call("POST", "/finance/invoices/501/payments", json=body).status_code == 201
    page.reload()
    assert tuple(cell(page, "INV-501", name) for name in ("paid", "date-paid", "balance")) == (
        "1,149.99",
        "2026-04-08",
        "0.00",
    )
    keep(page, "after")


def test_a_partial_payment_shows_no_date(site: Client, visit: Callable[..., Page]) -> None:
    """A payment in part has its amount on the page, and no date."""
    body = {"amount": 149.99, "paymentDate": "2026-04-08T00:00:00Z"}
    site.call("POST", "/finance/invoices/501/payments", json=body)
    page = visit(site.url)
    assert (cell(page, "INV-501", "paid"), cell(page, "INV-501", "date-paid")) == ("149.99", "")


def test_sorting_by_keyboard(site: Client, visit: Callable[..., Page]) -> None:
    """Tab reaches a heading, Enter sorts, Enter again turns it round."""
    page = visit(site.url)
    for direction, first in (("ascending", "INV-505"), ("descending", "INV-501")):
        page.locator("#paid").focus()
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == "Total":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector(f'th[aria-sort="{direction}"]:has-text("Total")')
        assert first == numbers(page)[0]


def test_filtering(site: Client, visit: Callable[..., Page]) -> None:
    """Typing and Enter filters; so does the choice of Paid Amount; Clear shows everything again."""
    page = visit(site.url)
    page.get_by_label("Invoice, company or status").fill("prairie")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=prairie"))
    assert {"INV-503", "INV-504"} == set(numbers(page))
    page.get_by_label("Paid Amount").select_option("Partially Paid")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile("paid=Partially"))
    assert numbers(page) == ["INV-504"]
    page.get_by_role("link", name="Clear").click()
    page.wait_for_selector("text=5 invoices found.")


def test_the_skip_link(site: Client, visit: Callable[..., Page]) -> None:
    """The first stop of the Tab key leads past the heading to the invoices, and is seen when it is reached."""
    page = visit(site.url)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the invoices")
    assert (link.bounding_box() or {"x": -1})["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_on_a_phone(site: Client, visit: Callable[..., Page]) -> None:
    """On a narrow screen each invoice is a card with its labels, and nothing has to be scrolled sideways."""
    page = visit(site.url, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    card = page.locator("tbody tr").first
    label = card.locator('[data-column="total"]').evaluate("e => getComputedStyle(e, '::before').content")
    assert label == '"Total"'
    assert not page.locator("thead").is_visible()
    page.get_by_label("Sort by").select_option("-total")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(re.compile("order=-total"))
    assert numbers(page)[0] == "INV-501"
    keep(page, "phone")


def test_a_name_is_no_markup(site: Client, visit: Callable[..., Page]) -> None:
    """A company's name with markup in it stands on the page letter by letter."""
    page = visit(site.url)
    assert cell(page, "INV-502", "company") == "Évasion <b>Nord</b> & Fils"
    assert page.locator("td b").count() == 0


CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => {
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.trim().slice(0, 40)];
    })
    .filter(([ratio]) => ratio < 4.5);
}"""


def test_contrast(site: Client, visit: Callable[..., Page]) -> None:
    """Every text on the page stands out from its ground by 4.5 to 1 or more."""
    for query in ("", "?q=prairie&order=total", "?q=nobody"):
        assert visit(f"{site.url}/finance/invoice-search{query}").evaluate(CONTRAST) == []
