"""`tieout export`: the audit pack of a run."""

from __future__ import annotations

from pathlib import Path

import click

from sync.cli.options import audits, common, place
from sync.cli.show import TerminalProgress
from sync.export import FORMS, MANIFEST, write_pack
from sync.folders import exports_folder
from sync.wiring import open_desk

NOT_ALL = 1


class Forms(click.ParamType):  # type: ignore[type-arg] # generic in newer click only
    """Some of xlsx, csv and pdf, with commas between."""

    name = "forms"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Read the forms."""
        chosen = tuple(str(value).lower().replace(" ", "").split(","))
        if not set(chosen) <= set(FORMS):
            self.fail(f"'{value}' is not a list of {', '.join(FORMS)}.", param, ctx)
        return chosen


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--dir",
    "into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Make the pack's folder in this one; without it, in Tieout among your documents.",
)
@click.option("--format", "forms", type=Forms(), help="Some of xlsx,csv,pdf; all of them without it.")
@common
def export(run_id: str, into: Path | None, forms: tuple[str, ...] | None) -> int:
    """Write the audit pack of a RUN: workbook, CSV files and PDF, with a manifest of their hashes.

    Everything comes from the ledger; neither Sage nor Manage is asked. Each pack gets a new folder, so that what was
    signed is never written over. The exit status is 1 when a PDF was wanted and none could be made.
    """
    with open_desk(place(), TerminalProgress()) as desk:
        made, missing = write_pack(desk, run_id, audits(), into or exports_folder(), forms or FORMS)
    click.echo(f"The audit pack of run {run_id} is in {made.folder}")
    for name, digest in made.files:
        click.echo(f"  {digest[:16]}  {name}")
    click.echo(f"The full hashes are in {MANIFEST} and in the ledger.")
    if missing is not None:
        click.echo(str(missing), err=True)
    return NOT_ALL if missing is not None and forms is not None else 0
