"""The command line: the same deeds as in the browser, for scripts and for the first day."""

# long: one short function for each command

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from tracker.config import LOOPBACK, ROOT, VAR, database_url
from tracker.console import (
    Progress,
    euros,
    say_brought_in,
    say_refused,
    say_reminded,
    say_sign_ins,
)
from tracker.domain.actor import Actor
from tracker.domain.errors import FileRefused, RuleViolation, TrackerError
from tracker.domain.periods import Period, calendar_year, period_named, years_of
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.imports import ImportOutcome
    from tracker.domain.intakes import Choice, Preview
    from tracker.domain.money import Money

    Command = Callable[..., None]

AT_THE_SERVER = Actor("command line", Role.FINANCE_OFFICER)
ADMINISTRATOR = Actor("command line", Role.ADMINISTRATOR)
FORMATS = ("xlsx", "pdf", "json")
PROJECT = "tracker.project"


@contextmanager
def opened(*, in_project: bool = False) -> Iterator[Session]:
    """Open the database that the settings name; an empty one is given its tables.

    What is done in a project is done in the one that --project names, or in the only one.

    What was done is in the index over the cost lines when it is closed.
    """
    from sqlalchemy.orm import Session

    from tracker.actions.cost_index import CostIndex
    from tracker.store import schema
    from tracker.store.projects import choose_project
    from tracker.store.session import open_engine

    url = database_url()
    engine = open_engine(url)
    try:
        schema.prepare(engine)
        with Session(engine) as session:
            if in_project:
                choose_project(session, click.get_current_context().meta.get(PROJECT, ""))
            yield session
            CostIndex(session).follow()
    finally:
        engine.dispose()


def of_project(command: Command) -> Command:
    """Let a command be told which project it is about."""
    return click.option(
        "--project",
        metavar="CODE",
        default="",
        expose_value=False,
        callback=lambda context, _option, code: context.meta.update({PROJECT: code}),
        help="The project that is meant, where the database holds several.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Track the funding of a public-private partnership, from the books to the report.

    All commands work on the database that TRACKER_DATABASE_URL names; without it, on the SQLite
    file var/tracker.db of this installation.
    """


@cli.command()
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def setup(case: Path) -> None:
    """Load a project from CASE.json: who funds it, on what terms, by which rules.

    Where the database holds others already, it is put beside them.
    """
    from tracker.actions import programmes

    with opened() as session:
        new = programmes.set_up(session, case, by=AT_THE_SERVER)
    click.echo(f"{case.name}: {'loaded' if new else 'was loaded before; nothing changed'}.")


@cli.command("import")
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


@cli.command()
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


@cli.command()
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


@cli.command()
@click.argument("commitment")
@click.option("--year", type=click.IntRange(1900, 2999), help="A calendar year, such as 2023.")
@click.option("--period", help="A year or a quarter, such as 2023-Q2.")
@click.option(
    "--format", "formats", default="xlsx,pdf", show_default=True, help="Any of xlsx, pdf, json."
)
@click.option(
    "--out",
    default=Path(),
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; the current one by default.",
)
def report(commitment: str, year: int | None, period: str | None, formats: str, out: Path) -> None:
    """Write the funder's statement of COMMITMENT over a year or a quarter."""
    if (year is None) == (period is None):
        raise click.UsageError("Give either --year 2023 or --period 2023-Q2.")
    wanted = [name.strip() for name in formats.split(",")]
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise click.BadParameter(
            f"{unknown[0]!r} is not one of xlsx, pdf, json.", param_hint="--format"
        )
    over = calendar_year(year) if year else period_named(period or "")
    with opened() as session:
        _choose_project_of(session, commitment)
        for path in _write_reports(session, commitment, over, wanted, out):
            click.echo(path)


@cli.command()
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


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web application until stopped with Ctrl-C."""
    from tracker.store.people import has_sample_people

    with opened() as session:
        if host not in LOOPBACK and has_sample_people(session):
            raise RuleViolation(
                "The sample sign-ins exist in this database, and everybody knows their password.",
                "Listen on 127.0.0.1, or name a database without the sample in"
                " TRACKER_DATABASE_URL.",
            )
    _check_free(host, port)
    click.echo(f"The tracker is at http://{host}:{port}  (stop with Ctrl-C)")
    sys.stdout.flush()
    command = [sys.executable, "-m", "gunicorn", "--chdir", str(ROOT), "wsgi:app"]
    options = ["--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4"]
    quiet = ["--no-control-socket", "--timeout", "120", "--log-level", "warning"]
    os.execv(sys.executable, [*command, *options, *quiet])  # noqa: S606 - ourselves, no shell


@cli.command()
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


@cli.command()
def upgrade() -> None:
    """Bring the tables of the database up to this version of the tracker."""
    from tracker.store import schema

    schema.upgrade(database_url())
    click.echo("The database is up to date.")


@cli.group()
def person() -> None:
    """Let people sign in."""


@person.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as the audit trail shows it.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--funder", help="The funder of a funder_viewer, by name.")
@click.option("--language", default="en", type=click.Choice(["en", "nl"]), show_default=True)
@click.password_option(help="Asked for where it is not given.")
def add_person(
    email: str, name: str, role: str, funder: str | None, language: str, password: str
) -> None:
    """Let somebody sign in with EMAIL and a password."""
    from tracker.actions import people
    from tracker.domain.people import NewPerson
    from tracker.store.funders import funder_named

    with opened() as session:
        funder_id = funder_named(session, funder).id if funder else None
        new = NewPerson(email, name, Role(role), password, funder_id, language)
        people.add(session, new, by=ADMINISTRATOR)
    click.echo(f"{email} can sign in as {role}.")


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


def _write_reports(
    session: Session, commitment: str, period: Period, formats: list[str], out: Path
) -> Iterator[Path]:
    from reports import catalogue

    out.mkdir(parents=True, exist_ok=True)
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    made = catalogue.make(
        session, "statement", commitment, period, made_on=today, author=AT_THE_SERVER.name
    )
    for name in formats:
        path = out / catalogue.file_name(made, name)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(catalogue.to_format(made, name))
        draft.replace(path)  # a reader sees the whole file or none
        yield path


def _choose_project_of(session: Session, commitment: str) -> None:
    """Let a session be about the project of a commitment: its code says which that is."""
    from tracker.store.commitment_codes import holder_of_code
    from tracker.store.scope import in_project

    if holder := holder_of_code(session, commitment):
        in_project(session, holder.project_id)


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
        list(_write_reports(session, code, period, [form], VAR / "reports"))
    except TrackerError as error:
        return str(error)
    return ""


def _answers(path: Path) -> dict[str, Any]:
    try:
        answers = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise click.BadParameter(f"{path} is not JSON: {error}", param_hint="--expected") from None
    if not isinstance(answers, dict):
        raise click.BadParameter(f"{path} holds no answers by name.", param_hint="--expected")
    return answers


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise RuleViolation(
                "Port {port} on {host} cannot be used: {why}.",
                "Choose another, for example: tracker serve --port {other}",
                port=str(port),
                host=host,
                why=error.strerror or "",
                other=str(port % 65535 + 1),
            ) from None


if __name__ == "__main__":
    main()
