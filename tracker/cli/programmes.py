"""Setting up a project."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.database import AT_THE_SERVER, opened


@click.command()
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def setup(case: Path) -> None:
    """Load a project from CASE.json: who funds it, on what terms, by which rules.

    Where the database holds others already, it is put beside them.
    """
    from tracker.actions import programmes

    with opened() as session:
        new = programmes.set_up(session, case, by=AT_THE_SERVER)
    click.echo(f"{case.name}: {'loaded' if new else 'was loaded before; nothing changed'}.")
