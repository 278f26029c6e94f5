"""Keeping the tracker running: its server, and its tables up to date."""

from __future__ import annotations

import os
import socket
import sys

import click

from tracker.cli.database import opened
from tracker.config import LOOPBACK, ROOT, database_url
from tracker.domain.errors import RuleViolation


@click.command()
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


@click.command()
def upgrade() -> None:
    """Bring the tables of the database up to this version of the tracker."""
    from tracker.store import schema

    schema.upgrade(database_url())
    click.echo("The database is up to date.")


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
