"""The address of an invoice's page: only a number goes into what a person wrote, and nothing of it can be misread."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.values.invoice_link import COMPANY, LONGEST, PLACE, InvoiceLink, invoice_link

SITE = "https://na.myconnectwise.net"


def test_the_number_and_the_company_go_into_their_places() -> None:
    """The company as an address has it; the rest as it was written."""
    link = invoice_link(f"{SITE}/open?company={COMPANY}&recid={PLACE}#x", "Acme & Söhne")
    assert link is not None
    assert link.to(20725) == f"{SITE}/open?company=Acme%20%26%20S%C3%B6hne&recid=20725#x"


def test_an_empty_setting_is_no_link() -> None:
    """Nobody has said how the pages are addressed."""
    assert invoice_link("", "acme") is None


@pytest.mark.parametrize(("length", "too_long"), [(LONGEST, False), (LONGEST + 1, True)])
def test_an_address_that_no_formula_takes_is_too_long(length: int, too_long: bool) -> None:  # noqa: FBT001 - a case
    """Room for the number is counted."""
    assert InvoiceLink(before="x" * (length - 20), after="y" * 8).too_long is too_long


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_is_written_the_address_is_printable_ascii_without_quotes(rest: str, company: str) -> None:
    """So that neither XML nor a formula can be broken by it."""
    encodable = (rest + company).encode("utf-8", "replace").decode()
    link = invoice_link(f"{SITE}/{encodable.replace(PLACE, '')}{PLACE}{COMPANY}", encodable)
    assert link is not None
    address = link.to(7)
    assert (address.isascii(), address.isprintable(), set(address) & set(" \"<>\\^`{|}'")) == (True, True, set())
    assert urlsplit(address).netloc == urlsplit(SITE).netloc
    assert unquote(address).startswith(f"{SITE}/")
