"""What the cells of a table of milestones say, and how a change of one is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.actions.records import RecordImport
from tracker.domain.intakes import FieldChange
from tracker.domain.milestone_rules import Follow, code_of
from tracker.domain.milestones import (
    PROGRESS_MAX,
    WEIGHT_MAX,
    Milestone,
    MilestoneStatus,
    MilestoneTerms,
)
from tracker.domain.programmes import NewMilestone
from tracker.domain.table_columns import TableKind, named
from tracker.store.records import IN_A_ROW, LISTED

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.readers.record_tables import Record, RecordTable

STATUSES = {code_of(status): status for status in MilestoneStatus}


class MilestoneCells(RecordImport):
    """A table of milestones, read cell by cell."""

    kind = TableKind.MILESTONES

    def __init__(
        self, session: Session, table: RecordTable, by: Actor, known: tuple[str, ...]
    ) -> None:
        super().__init__(session, table, by)
        here = [self.text(record, "code") for record in table.records]
        self._known = tuple(dict.fromkeys([*known, *here]))
        self._met_here = {
            self.text(record, "code").casefold()
            for record in table.records
            if self.day(record, "met_on")
        }

    def is_met_here(self, milestone: Milestone) -> bool:
        """Tell whether the table says on which day a milestone was met."""
        return milestone.code.casefold() in self._met_here

    def milestone(self, record: Record) -> NewMilestone | None:
        """Give what the columns that every table has say of a milestone; nothing if one is odd."""
        package = self.code_in(record, "work_package", tuple(self.project.work_packages))
        weight = self.whole(record, "weight", 0, WEIGHT_MAX)
        met_on = self.day(record, "met_on")
        if met_on and met_on > self.today:
            self.complain(
                record,
                "met_on",
                "{day} is still to come.",
                "Enter the day on which it was met, or leave the cell empty.",
                day=met_on,
            )
            return None
        baseline = self.day(record, "baseline")
        if not package or weight is None or baseline is None:
            return None
        code, title = self.text(record, "code"), self.text(record, "title")
        return NewMilestone(code, title, package, weight, baseline, (), met_on, None)

    def terms(self, record: Record, before: MilestoneTerms) -> MilestoneTerms:
        """Give what a milestone is by the columns that the table has; the rest as it was."""
        found = before
        if self.has("owner"):
            found = replace(found, owner=self.text(record, "owner"))
        if self.has("criteria"):
            criteria = self.text(record, "criteria")
            if criteria != " ".join(before.criteria.split()):
                found = replace(found, criteria=criteria)
        if self.has("after"):
            after = self.codes_in(record, "after", self._known)
            if set(after) != set(before.after):
                found = replace(found, after=after)
        if self.has("evidence"):
            titles = (part.strip() for part in self.text(record, "evidence").split(";"))
            found = replace(found, evidence=tuple(dict.fromkeys(filter(None, titles))))
        return found

    def status(self, record: Record) -> MilestoneStatus | None:
        """Give the status that a cell names; nothing where it is empty."""
        code = self.code_in(record, "outcome", STATUSES)
        return next((status for known, status in STATUSES.items() if known == code), None)

    def progress(self, record: Record) -> int | None:
        """Give the percentage in a cell; nothing where it is empty."""
        return self.whole(record, "progress", 0, PROGRESS_MAX)

    @staticmethod
    def fields_of(
        held: Milestone,
        to_day: date | None,
        follow: Follow | None,
        terms: tuple[MilestoneTerms, MilestoneTerms],
        reason: str,
    ) -> list[FieldChange]:
        """Say cell by cell what a row changes of a milestone."""
        found = []
        if to_day:
            found.append(_field("current", held.current, to_day))
            if reason:
                found.append(_field("reason", "", reason))
        if follow and follow.status is not held.status:
            if follow.met_on:
                found.append(_field("met_on", "", follow.met_on))
            else:
                found.append(_field("outcome", code_of(held.status), code_of(follow.status)))
        elif follow:
            found.append(_field("progress", held.progress, follow.progress))
        return found + _of_terms(*terms)


def _of_terms(before: MilestoneTerms, now: MilestoneTerms) -> list[FieldChange]:
    pairs = {
        "owner": (before.owner, now.owner),
        "criteria": (before.criteria, now.criteria),
        "after": (LISTED.join(before.after), LISTED.join(now.after)),
        "evidence": (IN_A_ROW.join(before.evidence), IN_A_ROW.join(now.evidence)),
    }
    return [_field(code, *pair) for code, pair in pairs.items() if pair[0] != pair[1]]


def _field(code: str, before: str | int | date, now: str | int | date) -> FieldChange:
    return FieldChange(named(TableKind.MILESTONES, code), before, now)
