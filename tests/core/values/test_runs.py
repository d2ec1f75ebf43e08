"""Which books and which site a run is about."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sync.core.values.runs import Company, SiteSays, same_site

SAYS = SiteSays(company_id="acme", company_name="Maple Networks")


@pytest.mark.parametrize(
    ("site", "manage", "expected"),
    [
        ("https://api-na.myconnectwise.net", "acme", True),
        ("https://api-na.myconnectwise.net", "ACME", True),
        ("https://na.myconnectwise.net", "acme", True),
        ("https://api-na.myconnectwise.net:443", "acme", True),
        ("https://api-na.myconnectwise.net.", "acme", True),
        ("https://api-na.myconnectwise.net", "acme2", False),
        ("https://api-eu.myconnectwise.net", "acme", False),
        ("https://api-na.myconnectwise.net:8443", "acme", False),
        ("https://api-staging.connectwisedev.com", "acme", False),
        ("http://127.0.0.1:8765", "acme", False),
    ],
)
def test_a_site_is_the_same_however_it_is_spelled(site: str, manage: str, *, expected: bool) -> None:
    """The case of a company id and the two names of a cloud host tell nothing apart; port, region and stage do."""
    company = Company(sage="Maple Networks Inc.", site="https://api-na.myconnectwise.net", manage="acme")
    assert same_site(company, None, replace(company, site=site, manage=manage), SAYS) is expected


def test_an_own_host_that_begins_with_api_is_another_than_without() -> None:
    """Only ConnectWise's cloud has two names for one site."""
    company = Company(sage="Maple Networks Inc.", site="https://api-psa.example.net", manage="acme")
    assert not same_site(company, None, replace(company, site="https://psa.example.net"), None)


@pytest.mark.parametrize(
    ("site", "says", "expected"),
    [
        ("https://psa.maple.example", SAYS, True),
        ("https://psa.maple.example", replace(SAYS, company_id="ACME", company_name="MAPLE NETWORKS"), True),
        ("https://psa.maple.example", replace(SAYS, company_name="Maple Dental"), False),
        ("https://psa.maple.example", replace(SAYS, company_id="acme2"), False),
        ("https://na.myconnectwise.net", replace(SAYS, company_name="Maple Networks of Québec"), True),
        ("https://na.myconnectwise.net", replace(SAYS, company_id="acme2"), False),
        ("https://api-staging.connectwisedev.com", SAYS, False),
        ("http://127.0.0.1:8765", SAYS, False),
    ],
)
def test_a_site_is_the_one_that_it_says_it_is(site: str, says: SiteSays, *, expected: bool) -> None:
    """By id and name, at any address but one for tests or practice; one that only took another name is the same."""
    company = Company(sage="Maple Networks Inc.", site="https://api-na.myconnectwise.net", manage="acme")
    other = replace(company, site=site)
    assert (same_site(company, SAYS, other, says), same_site(other, says, company, SAYS)) == (expected, expected)
