"""Telling whether files are ones that were issued."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.database import AT_THE_SERVER, opened

if TYPE_CHECKING:
    from tracker.actions.verification import Everything, Verified


@click.command()
@click.argument(
    "files",
    metavar="[FILE]...",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def verify(files: tuple[Path, ...]) -> None:
    """Tell whether each FILE is one that we issued, which version, and whether it still stands.

    Of a zip of a period, each file within is told of. Without a FILE, everything that was issued
    is hashed and compared with the audit trail. Exits with 1 where a file was not issued, was
    withdrawn, was followed by a newer version, or is not as it went out.
    """
    from tracker.actions import verification

    with opened() as session:
        holds = True
        if not files:
            everything = verification.verify_everything(session, by=AT_THE_SERVER)
            say_everything(everything)
            holds = everything.holds
        for path in files:
            for found in verification.verify_file(session, path, by=AT_THE_SERVER):
                say_verified(found)
                holds &= found.verdict is not None and found.verdict.holds
    if not holds:
        sys.exit(1)


def say_everything(found: Everything) -> None:
    """Tell how much was issued, and name what is not as it went out."""
    for name in found.changed:
        click.echo(f"CHANGED: {name}")
    for seal in found.seals:
        click.echo(f"CHANGED: entry {seal} of the audit trail")
    click.echo(f"{found.issues} versions were issued, with {found.files} files and facts.")
    if found.holds:
        click.echo("All of it is, byte for byte, as it went out.")


def say_verified(found: Verified) -> None:
    """Tell of a file what its holder may know, and its hash."""
    from reports.catalogue import CATALOGUE
    from tracker.domain.verification import in_sentences

    title = CATALOGUE[found.verdict.kind].title if found.verdict else ""
    click.echo(found.name)
    for sentence in in_sentences(found.verdict, title):
        click.echo(f"    {sentence}")
    click.echo(f"    SHA-256 {found.sha256}")
