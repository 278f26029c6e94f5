"""What is looked at before a funder report goes on: what blocks it says so in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tracker.domain.crosswalks import unplaced
from tracker.domain.determination import Deviation
from tracker.domain.errors import Code, RuleViolation, Sentence
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.domain.statements import StatementFacts


class ReportCheck(StrEnum):
    """What is looked at."""

    PERIOD = "report_period_open"
    COSTS = "report_costs_waiting"
    RULES = "report_rules_broken"
    MONEY = "report_money_unmatched"
    LINES = "report_lines_missing"
    FORM = "report_form_unfilled"
    WORDS = "report_words_missing"
    PAPERS = "report_papers_missing"


@dataclass(frozen=True, slots=True)
class Blocking:
    """What keeps a report from going on, and what to do about it.

    Shape:  ``about`` is the key of the variance that is not explained, or the title of the
            document that is missing.
    """

    check: ReportCheck
    what: Sentence
    hint: Sentence
    about: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that differs, and that the funder wants explained.

    Shape:  ``key`` is ``category:travel``, ``left:outside_period`` or ``milestone:M2``.
    """

    key: str
    what: Sentence


@dataclass(frozen=True, slots=True)
class Situation:
    """What the books say of a period that a report is about.

    Shape:  ``open_periods`` are the short names of those that are not closed; ``waiting`` are
            cost lines that nobody has judged, and what they cost; ``unmatched`` is the money of
            this funder that is on no commitment yet; ``broken`` are rules that are broken without
            a waiver; ``required`` are titles of documents that must go with the report;
            ``unplaced`` are categories with costs that the funder's form has no line for;
            ``unfilled`` are cells of the funder's workbook that ask for what there is not.
    """

    open_periods: tuple[str, ...]
    waiting: int
    unmatched_count: int
    unmatched: Money
    broken: tuple[Sentence, ...]
    required: tuple[str, ...]
    papers: tuple[str, ...]
    waiting_amount: Money = ZERO
    unplaced: tuple[tuple[str, Money], ...] = ()
    unfilled: tuple[str, ...] = ()


def topics(facts: StatementFacts) -> tuple[Topic, ...]:
    """List what a report must explain.

    Shape:  categories that deviate from what was budgeted to date by more than the programme's
            threshold, or exceed their budget; milestones that are late at the end of the period;
            shares of costs that were not charged.
    Source: Kaderbesluit nationale EZ-subsidies, art. 37; lesson 11: only what differs.
    """
    return (
        *_of_categories(facts),
        *_of_milestones(facts),
        *_of_shares(facts),
    )


def _of_categories(facts: StatementFacts) -> Iterator[Topic]:
    for line in facts.categories:
        planned = line.planned
        deviates = planned is not None and Deviation(planned, line.to_date).is_reportable(
            facts.threshold
        )
        exceeds = line.budget is not None and line.to_date > line.budget
        if deviates or exceeds:
            told = line.budget if planned is None or not deviates else planned
            assert told is not None, "what deviates has a budget"
            yield Topic(
                f"category:{line.category}",
                Sentence(
                    _("{category}: {to_date} to date against {budget} budgeted."),
                    {"category": Code(line.category), "to_date": line.to_date, "budget": told},
                ),
            )


def _of_milestones(facts: StatementFacts) -> Iterator[Topic]:
    day = facts.period.last_day
    for milestone in facts.milestones:
        seen = milestone.as_of(day)
        late = (day - seen.baseline).days
        if seen.is_open and late > 0:
            yield Topic(
                f"milestone:{milestone.code}",
                Sentence(
                    _("Milestone {code}, {title}, was not met {days} days after its baseline."),
                    {"code": milestone.code, "title": milestone.title, "days": late},
                ),
            )


def _of_shares(facts: StatementFacts) -> Iterator[Topic]:
    for left in facts.not_charged:
        yield Topic(
            f"left:{left.reason.value}",
            Sentence(
                _("{amount} of the period's costs was not charged: {reason}."),
                {"amount": left.amount, "reason": Code(left.reason)},
            ),
        )


def without_line(facts: StatementFacts) -> tuple[tuple[str, Money], ...]:
    """List the categories that the funder's form has no line for, with what the report tells.

    Shape:  the costs of the period and its adjustments; where both are nothing, those to date. A
            category of which nothing is told is left out, as is all without a form.
    """
    if facts.crosswalk is None:
        return ()
    left = unplaced(facts.crosswalk, [line.category for line in facts.categories])
    told = (
        (line.category, line.this_period + line.adjustments or line.to_date)
        for line in facts.categories
        if line.category in left
    )
    return tuple((category, amount) for category, amount in told if amount)


def blocking(
    situation: Situation, asked: Iterable[Topic], explained: Iterable[str]
) -> tuple[Blocking, ...]:
    """List what keeps a report from review, approval and issue."""
    said = set(explained)
    return (
        *_of_books(situation),
        *(Blocking(ReportCheck.RULES, broken, Sentence(_WAIVE)) for broken in situation.broken),
        *_of_form(situation),
        *(
            Blocking(ReportCheck.WORDS, topic.what, Sentence(_EXPLAIN), topic.key)
            for topic in asked
            if topic.key not in said
        ),
        *(
            Blocking(
                ReportCheck.PAPERS,
                Sentence(_("The programme asks for this document: {title}."), {"title": title}),
                Sentence(_("Add it to the report under this title.")),
                title,
            )
            for title in situation.required
            if title not in situation.papers
        ),
    )


def _of_books(situation: Situation) -> Iterator[Blocking]:
    for code in situation.open_periods:
        yield Blocking(
            ReportCheck.PERIOD,
            Sentence(
                _("{period} is not closed, so its figures may still change."), {"period": code}
            ),
            Sentence(_("Close the period first.")),
        )
    if situation.waiting:
        yield Blocking(
            ReportCheck.COSTS,
            Sentence(
                _ONE_WAITS if situation.waiting == 1 else _MORE_WAIT,
                {"count": situation.waiting, "amount": situation.waiting_amount},
            ),
            Sentence(_("Charge the costs, and look at what could not be charged.")),
        )
    if situation.unmatched_count:
        yield Blocking(
            ReportCheck.MONEY,
            Sentence(
                _ONE_UNMATCHED if situation.unmatched_count == 1 else _MORE_UNMATCHED,
                {"count": situation.unmatched_count, "amount": situation.unmatched},
            ),
            Sentence(_("Match them to a commitment, or set them aside with a reason.")),
        )


def _of_form(situation: Situation) -> Iterator[Blocking]:
    """Tell what the funder's own form and workbook have no place for."""
    for category, amount in situation.unplaced:
        yield Blocking(
            ReportCheck.LINES,
            Sentence(
                _("{category}, {amount}, is on no line of the funder's form."),
                {"category": Code(category), "amount": amount},
            ),
            Sentence(_("Put the category on a line of the form.")),
            category,
        )
    if situation.unfilled:
        yield Blocking(
            ReportCheck.FORM,
            Sentence(
                _("{count} cells of the funder's own workbook ask for figures that are not there:"
                  " {cells}."),
                {"count": len(situation.unfilled), "cells": ", ".join(situation.unfilled)},
            ),
            Sentence(_("Point these cells at figures that there are.")),
        )  # fmt: skip


def check_nothing_blocks(found: Iterable[Blocking]) -> None:
    """Refuse a report while something blocks.

    Errors: ``RuleViolation`` with the first of what blocks.
    """
    for one in found:
        facts: dict[str, Any] = dict(one.what.facts)
        raise RuleViolation(one.what.template, one.hint.template, **facts)


_WAIVE: Final = _("Mend what breaks the rule, or have a waiver approved.")
_EXPLAIN: Final = _("Say why, beside the figure.")
_ONE_WAITS: Final = _("One cost line of the period, {amount}, waits to be charged.")
_MORE_WAIT: Final = _("{count} cost lines of the period, {amount} together, wait to be charged.")
_ONE_UNMATCHED: Final = _("One payment of this funder, {amount}, is on no commitment.")
_MORE_UNMATCHED: Final = _(
    "{count} payments of this funder, {amount} together, are on no commitment."
)
