"""Writing the reports of funders to files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from tracker.cli.database import AT_THE_SERVER, opened
from tracker.domain.periods import Period, calendar_year, period_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

FORMATS: Final = ("xlsx", "pdf", "csv", "json")


@click.command()
@click.argument("commitment")
@click.option("--year", type=click.IntRange(1900, 2999), help="A calendar year, such as 2023.")
@click.option("--period", help="A year or a quarter, such as 2023-Q2.")
@click.option(
    "--format",
    "formats",
    default="xlsx,pdf",
    show_default=True,
    help="Any of xlsx, pdf, csv, json.",
)
@click.option(
    "--kind", default="statement", show_default=True, help="Such as final_statement or cost_list."
)
@click.option(
    "--out",
    default=Path(),
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to; the current one by default.",
)
def report(
    commitment: str, year: int | None, period: str | None, formats: str, kind: str, out: Path
) -> None:
    """Write a report on COMMITMENT over a year or a quarter."""
    if (year is None) == (period is None):
        raise click.UsageError("Give either --year 2023 or --period 2023-Q2.")
    wanted = [name.strip() for name in formats.split(",")]
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise click.BadParameter(
            f"{unknown[0]!r} is not one of xlsx, pdf, csv, json.", param_hint="--format"
        )
    over = calendar_year(year) if year else period_named(period or "")
    with opened() as session:
        _choose_project_of(session, commitment)
        for path in write_reports(session, commitment, over, wanted, out, kind):
            click.echo(path)


def write_reports(
    session: Session,
    commitment: str,
    period: Period,
    formats: list[str],
    out: Path,
    kind: str = "statement",
) -> Iterator[Path]:
    """Write a report in some formats; give each file once all of it is there."""
    from reports import catalogue

    out.mkdir(parents=True, exist_ok=True)
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    made = catalogue.make(
        session, kind, commitment, period, made_on=today, author=AT_THE_SERVER.name
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
