"""`tieout --version`: what to name when something is asked or reported."""

from __future__ import annotations

import click

from sync import __version__
from sync.core.words import Text, say


def show_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    """Say the versions of Tieout, of its ledger and of xlwings, which is not imported for that, and end."""
    if asked and not context.resilient_parsing:
        from sync.ledger.schema import VERSION  # noqa: PLC0415 - every command passes here, and few ask

        click.echo(
            say(
                "Tieout {version}, ledger schema {schema}, xlwings {xlwings}",
                version=__version__,
                schema=VERSION,
                xlwings=_of_xlwings(),
            )
        )
        context.exit()


def _of_xlwings() -> Text | str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - as above

    try:
        return version("xlwings")
    except PackageNotFoundError:
        return say("not installed")
