"""Questions about figures: what is asked, and what of it the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.errors import NotFoundError
from tracker.domain.explanations import Explanation, Part, Table
from tracker.domain.periods import Period, period_named
from tracker.store.reporting_periods import periods_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.errors import Sentence
    from tracker.domain.explanations import Asked
    from tracker.domain.money import Money


@dataclass(frozen=True, slots=True)
class Question:
    """A figure that somebody asks about, and what that person may see.

    Shape:  ``seen`` are the commitments that the figure may be of, as they are now or were on the
            day asked for. Lines are told beginning after the number ``after``; ``tells_lines``
            is false where they are not for this reader.
    """

    session: Session
    project_id: int
    seen: Sequence[Commitment]
    asked: Asked
    today: date
    after: int = 0
    tells_lines: bool = True

    @property
    def commitment(self) -> Commitment | None:
        """The commitment that the figure is of, if it is of one.

        Errors: ``NotFoundError`` for one that this person does not see.
        """
        if not self.asked.commitment:
            return None
        for commitment in self.seen:
            if commitment.code == self.asked.commitment:
                return commitment
        raise NotFoundError("There is no commitment “{code}”.", code=self.asked.commitment)

    @property
    def period(self) -> Period | None:
        """The days in which the figure counts, if it is of a reporting period.

        Errors: ``NotFoundError``.
        """
        if not self.asked.period:
            return None
        for known in periods_of(self.session, self.project_id):
            if known.code == self.asked.period:
                return known.period
        return period_named(self.asked.period)


def each_of(
    commitments: Iterable[Commitment], amount: Callable[[Commitment], Money], asked: Asked
) -> tuple[Part, ...]:
    """Give a part for each commitment, to be explained in turn."""
    return tuple(
        Part(c.code, amount(c), asked=asked.but(commitment=c.code, side="", form=""))
        for c in commitments
        if amount(c)
    )


def explained(
    asked: Asked,
    says: tuple[Sentence, ...],
    title: Sentence,
    parts: tuple[Part, ...],
    *,
    amount: Money | None = None,
) -> Explanation:
    """Explain a figure by one table of its parts, which it is the sum of unless it is given."""
    table = Table(title, parts)
    return Explanation(asked, table.total if amount is None else amount, says, (table,))
