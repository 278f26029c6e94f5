"""The command line: the same deeds as in the browser, for scripts and for the first day."""

from __future__ import annotations

import sys

import click

from tracker.cli.allocations import charge
from tracker.cli.checks import check
from tracker.cli.console import say_refused
from tracker.cli.imports import import_files
from tracker.cli.people import person
from tracker.cli.programmes import setup
from tracker.cli.reminders import remind
from tracker.cli.reports import report
from tracker.cli.sample import demo
from tracker.cli.serving import serve, upgrade
from tracker.cli.verification import verify
from tracker.domain.errors import FileRefused, TrackerError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=(
        *(charge, check, demo, import_files, person),
        *(remind, report, serve, setup, upgrade, verify),
    ),
)
def cli() -> None:
    """Track the funding of a public-private partnership, from the books to the report.

    All commands work on the database that TRACKER_DATABASE_URL names; without it, on the SQLite
    file var/tracker.db of this installation.
    """


def main() -> None:
    """Run the command line; a refusal is a sentence and exit code 1, not a traceback."""
    try:
        cli()
    except FileRefused as refusal:
        say_refused(refusal)
        sys.exit(1)
    except TrackerError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
