"""Every report once: menus, addresses, commands and tests are made from this list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from reports import overview, statement
from reports.occasion import Occasion
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_pdf import to_pdf
from reports.to_xlsx import to_xlsx
from tracker.domain.errors import NotFoundError
from tracker.store import audit
from tracker.store.funder_reports import wording_of
from tracker.store.overview import overview_facts
from tracker.store.projects import the_project
from tracker.store.statements import facts_of, note_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

    from reports.model import Report
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.overview import OverviewFacts
    from tracker.domain.periods import Period
    from tracker.domain.statements import StatementFacts

FACES: Final[dict[str, Callable[[Report], bytes]]] = {
    "xlsx": to_xlsx,
    "pdf": lambda report: to_pdf(to_html(report)),
    "json": to_json,
    "html": lambda report: to_html(report).encode(),
}
MIMETYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that can be made: its title in English, and the formats it is handed out in.

    Shape:  a report of a commitment is made over a period, in the language of its funder; one of
            the project is made as at a day, for who is inside, in the reader's language.
    """

    slug: str
    title: str
    formats: tuple[str, ...]
    of_commitment: Callable[[StatementFacts], Report] | None = None
    of_project: Callable[[OverviewFacts, Occasion], Report] | None = None


CATALOGUE: Final[dict[str, ReportKind]] = {
    kind.slug: kind
    for kind in (
        ReportKind(
            "statement",
            statement.TITLE,
            ("xlsx", "pdf", "json"),
            of_commitment=statement.build,
        ),
        ReportKind("overview", overview.TITLE, ("xlsx", "pdf", "json"), of_project=overview.build),
    )
}


def make(
    session: Session,
    slug: str,
    commitment_code: str,
    period: Period,
    *,
    made_on: date,
    author: str,
) -> Report:
    """Make a report of a commitment over a period, from what is kept.

    Errors: ``NotFoundError`` for a report or a commitment that does not exist.
    """
    facts = facts_of(session, commitment_code, period, made_on=made_on, author=author)
    return laid_out(slug, facts)


def make_of_project(session: Session, slug: str, occasion: Occasion) -> Report:
    """Make a report of the project as at the day of an occasion, from what is kept.

    Errors: ``NotFoundError`` for a report that does not exist.
    """
    kind = CATALOGUE.get(slug)
    if kind is None or kind.of_project is None:
        raise NotFoundError("There is no report “{slug}”.", slug=slug)
    return kind.of_project(overview_facts(session, occasion.made_on), occasion)


def occasion_of(session: Session, *, made_on: date, author: str, language: str) -> Occasion:
    """Gather the head of a report of the project, as the books are now.

    Errors: ``NotFoundError`` without a project.
    """
    project = the_project(session)
    return Occasion(
        project_code=project.code,
        project_name=project.name,
        language=language,
        made_on=made_on,
        author=author,
        ledger_state=audit.ledger_state(session),
        note=note_of(project),
    )


def facts_to_issue(session: Session, report: FunderReport, *, made_on: date) -> StatementFacts:
    """Gather what the next version of a funder report says, with the words that were written.

    Errors: ``NotFoundError``.
    """
    found = facts_of(
        session, report.commitment, report.period, made_on=made_on, author=report.prepared_by
    )
    return replace(
        found,
        number=report.next_number,
        approved_by=report.approved_by,
        wording=wording_of(session, report.id),
    )


def laid_out(slug: str, facts: StatementFacts) -> Report:
    """Lay out a report of a commitment from its facts.

    Errors: ``NotFoundError`` for a report that does not exist.
    """
    kind = CATALOGUE.get(slug)
    if kind is None or kind.of_commitment is None:
        raise NotFoundError("There is no report “{slug}”.", slug=slug)
    return kind.of_commitment(facts)


def file_name(report: Report, face: str) -> str:
    """Name the file of a report so that names sort and explain themselves."""
    return f"{report.file_stem}.{face}"


def to_format(report: Report, face: str) -> bytes:
    """Write a report as ``xlsx``, ``pdf``, ``json`` or ``html``."""
    return FACES[face](report)
