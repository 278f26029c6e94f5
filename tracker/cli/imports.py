"""Bringing in the books: ledgers, bank statements, tables and in-kind lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.console import Progress, say_brought_in
from tracker.cli.database import AT_THE_SERVER, of_project, opened
from tracker.domain.errors import FileRefused, RuleViolation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.imports import ImportOutcome
    from tracker.domain.intakes import Choice, Preview
    from tracker.domain.money import Money


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--expect", metavar="AMOUNT", help="What a table must add up to, such as 1250.00.")
@click.option("--accept", metavar="REASON", help="Why warnings and suspicious lines are in order.")
@click.option("--apply-changes", metavar="REASON", help="Why lines that changed are replaced.")
@click.option("--profile", default="", help="The source whose columns a table has, by its name.")
@of_project
@click.option("--dry-run", is_flag=True, help="Say what importing would do, and keep nothing.")
def import_files(
    files: tuple[Path, ...],
    expect: str | None,
    accept: str | None,
    apply_changes: str | None,
    profile: str,
    *,
    dry_run: bool,
) -> None:
    """Bring in ledgers (XAF), bank statements (camt.053), tables and in-kind lists, in any order.

    Every file is kept whole or not at all; the same file twice changes nothing. Lines that say
    something else than before are replaced with --apply-changes only. Exits with 1 if a file was
    refused.
    """
    told: dict[str, Any] = {"choice": decided(accept, apply_changes), "profile": profile}
    told["expected"] = amount_in(expect) if expect else None
    with opened(in_project=True) as session, Progress() as progress:
        refused = 0
        for path in files:
            if dry_run:
                outcome: ImportOutcome | Preview | FileRefused = rehearsed(session, path, profile)
            else:
                outcome = brought_in(session, path, progress, told)
            progress.clear()
            refused += not say_brought_in(path.name, outcome)
    if refused:
        sys.exit(1)


def rehearsed(session: Session, path: Path, profile: str) -> Preview | FileRefused:
    """Say what bringing a file in would do."""
    from tracker.actions import imports

    return imports.rehearse(session, path.name, path, by=AT_THE_SERVER, profile=profile)


def brought_in(
    session: Session, path: Path, progress: Progress, told: dict[str, Any]
) -> ImportOutcome | FileRefused:
    """Bring one file in, as was decided beforehand."""
    from tracker.actions import imports

    files = [(path.name, path)]
    (outcome,) = imports.bring_in(session, files, by=AT_THE_SERVER, progress=progress.show, **told)
    return outcome


def decided(accept: str | None, apply_changes: str | None) -> Choice | None:
    """Give what somebody decided beforehand about warnings and changes, if anything."""
    from tracker.domain.intakes import Choice

    reasons = [reason for reason in (accept, apply_changes) if reason]
    return Choice("; ".join(reasons), apply_changes is not None) if reasons else None


def amount_in(written: str) -> Money:
    """Read an amount as it is typed.

    Errors: ``click.BadParameter`` for one that cannot be read.
    """
    from tracker.domain.amounts import read_amount

    try:
        return read_amount(written, "en")
    except RuleViolation as refusal:
        raise click.BadParameter(str(refusal), param_hint="--expect") from None
