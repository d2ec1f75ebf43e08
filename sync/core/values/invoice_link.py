"""The address of an invoice's own page in Manage, where somebody has told Tieout how that is spelled."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

PLACE, COMPANY = "{id}", "{company}"
"""What stands in an address where the number of Manage's record, or the name of its company, belongs."""
LONGEST = 255
"""Characters of an address: it stands in a formula of the open workbook, where Excel takes no longer words."""
_DIGITS = 12
"""Room for a record's number."""
_AS_IT_IS = "%/:?#@!$&()*+,;=~"
"""What an address may hold beside letters and digits; anything else is written as a percent sign and its number."""


class InvoiceLink(Struct, frozen=True, kw_only=True):
    """What stands before and after the number of Manage's record in the address of an invoice."""

    before: str
    after: str

    def to(self, record: int) -> str:
        """Return the address of the invoice with this record; nothing but the number is put in."""
        return f"{self.before}{record:d}{self.after}"

    @property
    def too_long(self) -> bool:
        """No formula of Excel takes it."""
        return len(self.before) + _DIGITS + len(self.after) > LONGEST


def invoice_link(template: str, company: str) -> InvoiceLink | None:
    """Return the link that a setting stands for; None for an empty one.

    Args:
        template: an address with `PLACE` in it once, and `COMPANY` where it is wanted.
        company: the name that people log in to Manage with.
    """
    if not template:
        return None
    before, _, after = template.partition(PLACE)
    return InvoiceLink(before=_filled(before, company), after=_filled(after, company))


def _filled(part: str, company: str) -> str:
    return quote(part.replace(COMPANY, quote(company, safe="")), safe=_AS_IT_IS)
