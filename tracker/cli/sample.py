"""The sample: a programme with its books, and the reports on it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tracker.cli.console import Progress, say_sign_ins
from tracker.cli.database import AT_THE_SERVER, opened
from tracker.cli.reports import write_reports
from tracker.config import VAR
from tracker.domain.errors import TrackerError
from tracker.domain.periods import Period, calendar_year, years_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command()
def demo() -> None:
    """Load the sample programme into an empty database and write its reports to var/reports."""
    from tracker.actions import sample
    from tracker.store.people import has_sample_people

    with opened() as session:
        with Progress() as progress:
            loaded = sample.load(session, by=AT_THE_SERVER, progress=progress.show)
        if not loaded:
            click.echo("The database holds a programme of its own; the sample was left out.")
            return
        _write_sample_reports(session)
        if has_sample_people(session):
            say_sign_ins()


def _write_sample_reports(session: Session) -> None:
    """Write the statement of every binding commitment over its last year, where missing."""
    from tracker.domain.statements import file_stem
    from tracker.store.commitments import commitments_of
    from tracker.store.costs import years_in
    from tracker.store.projects import the_project

    project, years, out = the_project(session).code, years_in(session), VAR / "reports"
    missing = []
    for commitment in commitments_of(session):
        funded = [year for year in years_of(commitment.period) if year in years]
        if commitment.is_committed and funded:
            period = calendar_year(funded[-1])
            stem = file_stem(project, commitment.code, period)
            formats = [form for form in ("xlsx", "pdf") if not (out / f"{stem}.{form}").exists()]
            missing += [(commitment.code, period, form) for form in formats]
    if missing:
        with click.progressbar(
            missing, label="Writing the sample's reports", file=sys.stderr
        ) as bar:
            failed = [
                told
                for code, period, form in bar
                if (told := _failure(session, code, period, form))
            ]
        for told in dict.fromkeys(failed):  # the rest of the tracker works without
            click.echo(f"Left out: {told}", err=True)
    click.echo(f"Reports of the sample are in {out}")


def _failure(session: Session, code: str, period: Period, form: str) -> str:
    """Write one report of the sample; say why where that cannot be done."""
    try:
        list(write_reports(session, code, period, [form], VAR / "reports"))
    except TrackerError as error:
        return str(error)
    return ""
