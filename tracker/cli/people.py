"""Letting people sign in."""

from __future__ import annotations

import click

from tracker.cli.database import ADMINISTRATOR, opened
from tracker.domain.policy import Role


@click.group()
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
