"""The page of one milestone, and how far all of them are beside time and money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import render_template

from tracker.domain.milestone_order import out_of_order
from tracker.domain.milestones import missing_of, progress_of
from tracker.domain.money import Money
from tracker.domain.risk import reason_of
from tracker.extensions import db
from tracker.store import audit
from tracker.store.commitments import commitments_of
from tracker.store.documents import documents_of
from tracker.store.instalments import instalments_of
from tracker.store.milestone_money import milestone_list
from tracker.store.milestone_plans import evidence_of, planned_of, reports_of
from tracker.store.milestones import milestone_named, milestones_of, of_milestone
from tracker.store.projects import the_project
from tracker.store.spending import By, charged
from tracker.web.clock import today
from tracker.web.forms.commitments import DocumentForm
from tracker.web.history import in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Milestone
    from tracker.store.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Course:
    """How far the milestones are, beside how much of the time and of the money is gone.

    Units:  shares of one; nothing where there is nothing to be a share of.
    """

    progress: Decimal | None
    elapsed: Decimal | None
    spent: Decimal | None


@dataclass(frozen=True, slots=True)
class Payer:
    """What a commitment is to pay for a milestone, and what it was charged with."""

    commitment: str
    is_binding: bool
    planned: Money
    charged: Money


def course_of(session: Session, milestones: Sequence[Milestone], day: date) -> Course:
    """Tell how far milestones are, beside the time of the project and the money it has.

    Source: domain rule 29: spending far ahead of time and progress asks for a look.
    """
    period = the_project(session).period
    days = (period.last_day - period.first_day).days + 1
    gone = min(max((day - period.first_day).days + 1, 0), days)
    binding = [each for each in commitments_of(session) if each.is_committed]
    committed = Money.total(each.amount for each in binding)
    spent = Money.total(each.charged for each in binding)
    return Course(
        progress_of(milestones),
        Decimal(gone) / days,
        Decimal(spent.cents) / committed.cents if committed else None,
    )


def page_of_milestone(code: str, form: DocumentForm | None = None, wrong: int = 0) -> str:
    """Show one milestone; ``wrong`` is the evidence whose document was refused."""
    session, day = db.session(), today()
    one, all_ = milestone_named(session, code), milestones_of(session)
    known = milestone_list(session, day)
    evidence = evidence_of(session).get(one.id, ())
    subject = of_milestone(session, code)
    entries, documents = audit.history_of(session, subject), documents_of(session, subject)
    current = {each.document_id for each in evidence}
    return render_template(
        "milestones/show.html",
        one=one,
        money=next(each.money for each in known.listed if each.milestone.id == one.id),
        risks=[(risk, reason_of(risk)) for risk in known.risks if risk.milestone == code],
        before=[each for each in all_ if each.code in one.after],
        later=[each for each in all_ if code in each.after],
        disordered=out_of_order(one, all_),
        instalment=_instalment(session, one),
        reports=reports_of(session).get(one.id, ()),
        payers=_payers(session, one),
        evidence=evidence,
        missing=missing_of(evidence),
        documents={each.id: each for each in documents},
        earlier=[each for each in documents if each.id not in current],
        history=in_words(entries),
        reason=_reason(entries),
        form=form or DocumentForm(formdata=None),
        wrong=wrong,
        today=day,
    )


def _reason(entries: Sequence[AuditEntry]) -> str:
    """Give the reason with which the status of a milestone changed last."""
    steps = (entry.detail for entry in entries if "status" in entry.detail)
    return str(next(steps, {}).get("reason", ""))


def _instalment(session: Session, one: Milestone) -> Instalment | None:
    if one.releases is None:
        return None
    code, number = one.releases.commitment_code, one.releases.number
    commitment = next(each for each in commitments_of(session) if each.code == code)
    planned = instalments_of(session, commitment.id, cancelled=True)
    return next((each for each in planned if each.number == number), None)


def _payers(session: Session, one: Milestone) -> list[Payer]:
    """Give who is to pay for a milestone, and who paid without a plan."""
    spent = {
        key: Money(cents)
        for (key, milestone_id), cents in charged(session, By.COMMITMENT, By.MILESTONE).items()
        if milestone_id == one.id
    }
    planned = planned_of(session, one.id)
    found = [
        Payer(
            each.commitment,
            each.is_binding,
            each.amount,
            spent.pop(each.commitment_id or 0, Money(0)),
        )
        for each in planned
    ]
    rest = {each.id: each for each in commitments_of(session) if each.id in spent}
    found += [
        Payer(each.code, each.is_committed, Money(0), spent[key]) for key, each in rest.items()
    ]
    return found
