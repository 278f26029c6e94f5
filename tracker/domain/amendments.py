"""Decisions on a commitment: what each changes, who confirmed it, and what holds on a day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.commitments import Status
from tracker.domain.errors import NotAllowedError, RuleViolation
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from tracker.domain.periods import Period


class Verdict(StrEnum):
    """Whether a second person has confirmed a decision. Only what is confirmed counts."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A dated, numbered decision on a commitment; number 0 is the award itself.

    Shape:  ``None`` and no categories mean that this decision leaves that as it was.
    Units:  ``amount`` is what this decision adds, or takes away when it is negative.
    """

    number: int
    decided_on: date
    amount: Money
    reason: str
    status: Status | None = None
    period: Period | None = None
    share: Decimal | None = None
    categories: tuple[str, ...] = ()
    determined: Money | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A decision as it was entered: by whom, and what the second person said of it.

    Shape:  ``returned`` is why the second person sent it back, empty where nobody did.
    """

    id: int
    commitment: str
    decision: Amendment
    verdict: Verdict
    entered_by: str
    entered_at: datetime
    confirmed_by: str
    returned: str
    document_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What was true of a commitment on a day."""

    status: Status
    amount: Money
    period: Period | None
    share: Decimal | None
    categories: tuple[str, ...]
    determined: Money | None


def standing_on(decisions: Iterable[Amendment], day: date) -> Standing:
    """Tell what was true on a day: all that was decided up to and including it, in order.

    Shape:  confirmed decisions only, in any order; before the first, a draft of nothing.
    """
    standing = Standing(Status.DRAFT, Money(0), None, None, (), None)
    for decision in sorted(decisions, key=lambda d: (d.decided_on, d.number)):
        if decision.decided_on <= day:
            standing = Standing(
                decision.status or standing.status,
                standing.amount + decision.amount,
                decision.period or standing.period,
                standing.share if decision.share is None else decision.share,
                decision.categories or standing.categories,
                standing.determined if decision.determined is None else decision.determined,
            )
    return standing


def check_separate(entered_by: str, approver: str) -> None:
    """Refuse that somebody confirms what they entered.

    Errors: ``NotAllowedError``.
    Source: separation of duties, domain rule 31.
    """
    if entered_by == approver:
        raise NotAllowedError(
            "You entered this yourself, so somebody else confirms it.",
            "Ask a colleague in finance, a controller or a director.",
        )


def check_changes(decision: Amendment) -> None:
    """Refuse a decision that changes nothing.

    Errors: ``RuleViolation`` on field ``amount``.
    """
    if len(said(decision)) == len(("number", "decided_on", "reason")):
        raise RuleViolation(
            "This decision changes nothing.",
            "Enter what the letter changes: the amount, the period, the share, the categories or"
            " the status.",
            field="amount",
        )


def said(decision: Amendment) -> dict[str, object]:
    """Write down what a decision says, for the audit trail; what it leaves is left out."""
    words: dict[str, object] = {
        "number": decision.number,
        "decided_on": decision.decided_on.isoformat(),
        "reason": decision.reason,
    }
    if decision.amount.cents:
        words["change_of_amount"] = decision.amount.cents
    if decision.status:
        words["status"] = decision.status.value
    if decision.period:
        words["first_day"] = decision.period.first_day.isoformat()
        words["last_day"] = decision.period.last_day.isoformat()
    if decision.share is not None:
        words["share"] = str(decision.share)
    if decision.categories:
        words["categories"] = list(decision.categories)
    if decision.determined is not None:
        words["determined"] = decision.determined.cents
    return words


def changes(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """Pair what was said with what is said now, where they differ."""
    return {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }
