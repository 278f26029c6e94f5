"""Every report once: menus, addresses, commands and tests are made from this list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from reports import (
    consortium,
    cost_list,
    final_statement,
    financing_plan,
    hours_report,
    in_kind_report,
    milestone_report,
    overview,
    receipts_report,
    statement,
)
from reports.filled import fill
from reports.occasion import Occasion
from reports.printed import WORKBOOK, printed
from reports.to_csv import to_csv
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_xlsx import to_xlsx
from tracker.domain.errors import NotFoundError
from tracker.domain.funder_figures import figures_of
from tracker.domain.funder_reports import DETERMINING, TELLING
from tracker.domain.funder_workbooks import check_figures
from tracker.domain.statements import file_stem
from tracker.domain.texts import stem_of
from tracker.store import audit
from tracker.store.budgets import plan_of
from tracker.store.commitments import commitments_of
from tracker.store.documents import intact
from tracker.store.final_accounts import final_account
from tracker.store.financing import financing_facts
from tracker.store.funder_reports import wording_of
from tracker.store.funder_workbooks import figures_there_are, workbook_of
from tracker.store.kept_facts import kept
from tracker.store.overview import overview_facts
from tracker.store.people import name_of
from tracker.store.projects import the_project
from tracker.store.statements import facts_of, note_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from reports.model import Report
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.funder_workbooks import FunderWorkbook
    from tracker.domain.periods import Period
    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

FACES: Final[dict[str, Callable[[Report], bytes]]] = {
    "xlsx": to_xlsx,
    "pdf": printed,
    "json": to_json,
    "csv": to_csv,
    "html": lambda report: to_html(report).encode(),
}
MIMETYPES: Final = {
    "xlsx": WORKBOOK,
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "application/zip",
    "html": "text/html; charset=utf-8",
}
ENDINGS: Final = {"csv": "_csv.zip"}
"""How the names of files end that are not named by their format."""
ALL_FORMATS: Final = ("xlsx", "pdf", "csv", "json")


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
    of_project: Callable[[Session, Occasion], Report] | None = None


CATALOGUE: Final[dict[str, ReportKind]] = {
    kind.slug: kind
    for kind in (
        ReportKind("statement", statement.TITLE, ALL_FORMATS, of_commitment=statement.build),
        ReportKind(
            "final_statement",
            final_statement.TITLE,
            ALL_FORMATS,
            of_commitment=final_statement.build,
        ),
        ReportKind("cost_list", cost_list.TITLE, ALL_FORMATS, of_commitment=cost_list.build),
        ReportKind(
            "milestones", milestone_report.TITLE, ALL_FORMATS, of_commitment=milestone_report.build
        ),
        ReportKind(
            "receipts", receipts_report.TITLE, ALL_FORMATS, of_commitment=receipts_report.build
        ),
        ReportKind(
            "in_kind", in_kind_report.TITLE, ALL_FORMATS, of_commitment=in_kind_report.build
        ),
        ReportKind("hours", hours_report.TITLE, ALL_FORMATS, of_commitment=hours_report.build),
        ReportKind(
            "financing_plan",
            financing_plan.TITLE,
            ALL_FORMATS,
            of_project=lambda session, occasion: financing_plan.build(
                financing_facts(session, occasion.made_on),
                plan_of(session),
                commitments_of(session),
                occasion,
            ),
        ),
        ReportKind(
            "consortium",
            consortium.TITLE,
            ALL_FORMATS,
            of_project=lambda session, occasion: consortium.build(
                overview_facts(session, occasion.made_on),
                financing_facts(session, occasion.made_on),
                occasion,
            ),
        ),
        ReportKind(
            "overview",
            overview.TITLE,
            ALL_FORMATS,
            of_project=lambda session, occasion: overview.build(
                overview_facts(session, occasion.made_on), occasion
            ),
        ),
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
    return laid_out(slug, with_final(session, slug, facts))


def make_of_project(session: Session, slug: str, occasion: Occasion) -> Report:
    """Make a report of the project as at the day of an occasion, from what is kept.

    Errors: ``NotFoundError`` for a report that does not exist.
    """
    kind = CATALOGUE.get(slug)
    if kind is None or kind.of_project is None:
        raise NotFoundError("There is no report “{slug}”.", slug=slug)
    return kind.of_project(session, occasion)


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
        author=name_of(session, author),
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
        with_final(session, report.kind, found),
        number=report.next_number,
        approved_by=name_of(session, report.approved_by),
        wording=wording_of(session, report.id),
        own_workbook=_to_fill(session, report, found),
    )


def _to_fill(
    session: Session, report: FunderReport, facts: StatementFacts
) -> FunderWorkbook | None:
    """Give the own workbook of a funder that there is to fill; costs are what it asks for."""
    if report.kind not in TELLING:
        return None
    workbook = workbook_of(session, facts.commitment.programme_id)
    return workbook if workbook and workbook.is_pointed else None


def with_final(session: Session, slug: str, facts: StatementFacts) -> StatementFacts:
    """Add what the determination rests on, for a kind of report that tells it."""
    if slug not in DETERMINING:
        return facts
    return replace(facts, final=final_account(session, facts.commitment, facts.period.last_day))


def laid_out(slug: str, facts: StatementFacts) -> Report:
    """Lay out a report of a commitment from its facts.

    Shape:  a report that is issued, and so has a number, names the hash of its kept facts.
    Errors: ``NotFoundError`` for a report that does not exist.
    """
    report = _builder_of(slug)(facts)
    if not facts.number:
        return report
    return replace(report, facts_sha256=sha256(kept(facts)).hexdigest())


def check_of_commitment(slug: str) -> None:
    """Refuse what is no report on a commitment.

    Errors: ``NotFoundError``.
    """
    _builder_of(slug)


def _builder_of(slug: str) -> Callable[[StatementFacts], Report]:
    kind = CATALOGUE.get(slug)
    if kind is None or kind.of_commitment is None:
        raise NotFoundError("There is no report “{slug}”.", slug=slug)
    return kind.of_commitment


def file_name(report: Report, face: str) -> str:
    """Name the file of a report so that names sort and explain themselves."""
    return f"{report.file_stem}{ENDINGS.get(face, f'.{face}')}"


def to_format(report: Report, face: str, beside: Mapping[str, bytes] | None = None) -> bytes:
    """Write a report as ``xlsx``, ``pdf``, ``csv``, ``json`` or ``html``.

    Shape:  a PDF holds the files of ``beside``, by format, that were made of the report before.
    """
    return printed(report, beside) if face == "pdf" else FACES[face](report)


def filled(session: Session, workbook: FunderWorkbook, facts: StatementFacts) -> Upload:
    """Fill the figures of a report into a funder's own workbook.

    Errors: ``RuleViolation`` where a cell asks for a figure that there no longer is;
            ``TrackerError`` where the template is not what was kept.
    """
    check_figures(workbook.pointed, figures_there_are(session, workbook.programme_id))
    return filled_as_kept(session, workbook, facts)


def filled_as_kept(session: Session, workbook: FunderWorkbook, facts: StatementFacts) -> Upload:
    """Fill a funder's own workbook, whatever figures are told of since; the same facts, the same.

    Errors: ``TrackerError`` where the template is not what was kept.
    """
    template = intact(session, workbook.document_id)
    stem = file_stem(facts.project_code, facts.commitment.code, facts.period, facts.number)
    name = f"{stem}_{stem_of(PurePath(workbook.file_name).stem)}.xlsx"
    return name, WORKBOOK, fill(template, workbook, figures_of(facts), facts.language)


def check_own_workbook(session: Session, facts: StatementFacts) -> None:
    """Refuse to fill a funder's own workbook that asks for what no report tells any longer.

    Errors: ``RuleViolation`` that names the cells.
    """
    if workbook := facts.own_workbook:
        check_figures(workbook.pointed, figures_there_are(session, workbook.programme_id))
