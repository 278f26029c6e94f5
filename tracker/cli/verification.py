"""Telling whether files are ones that were issued."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.database import AT_THE_SERVER, opened

if TYPE_CHECKING:
    from tracker.actions.verification import Verified


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def verify(files: tuple[Path, ...]) -> None:
    """Tell whether each FILE is one that we issued, which version, and whether it still stands.

    Of a zip of a period, each file within is told of. Exits with 1 where a file was not issued,
    was withdrawn, or was followed by a newer version.
    """
    from tracker.actions import verification

    holds = True
    with opened() as session:
        for path in files:
            for found in verification.verify_file(session, path, by=AT_THE_SERVER):
                say_verified(found)
                holds &= found.verdict is not None and found.verdict.holds
    if not holds:
        sys.exit(1)


def say_verified(found: Verified) -> None:
    """Tell of a file what its holder may know, and its hash."""
    from reports.catalogue import CATALOGUE
    from tracker.domain.verification import in_sentences

    title = CATALOGUE[found.verdict.kind].title if found.verdict else ""
    click.echo(found.name)
    for sentence in in_sentences(found.verdict, title):
        click.echo(f"    {sentence}")
    click.echo(f"    SHA-256 {found.sha256}")
