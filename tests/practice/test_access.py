"""The practice site's pages under axe-core's rules: whoever cannot see or point reads and uses them all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from sync.language.catalogues import NAMES
from tests.practice.conftest import Client, Open, invoice
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

STATES = {
    "all": "finance/invoice-search",
    "sorted": "finance/invoice-search?order=-total",
    "filtered": "finance/invoice-search?q=boréal&paid=Not+Paid",
    "the middle of three pages": "finance/invoice-search?page=2",
    "the last page": "finance/invoice-search?page=3",
    "nothing found": "finance/invoice-search?q=nobody",
    "no such page": "nothing",
}


@pytest.fixture
def many(open_site: Open) -> Client:
    """A site of three pages of invoices, in two currencies."""
    numbers = range(1, 121)
    return open_site(
        invoices=tuple(invoice(each, currency="USD" if each % 9 else "CAD") for each in numbers), payments=()
    )


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of the browser, wide or narrow."""
    width, height = request.param
    page = chromium.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Each rule that is not kept, and the elements that do not keep it."""
    found = Axe().run(page).response["violations"]
    return [(each["help"], [node["html"] for node in each["nodes"]]) for each in found]


@pytest.mark.parametrize("lang", NAMES)
@pytest.mark.parametrize("state", STATES)
def test_the_page_keeps_every_rule_in_each_of_its_states(many: Client, page: Page, state: str, lang: str) -> None:
    """On a wide screen and a narrow one, in both languages."""
    page.set_extra_http_headers({"Accept-Language": lang})
    page.goto(f"{many.url}/{STATES[state]}")
    assert page.locator("html").get_attribute("lang") == lang
    assert violations(page) == []


def test_a_broken_page_is_found(page: Page) -> None:
    """The rules are at work: a picture without words, a field without a name, and grey on white."""
    page.set_content("<main><img src='x.png'><input><p style='color:#bbb'>grey</p></main>")
    assert {rule.split()[0] for rule, _ in violations(page)} >= {"Images", "Form", "Elements"}
