"""`tieout export`: the audit pack of a run."""

from __future__ import annotations

from pathlib import Path

import click

from sync.cli.options import FOLDER, audits, common, place
from sync.cli.show import Screen, TerminalProgress
from sync.core.words import say
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
            why = say("'{value}' is not a list of {forms}.", value=str(value), forms=", ".join(FORMS))
            self.fail(str(why), param, ctx)
        return chosen


@click.command()
@click.argument("run_id", metavar="RUN")
@click.option(
    "--dir",
    "into",
    type=FOLDER,
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
    screen = Screen()
    screen.line(say("The audit pack of run {run} is in {folder}", run=run_id, folder=made.folder))
    for name, digest in made.files:
        screen.line(f"  {digest[:16]}  {name}")
    screen.line(say("The full hashes are in {file} and in the ledger.", file=MANIFEST))
    if missing is not None:
        click.echo(str(missing), err=True)
    return NOT_ALL if missing is not None and forms is not None else 0
