"""Which books and which site a run is about."""

from __future__ import annotations

import pytest

from sync.core.values.runs import Company


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
    assert company.is_at(site, manage) is expected


def test_an_own_host_that_begins_with_api_is_another_than_without() -> None:
    """Only ConnectWise's cloud has two names for one site."""
    company = Company(sage="Maple Networks Inc.", site="https://api-psa.example.net", manage="acme")
    assert not company.is_at("https://psa.example.net", "acme")
