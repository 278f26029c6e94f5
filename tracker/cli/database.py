"""The database that a command works on, the project that it is about, and who is at work."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from tracker.config import database_url
from tracker.domain.actor import Actor
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    Command = Callable[..., None]

AT_THE_SERVER: Final = Actor("command line", Role.FINANCE_OFFICER)
ADMINISTRATOR: Final = Actor("command line", Role.ADMINISTRATOR)
PROJECT: Final = "tracker.project"


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
