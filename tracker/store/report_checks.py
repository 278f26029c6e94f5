"""Reading what stands in the way of a funder report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from tracker.domain.determination import needs_auditor
from tracker.domain.financing_rules import broken_rules
from tracker.domain.funder_reports import TELLING
from tracker.domain.funder_workbooks import asking_in_vain
from tracker.domain.money import Money
from tracker.domain.report_checks import Situation, blocking, topics, without_line
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.texts import mark as _
from tracker.store.charging import not_judged
from tracker.store.closing import LINE_DAY
from tracker.store.costs import CostLineRow
from tracker.store.financing import financing_facts
from tracker.store.funder_reports import papers_of
from tracker.store.funder_workbooks import figures_there_are, workbook_of
from tracker.store.funders import FunderAccountRow
from tracker.store.receipts import BankEntryRow, unmatched
from tracker.store.reporting_periods import periods_of
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.periods import Period
    from tracker.domain.report_checks import Blocking, Topic
    from tracker.domain.statements import StatementFacts

AUDITORS_REPORT: Final = _("Auditor's report")


def topics_of(report: FunderReport, facts: StatementFacts) -> tuple[Topic, ...]:
    """List what a report must explain; kinds that do not tell of the costs explain nothing."""
    return topics(facts) if report.kind in TELLING else ()


def blocking_of(
    session: Session, report: FunderReport, facts: StatementFacts
) -> tuple[Blocking, ...]:
    """List what keeps a report from going on."""
    said = [about for about, _words in facts.wording.explanations]
    return blocking(_situation(session, report, facts), topics_of(report, facts), said)


def _situation(session: Session, report: FunderReport, facts: StatementFacts) -> Situation:
    period, commitment = report.period, facts.commitment
    tells = report.kind in TELLING
    waiting, waiting_amount = _waiting(session, period)
    count, amount = _unmatched(session, commitment, period.last_day)
    rules = broken_rules(financing_facts(session, period.last_day))
    return Situation(
        open_periods=tuple(
            one.code
            for one in periods_of(session, report.project_id)
            if one.state is not PeriodState.CLOSED
            and one.period.first_day <= period.last_day
            and one.period.last_day >= period.first_day
        ),
        waiting=waiting,
        waiting_amount=waiting_amount,
        unmatched_count=count,
        unmatched=amount,
        broken=tuple(
            rule.says
            for rule in rules
            if not rule.waiver and rule.programme in ("", commitment.programme)
        ),
        required=_required(session, report, commitment) if tells else (),
        papers=tuple(paper.title for paper in papers_of(session, report.id)),
        unplaced=without_line(facts) if tells else (),
        unfilled=_unfilled(session, commitment.programme_id) if tells else (),
    )


def _waiting(session: Session, period: Period) -> tuple[int, Money]:
    """Count and add up the cost lines of a period that nobody has judged."""
    line = CostLineRow
    count, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(line.amount - line.ineligible), 0))
        .select_from(line)
        .where(LINE_DAY.between(period.first_day, period.last_day), *not_judged(session))
    ).one()
    return count, Money(int(cents))


def _unmatched(session: Session, commitment: Commitment, day: date) -> tuple[int, Money]:
    """Count and add up what a funder paid up to a day that is on no commitment."""
    accounts = select(FunderAccountRow.iban).where(
        FunderAccountRow.funder_id == commitment.funder_id
    )
    return unmatched(
        session, BankEntryRow.booked_on <= day, BankEntryRow.counterparty_iban.in_(accounts)
    )


def _unfilled(session: Session, programme_id: int) -> tuple[str, ...]:
    """Name the cells of a funder's own workbook that ask for what there no longer is."""
    workbook = workbook_of(session, programme_id)
    if workbook is None:
        return ()
    known = frozenset(figures_there_are(session, programme_id))
    return tuple(one.cell for one in asking_in_vain(workbook.pointed, known))


def _required(session: Session, report: FunderReport, commitment: Commitment) -> tuple[str, ...]:
    """Name the documents that must go with a report: an auditor's, with the last of a large sum."""
    sheet = terms_of(session, commitment.programme_id)
    threshold = sheet.amount("auditor_threshold", day=commitment.decided_on)
    is_last = report.period.last_day >= commitment.period.last_day
    if is_last and needs_auditor(commitment.amount, threshold):
        return (AUDITORS_REPORT,)
    return ()
