"""Reading what goes into an audit dossier: figures, papers, and the deeds that led to them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, cast, func, literal, or_, select

from tracker.domain.costs import Origin
from tracker.domain.dossiers import Deed, DossierFacts, Folder, Paper
from tracker.domain.money import Money
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.audit import AuditRow, of_commitment
from tracker.store.contributions import DeclarationRow
from tracker.store.costs import CostLineRow
from tracker.store.documents import DocumentRow
from tracker.store.funder_reports import reports_of
from tracker.store.imports import BookRow
from tracker.store.issued_reports import IssuedFileRow, IssuedReportRow
from tracker.store.milestones import milestones_of, of_milestone
from tracker.store.projects import CategoryRow
from tracker.store.reporting_periods import ReportingPeriodRow, SentReportRow
from tracker.store.statements import facts_of
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from tracker.domain.periods import Period
    from tracker.domain.statements import StatementFacts


def dossier_facts(
    session: Session, code: str, period: Period, *, made_on: date, author: str
) -> DossierFacts:
    """Gather what the dossier of a commitment over a period says.

    Errors: ``NotFoundError`` for a commitment that does not exist.
    """
    statement = facts_of(session, code, period, made_on=made_on, author=author)
    found = _Dossier(session, statement)
    return DossierFacts(
        statement=statement,
        reports=tuple(
            report
            for report in reports_of(session, statement.commitment.id)
            if _overlap(report.period, period)
        ),
        papers=tuple(found.papers()),
        deeds=tuple(found.deeds()),
        listed=found.listed(),
        booked=found.booked(),
    )


class _Dossier:
    """What belongs to a commitment and a period."""

    def __init__(self, session: Session, statement: StatementFacts) -> None:
        self._session, self._statement = session, statement
        self._commitment, self._period = statement.commitment, statement.period
        self._subject = of_commitment(self._commitment.code)
        self._milestones = [
            of_milestone(session, one.code) for one in milestones_of(session, self._commitment.id)
        ]
        self._waivers = waivers_of(session, self._commitment.id)

    def listed(self) -> tuple[tuple[str, Money], ...]:
        """Add the lines of the statement up, by category."""
        sums = Counter[str]()
        for line in self._statement.lines():
            sums[line.category] += line.charged
        return tuple((code, Money(cents)) for code, cents in sorted(sums.items()))

    def booked(self) -> tuple[tuple[str, Money], ...]:
        """Add the charges of the books up that count since the last report, by category."""
        rows = self._session.execute(
            self._charges(CategoryRow.code, func.sum(AllocationRow.amount))
            .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
            .group_by(CategoryRow.code)
            .order_by(CategoryRow.code)
        )
        return tuple((code, Money(int(cents))) for code, cents in rows)

    def papers(self) -> Iterator[Paper]:
        """List the papers, each once, by their folders and in the order in which they came."""
        seen: set[int] = set()
        for folder, which in self._shelves():
            row = DocumentRow
            found = self._session.execute(
                select(row.subject, row.id, row.name, row.size, row.sha256)
                .where(which)
                .order_by(row.id)
            )
            for about, key, name, size, sha256 in found:
                if key not in seen:
                    seen.add(key)
                    yield Paper(folder, about, key, name, size, sha256)

    def deeds(self) -> Iterator[Deed]:
        """List what was done to the commitment and to what belongs to it, the oldest first."""
        row = AuditRow
        waivers = [f"waiver/{waiver.id}" for waiver in self._waivers]
        rows = self._session.scalars(
            select(row)
            .where(
                or_(
                    row.subject == self._subject,
                    row.subject.startswith(f"{self._subject}/", autoescape=True),
                    row.subject.in_([*self._milestones, *waivers]),
                    row.subject.in_(self._cost_subjects()),
                )
            )
            .order_by(row.seq)
        )
        for one in rows:
            at = datetime.fromisoformat(one.at)
            yield Deed(one.seq, at, one.by, one.role, one.did, one.subject, one.detail, one.hash)

    def _shelves(self) -> Iterator[tuple[Folder, ColumnElement[bool]]]:
        row = DocumentRow
        issued = select(IssuedFileRow.document_id)
        facts = select(IssuedReportRow.facts_id)
        yield Folder.DECISIONS, row.subject == self._subject
        yield (
            Folder.PAPERS,
            or_(
                row.subject.startswith(f"{self._subject}/", autoescape=True)
                & row.id.not_in(issued)
                & row.id.not_in(facts),
                row.id.in_(self._sent()),
            ),
        )
        yield Folder.MILESTONES, row.subject.in_(self._milestones)
        yield Folder.WAIVERS, row.id.in_([each.document_id for each in self._waivers])
        yield Folder.EVIDENCE, row.subject.in_(self._cost_subjects())
        yield Folder.IN_KIND, row.id.in_(self._declarations())

    def _charges(self, *what: Any) -> Select[*tuple[Any, ...]]:
        """Select from the charges that the statement tells of."""
        earlier, period = self._statement.earlier, self._period
        reported = earlier.period.last_day if earlier else period.first_day - timedelta(1)
        return (
            select(*what)
            .select_from(AllocationRow)
            .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
            .where(
                AllocationRow.commitment_id == self._commitment.id,
                reported < COUNTED_ON,
                period.last_day >= COUNTED_ON,
            )
        )

    def _cost_subjects(self) -> Select[*tuple[Any, ...]]:
        return self._charges(literal("cost/") + cast(AllocationRow.cost_line_id, String))

    def _sent(self) -> Select[int | None]:
        """Find what was sent to the funder over periods that have days in this one."""
        sent, period = SentReportRow, ReportingPeriodRow
        return (
            select(sent.document_id)
            .join(period, period.id == sent.period_id)
            .where(
                sent.commitment_id == self._commitment.id,
                sent.document_id.is_not(None),
                period.first_day <= self._period.last_day,
                period.last_day >= self._period.first_day,
            )
        )

    def _declarations(self) -> Select[int]:
        """Find what partners signed over the hours that the commitment pays for."""
        signed = DeclarationRow
        partners = (
            self._charges(BookRow.company)
            .join(BookRow, BookRow.id == CostLineRow.book_id)
            .where(BookRow.origin == Origin.IN_KIND.value)
        )
        return select(signed.document_id).where(
            signed.partner.in_(partners),
            signed.first_day <= self._period.last_day,
            signed.last_day >= self._period.first_day,
        )


def _overlap(one: Period, other: Period) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day
