"""Checking that everything adds up, and against answers that are known."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from tracker.cli.database import AT_THE_SERVER, of_project, opened


@click.command()
@click.option(
    "--expected",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also compare every figure with the answers in this file (amounts in cents).",
)
@of_project
def check(expected: Path | None) -> None:
    """Check that everything adds up, in all projects. Exits with 1 if anything does not."""
    from tracker.actions import checks

    with opened(in_project=expected is not None) as session:
        broken = checks.broken_invariants(session, by=AT_THE_SERVER)
        answers = _answers(expected) if expected else {}
        different = checks.differences(session, answers, by=AT_THE_SERVER)
    for name, rows in broken:
        click.echo(f"BROKEN: {name} Rows: {', '.join(rows)}")
    for difference in different:
        click.echo(
            f"DIFFERENT: {difference.what}: found {difference.found},"
            f" expected {difference.expected}"
        )
    if broken or different:
        sys.exit(1)
    click.echo("Everything adds up." + (" Every figure is as expected." if expected else ""))


def _answers(path: Path) -> dict[str, Any]:
    try:
        answers = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise click.BadParameter(f"{path} is not JSON: {error}", param_hint="--expected") from None
    if not isinstance(answers, dict):
        raise click.BadParameter(f"{path} holds no answers by name.", param_hint="--expected")
    return answers
