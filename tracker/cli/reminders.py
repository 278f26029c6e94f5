"""Mailing people what is due."""

from __future__ import annotations

import sys

import click

from tracker.cli.console import say_reminded
from tracker.cli.database import AT_THE_SERVER, opened


@click.command()
@click.option("--dry-run", is_flag=True, help="Say who would be told what, and send nothing.")
def remind(*, dry_run: bool) -> None:
    """Mail everybody what is due, as each of them wishes. To be run once a day.

    Nobody is told the same twice, however often it is run. Exits with 1 where a mail was not sent.
    """
    from tracker import create_app
    from tracker.config import Settings, SettingsError
    from tracker.web.digests import Reminding

    settings = Settings.from_env()
    if settings.mail is None and not dry_run:
        raise SettingsError(
            "No mail server is set up, so nothing was sent.",
            "Set TRACKER_SMTP_HOST and TRACKER_SMTP_FROM; without them, everybody finds their"
            " digest on the page of reminders.",
        )
    with opened() as session:
        reminding = Reminding(create_app(settings), settings, session)
        if dry_run:
            for email, (subject, text, _html) in reminding.rehearse():
                click.echo(f"To {email}: {subject}\n\n{text}")
            return
        outcomes = reminding.carry_out(by=AT_THE_SERVER)
    for outcome in outcomes:
        say_reminded(outcome)
    if any(outcome.why for outcome in outcomes):
        sys.exit(1)
