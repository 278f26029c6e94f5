"""Mailing people what is due, and funders what was issued."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tracker.cli.console import say_reminded, say_told
from tracker.cli.database import AT_THE_SERVER, opened

if TYPE_CHECKING:
    from tracker.web.digests import Reminding
    from tracker.web.report_mails import Telling


@click.command()
@click.option("--dry-run", is_flag=True, help="Say who would be told what, and send nothing.")
@click.option(
    "--reports", is_flag=True, help="Tell funders of their reports only, and nobody else."
)
def remind(*, dry_run: bool, reports: bool) -> None:
    """Mail everybody what is due, and funders which reports are there. To be run once a day.

    Nobody is told the same twice, however often it is run. Exits with 1 where a mail was not sent.
    """
    from tracker import create_app
    from tracker.config import Settings, SettingsError
    from tracker.web.digests import Reminding
    from tracker.web.report_mails import Telling

    settings = Settings.from_env()
    if settings.mail is None and not dry_run:
        raise SettingsError(
            "No mail server is set up, so nothing was sent.",
            "Set TRACKER_SMTP_HOST and TRACKER_SMTP_FROM; without them, everybody finds their"
            " digest on the page of reminders.",
        )
    with opened() as session:
        app = create_app(settings)
        telling = Telling(app, settings, session)
        reminding = None if reports else Reminding(app, settings, session)
        if dry_run:
            _rehearse(*([reminding] if reminding else []), telling)
            return
        reminded = reminding.carry_out(by=AT_THE_SERVER) if reminding else []
        told = telling.carry_out(by=AT_THE_SERVER)
    for one in reminded:
        say_reminded(one)
    for other in told:
        say_told(other)
    if any(one.why for one in reminded) or any(other.why for other in told):
        sys.exit(1)


def _rehearse(*runs: Reminding | Telling) -> None:
    for run in runs:
        for email, (subject, text, _html) in run.rehearse():
            click.echo(f"To {email}: {subject}\n\n{text}")
