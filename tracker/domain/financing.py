"""The financing plan: what the project costs, and who pays it, in which form, how surely."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.commitments import COMMITTED, PLEDGED, Form, Status
from tracker.domain.money import ZERO, Money
from tracker.domain.shares import share_of

if TYPE_CHECKING:
    from decimal import Decimal

    from tracker.domain.waivers import Waiver


class Side(StrEnum):
    """On whose account money is counted."""

    PUBLIC = "public"
    PRIVATE = "private"
    OWN = "own_contribution"


SIDES = {
    "national": Side.PUBLIC,
    "regional": Side.PUBLIC,
    "european": Side.PUBLIC,
    "charity": Side.PRIVATE,
    "foundation": Side.PRIVATE,
    "company": Side.PRIVATE,
    "consortium": Side.PRIVATE,
    "owner": Side.OWN,
    "university": Side.OWN,
}
"""On whose account each kind of funder counts.

Government bodies and the European Union are public. Companies, charities and foundations are
private: a private contribution is money that comes from no research organisation and no public
body. A consortium is its partners, who are companies and charities here. The owner and a
university are research organisations: what they pay is the project's own contribution, and is
neither public aid nor a private contribution.
"""


def side_of(kind: str) -> Side:
    """Tell on whose account a kind of funder counts; a kind that is not known counts as public.

    That is the careful choice: too much counted as public only lowers the room.
    """
    return SIDES.get(kind, Side.PUBLIC)


@dataclass(frozen=True, slots=True)
class FinancingTerms:
    """What a programme says of the mix of money. ``None`` where it says nothing.

    Shape:  ``stops`` are the rules that stop a commitment when it breaks them; the others warn.
            ``sources`` names where a term comes from, by its code.
    """

    aid_category: str | None = None
    aid_ceiling: Decimal | None = None
    private_minimum: Decimal | None = None
    research_minimum: Decimal | None = None
    cash_share: Decimal | None = None
    stops: frozenset[str] = frozenset()
    sources: tuple[tuple[str, str], ...] = ()

    def source(self, code: str) -> str:
        """Where a term comes from."""
        return dict(self.sources).get(code, "")


@dataclass(frozen=True, slots=True)
class Source:
    """A commitment as the financing plan counts it."""

    code: str
    funder: str
    programme: str
    side: Side
    form: Form
    status: Status
    amount: Money
    terms: FinancingTerms = FinancingTerms()

    @property
    def committed(self) -> Money:
        """Its amount if it binds."""
        return self.amount if self.status in COMMITTED else ZERO

    @property
    def conditional(self) -> Money:
        """Its amount if it is conditional."""
        return self.amount if self.status is Status.CONDITIONAL else ZERO

    @property
    def pledged(self) -> Money:
        """Its amount if it is reserved or pledged."""
        return self.amount if self.status in PLEDGED else ZERO


@dataclass(frozen=True, slots=True)
class FinancingFacts:
    """Everything that the financing plan is made of.

    Shape:  no ``planned`` where nobody has entered the project's plan; ``sources`` are what
            stands, without drafts and what was withdrawn; ``waivers`` those that hold now.
    Units:  ``in_kind_signed`` is the value of partners' hours that a contributor has signed for,
            ``in_kind_unsigned`` that of the others. Neither is money.
    """

    planned: Money | None
    sources: tuple[Source, ...]
    waivers: tuple[Waiver, ...] = ()
    in_kind_signed: Money = ZERO
    in_kind_unsigned: Money = ZERO

    @property
    def committed(self) -> Money:
        """What is promised for certain."""
        return Money.total(source.committed for source in self.sources)

    @property
    def conditional(self) -> Money:
        """What is promised on conditions."""
        return Money.total(source.conditional for source in self.sources)

    @property
    def pledged(self) -> Money:
        """What is reserved or pledged."""
        return Money.total(source.pledged for source in self.sources)

    @property
    def gap(self) -> Money | None:
        """Planned − committed: below zero where there is more money than plan."""
        return None if self.planned is None else self.planned - self.committed

    @property
    def gap_later(self) -> Money | None:
        """The gap that stays if everything conditional and pledged comes."""
        return None if self.gap is None else self.gap - self.conditional - self.pledged

    @property
    def in_kind(self) -> Money:
        """The value of all hours that partners contributed."""
        return self.in_kind_signed + self.in_kind_unsigned

    def of(self, side: Side | None, form: Form | None = None) -> Money:
        """What one side, or all, committed in one form, or in all."""
        return Money.total(
            source.committed
            for source in self.sources
            if side in (None, source.side) and form in (None, source.form)
        )

    def share_of_plan(self, amount: Money) -> Decimal | None:
        """Tell which share of the planned costs an amount is; none without a plan."""
        return None if self.planned is None else share_of(amount, self.planned)
