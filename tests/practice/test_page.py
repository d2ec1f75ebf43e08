from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import requests

from sync.practice.search_page import Paid, Search, paid_state, read_search, search_invoices
from tests.practice.conftest import SEED, Client, Open, invoice, payment
from tests.support.english import left_in

PAGE = "/finance/invoice-search"


def page(site: Client, **query: str | int) -> str:
    """The page as text."""
    answer = requests.get(f"{site.url}{PAGE}", params=query, timeout=10)
    assert answer.status_code == 200
    return answer.text


def words(text: str) -> str:
    """What a page says, without its markup."""
    return unescape(re.sub("<[^>]*>", " {} ", text))


def column(text: str, name: str) -> list[str]:
    """What a column of the table says, row by row."""
    cells = re.findall(rf'data-column="{name}"[^>]*>(.*?)</t[hd]>', text)
    return [unescape(re.sub("<[^>]*>", "", cell)) for cell in cells]


def test_the_root_leads_to_the_page(site: Client) -> None:
    """Whoever opens the bare address sees Invoice Search, and that it is a practice site."""
    answer = requests.get(f"{site.url}/", timeout=10)
    assert f"{site.url}{PAGE}" == answer.url
    assert "<h1>Invoice Search</h1>" in answer.text
    assert "a stand-in for ConnectWise Manage" in answer.text


def test_an_invoice_has_a_page_of_its_own(site: Client) -> None:
    """By the number of its record, as a link from a row leads to; there is none of a record that nobody has."""
    shown = requests.get(f"{site.url}/finance/invoice/501", timeout=10)
    assert column(shown.text, "invoice") == ["INV-501"]
    assert column(requests.get(f"{site.url}/finance/invoice/77", timeout=10).text, "invoice") == []


def test_the_seed_is_shown(site: Client) -> None:
    """Amounts have two decimals and thousands, dates are ISO, and Date Paid stands only where all is paid."""
    text = page(site, order="invoice")
    assert column(text, "invoice") == ["INV-501", "INV-502", "INV-503", "INV-504", "INV-505"]
    assert column(text, "total") == ["1,149.99", "226.00", "80.10", "452.00", "-50.00"]
    assert column(text, "paid") == ["0.00", "226.00", "0.00", "100.00", "0.00"]
    assert column(text, "date-paid") == ["", "2026-03-20", "", "", ""]
    assert column(text, "balance") == ["1,149.99", "0.00", "50.00", "352.00", "-50.00"]
    assert column(text, "date") == ["2026-03-02", "2026-03-02", "2026-03-02", "2026-01-15", "2026-03-02"]


def test_names_are_text(site: Client) -> None:
    """A company's name is shown letter by letter, whatever it holds; so is what a visitor typed."""
    text = page(site, q='"><script>alert(1)</script>')
    assert "<script" not in text
    assert "&#34;&gt;&lt;script&gt;" in text
    assert "Évasion <b>Nord</b> & Fils" in column(page(site), "company")
    assert "<b>Nord" not in page(site)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "prairie"}, ["INV-503", "INV-504"]),
        ({"q": "  inv-501 "}, ["INV-501"]),
        ({"q": "CLOSED"}, ["INV-502"]),
        ({"q": "évasion"}, ["INV-502"]),
        ({"paid": "Paid In Full"}, ["INV-502"]),
        ({"paid": "Partially Paid"}, ["INV-504"]),
        ({"paid": "Not Paid"}, ["INV-501", "INV-503"]),
        ({"paid": "Not Paid", "q": "prairie"}, ["INV-503"]),
        ({"paid": "whatever", "page": "x"}, ["INV-501", "INV-502", "INV-503", "INV-504", "INV-505"]),
        ({"q": "nobody"}, []),
    ],
)
def test_filters(site: Client, query: dict[str, str], expected: list[str]) -> None:
    """The page shows what was asked for and says when that is nothing."""
    text = page(site, order="invoice", **query)
    assert expected == column(text, "invoice")
    assert bool(expected) is ("No invoice matches." not in text)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("invoice", [501, 502, 503, 504, 505]),
        ("-invoice", [505, 504, 503, 502, 501]),
        ("company", [501, 505, 503, 504, 502]),
        ("date", [504, 501, 502, 503, 505]),
        ("currency", [501, 502, 504, 505, 503]),
        ("total", [505, 503, 502, 504, 501]),
        ("-paid", [502, 504, 501, 503, 505]),
        ("date-paid", [502, 501, 503, 504, 505]),
        ("-date-paid", [502, 501, 503, 504, 505]),
        ("-balance", [501, 504, 503, 502, 505]),
        ("status", [502, 501, 503, 504, 505]),
        ("nonsense", [501, 502, 503, 505, 504]),
    ],
)
def test_orders(site: Client, order: str, expected: list[int]) -> None:
    """Every column sorts both ways; rows without a value come last; equals go by rising id."""
    text = page(site, order=order)
    assert [f"INV-{number}" for number in expected] == column(text, "invoice")


def test_the_sorted_column_says_so(site: Client) -> None:
    """The heading of the column that sorts tells its direction, and its link turns it round; filters stay."""
    text = page(site, order="total", q="inv", paid="Not Paid")
    assert text.count("aria-sort=") == 1
    assert re.search(r'aria-sort="ascending">\s*<a href="[^"]*order=-total">Total</a>', text)
    assert "q=inv&amp;paid=Not+Paid&amp;order=-total" in text


def test_numbers_sort_as_numbers(open_site: Open) -> None:
    """INV-9 stands before INV-10."""
    site = open_site(invoices=(invoice(10), invoice(9), invoice(100)), payments=())
    assert column(page(site, order="invoice"), "invoice") == ["INV-9", "INV-10", "INV-100"]


def test_fifty_on_a_page(open_site: Open) -> None:
    """Long lists come in pages that keep the question; a page beyond the last is the last."""
    site = open_site(invoices=tuple(invoice(number) for number in range(1, 121)), payments=())
    first, last = page(site, order="invoice", q="INV"), page(site, order="invoice", page=99)
    assert (len(column(first, "invoice")), len(column(last, "invoice"))) == (50, 20)
    assert "120 invoices found; 1 to 50 are shown." in first
    assert 'rel="next" href="/finance/invoice-search?q=INV&amp;order=invoice&amp;page=2"' in first
    assert tuple(part for part in ("Page 3 of 3", "101 to 120 are shown") if part in last) == (
        "Page 3 of 3",
        "101 to 120 are shown",
    )
    assert 'rel="next"' not in last


def test_totals_of_all_found(site: Client) -> None:
    """Totals are of everything found, one for each currency: dollars of two countries are never added up."""
    result = search_invoices(site.store.invoices(), site.store.payments, Search())
    assert {currency: len(found) for currency, found in result.by_currency.items()} == {"CAD": 4, "USD": 1}
    assert [part for part in ("4 invoices found in CAD", "1,777.99", "80.10") if part not in page(site)] == []


@pytest.mark.parametrize(
    ("total", "paid", "expected"),
    [
        ("100.00", "100.00", Paid.FULL),
        ("100.00", "99.99", Paid.PARTIAL),
        ("100.00", "0.00", Paid.NONE),
        ("0.00", "0.00", None),
        ("-50.00", "0.00", None),
    ],
)
def test_paid_states(total: str, paid: str, expected: Paid | None) -> None:
    """An invoice is paid in full, in part or not; a credit memo is none of these."""
    balance = Decimal(total) - Decimal(paid)
    assert expected is paid_state(invoice(1, total, payments=Decimal(paid), balance=balance))


def test_date_paid_is_the_date_of_the_payment_record(open_site: Open) -> None:
    """Our own record's date counts before an online payment's; without either it is blank."""
    site = open_site(
        invoices=(invoice(1), invoice(2), invoice(3)),
        payments=(
            payment(1, 1, "60.00", date(2026, 4, 9), wisepay=True),
            payment(2, 1, "40.00", date(2026, 4, 1)),
            payment(3, 2, "100.00", date(2026, 4, 2), wisepay=True),
            payment(4, 3, "100.00"),
        ),
    )
    assert column(page(site, order="invoice"), "date-paid") == ["2026-04-01", "2026-04-02", ""]


def test_what_cannot_be_understood_counts_as_not_said() -> None:
    """A page number or order out of this world is the first page in the usual order."""
    assert Search() == read_search({"page": "٣", "order": "--total", "paid": "paid in full"})
    assert search_invoices(SEED, lambda _: (), Search(page=0)).page == 1


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "[::1]"])
@pytest.mark.parametrize("path", ["/", PAGE, "/static/site.css", "/login/companyinfo/acme", "/v2025_1/apis/3.0/x"])
def test_other_host_names_are_refused(site: Client, host: str, path: str) -> None:
    """A page elsewhere cannot reach the site by giving it another name."""
    answer = requests.get(f"{site.url}{path}", headers={"Host": host}, timeout=10, allow_redirects=False)
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:5000", "127.0.0.1"])
def test_this_computers_names_are_served(site: Client, host: str) -> None:
    """The site answers under the names of this computer."""
    answer = requests.get(f"{site.url}{PAGE}", headers={"Host": host}, timeout=10)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [PAGE, "/nothing", "/static/site.css", "/login/companyinfo/acme"])
def test_every_answer_is_protected(site: Client, path: str) -> None:
    """No answer may run scripts, be framed, be guessed at or be kept."""
    headers = requests.get(f"{site.url}{path}", timeout=10).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; ")
    assert "script-src" not in headers["Content-Security-Policy"]
    assert (
        headers["X-Content-Type-Options"],
        headers["Referrer-Policy"],
        headers["Cache-Control"],
    ) == ("nosniff", "no-referrer", "no-store")


def test_a_page_that_does_not_exist(site: Client) -> None:
    """A wrong address says so and leads back."""
    answer = requests.get(f"{site.url}/nothing", timeout=10)
    assert (answer.status_code, f'href="{PAGE}"' in answer.text) == (404, True)


@pytest.mark.parametrize("query", ["?order=-total", "?page=2", "?q=nobody", "?paid=Not+Paid&q=inv-1", "/nothing"])
def test_the_page_speaks_french_where_the_browser_does(open_site: Open, query: str) -> None:
    """Whatever it shows, with amounts as they are written in French; the question keeps its own words."""
    site = open_site(invoices=(invoice(1, "1149.99"), *(invoice(number) for number in range(2, 61))), payments=())
    english = requests.get(f"{site.url}{PAGE}{query}", timeout=10).text
    asked = {"Accept-Language": "de, fr-CA;q=0.9, en;q=0.8"}
    french = requests.get(f"{site.url}{PAGE}{query}", headers=asked, timeout=10).text
    assert (bool(left_in([words(english)])), left_in([words(french)])) == (True, [])
    assert column(french, "invoice") == column(english, "invoice")
    assert ("1\u00a0149,99" in french) is ("1,149.99" in english)


@pytest.mark.parametrize("name", ["static/site.css", "static/icon.svg"])
def test_the_files_of_the_page_are_served(site: Client, name: str) -> None:
    """The style sheet and the icon are part of the package."""
    assert requests.get(f"{site.url}/{name}", timeout=10).status_code == 200
