"""Charging costs to commitments."""

from __future__ import annotations

import click

from tracker.cli.console import euros
from tracker.cli.database import AT_THE_SERVER, of_project, opened


@click.command()
@of_project
def charge() -> None:
    """Apply the split rules to every cost line that is not charged yet."""
    from tracker.actions import allocations

    with opened(in_project=True) as session:
        outcome = allocations.charge(session, by=AT_THE_SERVER)
    if not outcome.lines:
        click.echo("Nothing was waiting to be charged.")
        return
    click.echo(f"{outcome.lines:,} cost lines judged.")
    click.echo(f"  charged      {euros(outcome.charged)}")
    click.echo(f"  not charged  {euros(outcome.left_total)}")
    for reason, shares, amount in outcome.left:
        click.echo(f"    {reason:<24}{euros(amount)}  {shares:,} shares")
