"""The links of a pack: from the settings that are at hand, and only where they are of the run's own site."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.values.invoice_link import InvoiceLink
from sync.core.values.runs import Company
from sync.settings.profiles import Place
from sync.wiring import link_of

OURS = Company(sage="Maple", site="https://api-na.myconnectwise.net", manage="acme")
LINK = InvoiceLink(before="https://na.myconnectwise.net/", after="")


@pytest.mark.parametrize(
    ("site", "company", "found"),
    [
        ("https://api-na.myconnectwise.net", "acme", LINK),
        ("https://na.myconnectwise.net", "ACME", LINK),
        ("https://api-eu.myconnectwise.net", "acme", None),
        ("https://api-na.myconnectwise.net", "other", None),
        ("ftp://nowhere", "acme", None),
        (None, "acme", None),
    ],
)
def test_links_are_those_of_the_run_s_own_site(
    site: str | None, company: str, found: InvoiceLink | None, tmp_path: Path
) -> None:
    """A pack needs no settings: without them, with ones that cannot be read or of another site, it has no links."""
    config = tmp_path / "tieout.toml"
    if site is not None:
        config.write_text(
            f'[sage]\nsqlite = "a.db"\n[manage]\nsite = "{site}"\ncompany = "{company}"\nclient_id = "c"\n'
            'invoice_link = "https://na.myconnectwise.net/{id}"\n',
            "utf-8",
        )
    assert link_of(Place(config=config, state=tmp_path), OURS) == found
