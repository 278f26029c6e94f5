"""Explaining what is planned, set aside and still to be found, and partners' hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.domain.contributions import sums_of
from tracker.domain.errors import Code, NotFoundError, Sentence
from tracker.domain.explanations import Figure, Part, Place
from tracker.domain.money import ZERO, Money
from tracker.store import budgets
from tracker.store.contributions import contributions_of
from tracker.store.financing import financing_facts
from tracker.store.questions import explained
from tracker.store.spending import charged_by_year

if TYPE_CHECKING:
    from tracker.domain.explanations import Asked, Explanation
    from tracker.store.questions import Question


def budget(question: Question) -> Explanation:
    """Explain a funder's budget: the newest version that counts, by what it tells apart."""
    one, asked = question.commitment, question.asked
    if one is None:
        raise NotFoundError("A budget is what one funder set aside.")
    return _version(question, one.id, Place.BUDGET, one.code, asked)


def planned(question: Question) -> Explanation:
    """Explain the planned costs of the project: the newest version of its plan."""
    return _version(question, None, Place.PLAN, "", question.asked)


def _version(
    question: Question, commitment_id: int | None, place: Place, key: str, asked: Asked
) -> Explanation:
    session = question.session
    versions = budgets.versions_of(session, question.project_id, commitment_id)
    version = budgets.version_that_counts(versions)
    if version is None:
        said: tuple[Sentence, ...] = (Sentence("Nobody has entered a budget yet."),)
        return explained(asked, said, Sentence("By category"), ())
    facts: dict[str, Any] = {
        "number": version.number,
        "day": version.made_on,
        "reason": version.reason,
    }
    said = (Sentence("Version {number} of {day}: {reason}", facts),)
    if not asked.category:
        parts = tuple(
            Part(Code(category), amount, asked=asked.but(category=category))
            for category, amount in version.by_category.items()
        )
        return explained(asked, said, Sentence("By category"), parts)
    parts = tuple(
        Part(_detail(line.work_package, line.year), line.amount, place=place, key=key)
        for line in version.lines
        if line.category == asked.category
    )
    return explained(asked, said, Sentence("By work package and year"), parts)


def _detail(work_package: str, year: int) -> str | Sentence:
    told = " ".join(str(part) for part in (work_package, year) if part)
    return told or Sentence("The whole category")


def gap(question: Question) -> Explanation:
    """Explain what must still be found: planned less committed, and less what may still come."""
    asked, facts = question.asked, financing_facts(question.session, question.today)
    parts = [
        Part(Code("planned_costs"), facts.planned or ZERO, asked=asked.but(figure=Figure.PLANNED)),
        Part(Code("less_committed"), -facts.committed, asked=asked.but(figure=Figure.COMMITTED)),
    ]
    said = Sentence("The gap is what the plan costs less what is committed.")
    if asked.state:
        said = Sentence(
            "The gap that stays if everything conditional, reserved and pledged comes too."
        )
        for code, amount, figure in (
            ("less_conditional", facts.conditional, Figure.CONDITIONAL),
            ("less_pledged", facts.pledged, Figure.PLEDGED),
        ):
            parts.append(Part(Code(code), -amount, asked=asked.but(figure=figure, state="")))
        parts = [
            Part(p.name, p.amount, asked=p.asked.but(state="") if p.asked else None) for p in parts
        ]
    return explained(asked, (said,), Sentence("Planned less committed"), tuple(parts))


def in_kind(question: Question) -> Explanation:
    """Explain the value of partners' hours: signed for, or not yet, or both."""
    asked = question.asked
    wanted = {"signed": (True,), "unsigned": (False,)}.get(asked.state, (True, False))
    found = [c for c in contributions_of(question.session) if c.counts in wanted]
    says = (
        Sentence(
            "Contributions of hours: {count}, each its hours × its rate. They count once a signed"
            " declaration covers the day; they are never cash.",
            {"count": len(found)},
        ),
    )
    parts = tuple(
        Part(f"{s.partner} {s.year}", s.value, place=Place.IN_KIND, key=f"{s.partner}/{s.year}")
        for s in sums_of(found)
    )
    return explained(asked, says, Sentence("By partner and year"), parts)


def budget_left(question: Question) -> Explanation:
    """Explain what is left of a funder's budget: set aside less charged.

    Errors: ``NotFoundError`` where no commitment is named.
    """
    one, asked = question.commitment, question.asked
    if one is None:
        raise NotFoundError("A budget is what one funder set aside.")
    aside = budgets.budget_of(question.session, one.id)
    spent = charged_by_year(question.session, one.id)
    wanted = [code for code in aside if asked.category in ("", code)]
    parts = (
        Part(
            Code("budget"),
            Money.total(aside[code] for code in wanted),
            asked=asked.but(figure=Figure.BUDGET),
        ),
        Part(
            Code("less_charged"),
            -Money.total(sum_ for _, code, sum_ in spent if asked.category in ("", code)),
            asked=asked.but(figure=Figure.CHARGED),
        ),
    )
    said = Sentence("Remaining of the budget is what is set aside less what is charged.")
    return explained(asked, (said,), Sentence("Budget less charged"), parts)
