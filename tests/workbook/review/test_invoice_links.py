"""Invoice numbers that lead to Manage: in the file that is reviewed, which decides the same with them as without."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from msgspec.structs import replace

from sync.core.values.invoice_link import InvoiceLink, invoice_link
from sync.core.values.proposal import Proposal
from sync.language.catalogues import ENGLISH
from tests.workbook import paper
from tests.workbook.audit.packs import audit, listed, opened, pack, sheet
from tests.workbook.edited import edited
from workbook.papers import draw
from workbook.review import review_sheet
from workbook.review.review_file import ExcelFiles

SITE = "https://na.myconnectwise.net/open.rails?company={company}&recid={id}#top"


@pytest.fixture
def link() -> InvoiceLink:
    """To the pages of a company."""
    found = invoice_link(SITE, "A&B")
    assert found is not None
    return found


def page(record: int | None) -> str:
    """The address of an invoice, without the place on its page."""
    return f"https://na.myconnectwise.net/open.rails?company=A%26B&recid={record}"


@pytest.fixture
def linked(tmp_path: Path, files: ExcelFiles, reviewed: dict[str, Proposal], link: InvoiceLink) -> Path:
    """The reconciliation file with links."""
    path = tmp_path / "linked.xlsx"
    files.write(path, replace(paper.review(list(reviewed.values())), link=link))
    return path


def test_a_number_leads_to_its_invoice_and_the_customer_to_the_rows_in_sage(
    linked: Path, reviewed: dict[str, Proposal]
) -> None:
    """Every row that Manage has an invoice for; the words of the cells stay words."""
    shown = openpyxl.load_workbook(linked)["Reconciliation"]
    found = {}
    for (cell,) in shown.iter_rows(min_col=2, max_col=2):
        if cell.hyperlink and cell.hyperlink.target:
            found[cell.value] = (cell.hyperlink.target, cell.hyperlink.location)
    assert found == {row.invoice: (page(row.invoice_id), "top") for row in reviewed.values() if row.invoice_id}
    assert len(found) > 10


def test_the_sheet_receipts_leads_to_both(linked: Path, reviewed: dict[str, Proposal]) -> None:
    """A receipt's number to the row, an invoice's to Manage."""
    rows = audit(list(reviewed.values())).rows
    made = replace(paper.review(rows), link=invoice_link(SITE, "A&B"))
    ExcelFiles(ENGLISH).write(linked, made)
    shown = openpyxl.load_workbook(linked)["Receipts"]
    lines = listed(shown)
    at = lines.heads.index("Invoice")
    by_number = {row.invoice: row for row in rows}
    for number, line in enumerate(lines.rows, start=lines.header + 1):
        receipt, invoice = shown.cell(number, 1).hyperlink, shown.cell(number, at + 1).hyperlink
        assert receipt is not None
        assert str(receipt.location).startswith("'Reconciliation'!A")
        record = by_number[line[at]].invoice_id
        assert (invoice and invoice.target) == (page(record) if record else None)


def test_a_returned_file_decides_the_same_with_links(
    files: ExcelFiles, written: Path, linked: Path, reviewed: dict[str, Proposal]
) -> None:
    """As it was written, and as another program saves it, with a decision changed."""
    assert files.read(linked, reviewed).decisions == files.read(written, reviewed).decisions
    for path in (written, linked):
        with edited(path) as changed:
            changed.cell(0, "Note").value = "Seen in Manage"
    assert files.read(linked, reviewed).decisions == files.read(written, reviewed).decisions


def test_without_a_setting_there_is_no_link_out_of_the_file(written: Path) -> None:
    """An address of nobody's is in no file."""
    with ZipFile(written) as parts:
        relations = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels")]
    assert [xml for xml in relations if "External" in xml] == []


def test_a_long_file_has_no_more_links_than_excel_takes(
    tmp_path: Path, files: ExcelFiles, link: InvoiceLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row may have two."""
    for module in (draw, review_sheet):
        monkeypatch.setattr(module, "MOST_LINKS", 60)
    files.write(tmp_path / "x.xlsx", replace(paper.review(audit(paper.rows(90)).rows), link=link))
    with ZipFile(tmp_path / "x.xlsx") as parts:
        counts = [parts.read(name).count(b"<hyperlink ") for name in parts.namelist() if "worksheets/sheet" in name]
    assert (max(counts) <= 60, sum(count > 30 for count in counts) >= 2) == (True, True)


def test_the_papers_of_a_pack_lead_to_manage(tmp_path: Path, link: InvoiceLink) -> None:
    """From the reconciliation, what was posted, the held items and the receipts; the customer leads on in the pack."""
    of = audit(paper.rows(40), link=link)
    book = opened(pack(tmp_path, of))
    for name in ("20 Reconciliation", "30 Posted", "40 Held items", "61 Receipts"):
        shown = sheet(book, name)
        lines = listed(shown)
        at = lines.heads.index("Invoice")
        numbers = [shown.cell(lines.header + 1 + place, at + 1).hyperlink for place in range(len(lines.rows))]
        targets = {str(each.target).rpartition("=")[0] for each in numbers if each}
        assert targets == {page(0).rpartition("=")[0]}
        inside = shown.cell(lines.header + 1, lines.heads.index("Customer") + 1 if at == 0 else 1).hyperlink
        assert inside is not None
        assert str(inside.location).startswith("'")
