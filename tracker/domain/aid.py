"""State aid: its categories and ceilings, how much of it fits, and the allowance that money earns.

Ceilings and shares are a programme's dated terms; they come in as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.ceilings import Ceiling
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import share_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


class AidCategory(StrEnum):
    """What aid is for, which decides its ceiling."""

    FUNDAMENTAL_RESEARCH = "fundamental_research"
    INDUSTRIAL_RESEARCH = "industrial_research"
    EXPERIMENTAL_DEVELOPMENT = "experimental_development"
    FEASIBILITY_STUDY = "feasibility_study"
    RESEARCH_INFRASTRUCTURE = "research_infrastructure"
    INNOVATION_CLUSTER = "innovation_cluster"


class CompanySize(StrEnum):
    """How large an undertaking is."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class AidPart:
    """Eligible costs of one kind of work, and the share of them that aid may pay."""

    eligible: Money
    ceiling: Decimal


def aid_intensity(aid: Iterable[Money], eligible: Money) -> Decimal | None:
    """Tell which share of the eligible costs is paid by aid; without costs there is none."""
    return share_of(Money.total(aid), eligible)


def aid_ceiling(parts: Iterable[AidPart], aid: Iterable[Money]) -> Ceiling:
    """Give the most aid that a project of one or several kinds of work may have, and its room.

    Units:  each part rounded down to the cent.
    Source: GBER 651/2014, art. 25 and 26.
    """
    amount = Money.total(part.eligible.share_down(part.ceiling) for part in parts)
    return Ceiling(amount, Money.total(aid))


def check_aid(amount: Money, ceiling: Ceiling, eligible: Money) -> None:
    """Refuse aid that lifts the total above its ceiling.

    Errors: ``RuleViolation`` on field ``amount``, with both figures and the room.
    Source: GBER 651/2014, art. 8.
    """
    if not ceiling.has_room_for(amount):
        raise RuleViolation(
            "The aid would be {total} on {eligible} of eligible costs, and may be {ceiling}.",
            "At most {room} more fits: lower the amount, or raise the eligible costs first.",
            field="amount",
            source="GBER 651/2014, art. 8",
            total=ceiling.used + amount,
            eligible=eligible,
            ceiling=ceiling.amount,
            room=ceiling.room,
        )


@dataclass(frozen=True, slots=True)
class AllowanceTerms:
    """How private money earns an allowance: more on the first euros, less on a charity's."""

    first_amount: Money
    first_share: Decimal
    share: Decimal
    charity_share: Decimal


def allowance_of(private: Money, charity: Money, terms: AllowanceTerms) -> Money:
    """Give the allowance that contributions of companies and charities earn.

    Units:  150,000 at 40 % of the first 20,000 and 30 % of the rest is 47,000.00.
    Source: PPS-toeslag (RVO).
    """
    first = min(private, terms.first_amount)
    rest = max(ZERO, private - terms.first_amount)
    return Money.total(
        [
            first.share_nearest(terms.first_share),
            rest.share_nearest(terms.share),
            charity.share_nearest(terms.charity_share),
        ]
    )
