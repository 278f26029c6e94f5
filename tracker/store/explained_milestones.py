"""Explaining the money on milestones: what is planned, what was charged, and what is at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, Sentence
from tracker.domain.explanations import Asked, Explanation, Figure, Part, Place, Table
from tracker.domain.money import Money
from tracker.domain.risk import RiskKind, reason_of
from tracker.store.commitments import commitments_of
from tracker.store.milestone_money import milestone_list
from tracker.store.milestone_plans import planned_of
from tracker.store.milestones import milestone_named
from tracker.store.questions import explained
from tracker.store.risk import risks_on
from tracker.store.spending import By, charged

if TYPE_CHECKING:
    from tracker.domain.risk import Risk
    from tracker.store.questions import Question

BY_MILESTONE: Final = Sentence("By milestone")
BY_COMMITMENT: Final = Sentence("By commitment")


def planned_for(question: Question) -> Explanation:
    """Explain what milestones are planned to cost: of one by who pays, else by milestone.

    Errors: ``NotFoundError``.
    """
    session, asked = question.session, question.asked
    said = Sentence("What each milestone is planned to cost, by who is to pay it.")
    if not asked.milestone:
        return explained(asked, (said,), BY_MILESTONE, _each(question, "planned"))
    one = milestone_named(session, asked.milestone)
    parts = tuple(
        Part(
            plan.commitment or Sentence("Nobody yet"),
            plan.amount,
            place=Place.COMMITMENT if plan.commitment else None,
            key=plan.commitment,
        )
        for plan in planned_of(session, one.id)
    )
    return explained(asked, (said,), BY_COMMITMENT, parts)


def charged_on(question: Question) -> Explanation:
    """Explain what was charged of the costs booked to milestones: of one by who paid.

    Errors: ``NotFoundError``.
    """
    session, asked = question.session, question.asked
    said = Sentence("Cost lines that name the milestone, as far as they were charged.")
    if not asked.milestone:
        return explained(asked, (said,), BY_MILESTONE, _each(question, "charged"))
    one = milestone_named(session, asked.milestone)
    found = charged(session, By.COMMITMENT, By.MILESTONE)
    parts = []
    for commitment in commitments_of(session):
        amount = Money(found.get((commitment.id, one.id), 0))
        if amount:
            lines = Asked(Figure.CHARGED, commitment=commitment.code, milestone=one.code)
            parts.append(Part(commitment.code, amount, asked=lines))
    return explained(asked, (said,), BY_COMMITMENT, tuple(parts))


def _each(question: Question, name: str) -> tuple[Part, ...]:
    listed = milestone_list(question.session, question.today).listed
    return tuple(
        Part(
            f"{one.milestone.code} {one.milestone.title}",
            amount,
            asked=question.asked.but(milestone=one.milestone.code),
        )
        for one in listed
        if (amount := getattr(one.money, name))
    )


def at_risk(question: Question) -> Explanation:
    """Explain what money is at risk, each with its reason; of one milestone, or of one commitment.

    Errors: ``NotFoundError``.
    """
    session, asked, one = question.session, question.asked, question.commitment
    if asked.milestone:
        milestone_named(session, asked.milestone)
    on = asked.on or question.today
    found = [
        risk
        for risk in risks_on(session, on)
        if asked.milestone in ("", risk.milestone) and (one is None or risk.commitment_id == one.id)
    ]
    says = [Sentence("Money that hangs on milestones and ends, each euro once.")]
    if any(risk.counts != risk.amount for risk in found):
        says.append(
            Sentence(
                "Where two risks are about the same money, it counts with the first of them; of a"
                " commitment never more than what is outstanding or left."
            )
        )
    by_kind = tuple(
        Part(Code(kind.value), amount)
        for kind in RiskKind
        if (amount := Money.total(risk.counts for risk in found if risk.kind is kind))
    )
    parts = tuple(_part(risk) for risk in found if risk.counts)
    amount = Money.total(risk.counts for risk in found)
    tables = (Table(Sentence("By risk"), parts), Table(Sentence("By kind"), by_kind))
    return Explanation(asked, amount, tuple(says), tables)


def _part(risk: Risk) -> Part:
    if not risk.milestone:
        return Part(reason_of(risk), risk.counts, place=Place.COMMITMENT, key=risk.commitment)
    return Part(reason_of(risk), risk.counts, place=Place.MILESTONE, key=risk.milestone)
