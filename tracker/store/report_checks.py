"""Reading what stands in the way of a funder report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from tracker.domain.determination import needs_auditor
from tracker.domain.financing_rules import broken_rules
from tracker.domain.report_checks import Situation, blocking, topics
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.texts import mark as _
from tracker.store.charging import not_judged
from tracker.store.closing import LINE_DAY
from tracker.store.costs import CostLineRow
from tracker.store.financing import financing_facts
from tracker.store.funder_reports import papers_of
from tracker.store.funders import FunderAccountRow
from tracker.store.receipts import BankEntryRow, unmatched
from tracker.store.reporting_periods import periods_of
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.report_checks import Blocking, Topic
    from tracker.domain.statements import StatementFacts

AUDITORS_REPORT: Final = _("Auditor's report")


def topics_of(session: Session, facts: StatementFacts) -> tuple[Topic, ...]:
    """List what a report must explain, by the terms of its programme."""
    return topics(facts, _threshold(session, facts))


def blocking_of(
    session: Session, report: FunderReport, facts: StatementFacts
) -> tuple[Blocking, ...]:
    """List what keeps a report from going on."""
    said = [about for about, _words in facts.wording.explanations]
    return blocking(_situation(session, report, facts), topics_of(session, facts), said)


def _threshold(session: Session, facts: StatementFacts) -> Decimal | None:
    sheet = terms_of(session, facts.commitment.programme_id)
    return sheet.share("deviation_threshold", day=facts.commitment.decided_on)


def _situation(session: Session, report: FunderReport, facts: StatementFacts) -> Situation:
    period, commitment = report.period, facts.commitment
    waiting = session.scalar(
        select(func.count())
        .select_from(CostLineRow)
        .where(LINE_DAY.between(period.first_day, period.last_day), *not_judged(session))
    )
    accounts = select(FunderAccountRow.iban).where(
        FunderAccountRow.funder_id == commitment.funder_id
    )
    count, amount = unmatched(
        session,
        BankEntryRow.booked_on <= period.last_day,
        BankEntryRow.counterparty_iban.in_(accounts),
    )
    rules = broken_rules(financing_facts(session, period.last_day))
    return Situation(
        open_periods=tuple(
            one.code
            for one in periods_of(session, report.project_id)
            if one.state is not PeriodState.CLOSED
            and one.period.first_day <= period.last_day
            and one.period.last_day >= period.first_day
        ),
        waiting=waiting or 0,
        unmatched_count=count,
        unmatched=amount,
        broken=tuple(
            rule.says
            for rule in rules
            if not rule.waiver and rule.programme in ("", commitment.programme)
        ),
        required=_required(session, report, commitment),
        papers=tuple(paper.title for paper in papers_of(session, report.id)),
    )


def _required(session: Session, report: FunderReport, commitment: Commitment) -> tuple[str, ...]:
    """Name the documents that must go with a report: an auditor's, with the last of a large sum."""
    sheet = terms_of(session, commitment.programme_id)
    threshold = sheet.amount("auditor_threshold", day=commitment.decided_on)
    is_last = report.period.last_day >= commitment.period.last_day
    if is_last and needs_auditor(commitment.amount, threshold):
        return (AUDITORS_REPORT,)
    return ()
