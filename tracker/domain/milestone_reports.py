"""The reports that milestones call for: a funder gets them so many weeks after each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.commitments import Status
from tracker.domain.deadlines import weeks_after
from tracker.domain.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.commitments import Commitment
    from tracker.domain.due_dates import Sent
    from tracker.domain.milestones import Milestone


class Promised(NamedTuple):
    """A report that a funder gets so many weeks after a milestone."""

    id: int
    milestone_id: int
    commitment_id: int
    title: str
    weeks: int


class CalledFor(NamedTuple):
    """A report that was promised, beside its milestone: by when, and whether it went out."""

    promised: Promised
    milestone: Milestone
    commitment: Commitment
    is_sent: bool

    @property
    def on(self) -> date:
        """The day of the milestone: when it was met, or is to be met."""
        return self.milestone.met_on or self.milestone.current

    @property
    def due_on(self) -> date:
        """The day by which the funder has the report."""
        return weeks_after(self.on, self.promised.weeks)

    @property
    def period(self) -> Period | None:
        """The days that it tells of, up to the milestone; none where the commitment runs later."""
        first_day = self.commitment.period.first_day
        return Period(first_day, self.on) if first_day <= self.on else None


def called_for(
    promised: Iterable[Promised],
    milestones: Mapping[int, Milestone],
    commitments: Mapping[int, Commitment],
    sent: Mapping[int, Sequence[Sent]],
) -> Iterator[CalledFor]:
    """List the reports that milestones of awarded commitments call for, sent or not.

    Shape:  what was sent on the day that the milestone was met, or later, is this report. A
            milestone that was given up calls for nothing.
    """
    for one in promised:
        milestone = milestones.get(one.milestone_id)
        commitment = commitments.get(one.commitment_id)
        if milestone is None or commitment is None or commitment.status is not Status.AWARDED:
            continue
        met_on = milestone.met_on
        if met_on or milestone.is_open:
            reports = sent.get(commitment.id, ())
            is_sent = met_on is not None and any(each.sent_on >= met_on for each in reports)
            yield CalledFor(one, milestone, commitment, is_sent)
