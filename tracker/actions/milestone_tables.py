"""Bringing in a table of milestones: new ones, other days, and those that were met."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tracker.actions import milestones
from tracker.actions.records import EMPTY, RecordImport
from tracker.domain.intakes import FieldChange
from tracker.domain.milestones import Move
from tracker.domain.programmes import NewMilestone
from tracker.domain.table_columns import TableKind, named
from tracker.store.milestones import milestones_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.errors import Fact
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money
    from tracker.readers.record_tables import Record, RecordTable

WEIGHT_MAX = 1_000_000


class _Moved(NamedTuple):
    """What changes of a milestone: its day, the day on which it was met, or both."""

    milestone: Milestone
    to_day: date | None
    met_on: date | None
    reason: str


class MilestoneTableImport(RecordImport):
    """One table of milestones on its way into the database."""

    kind = TableKind.MILESTONES

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        super().__init__(session, table, by)
        self._held = {each.code.casefold(): each for each in milestones_of(session)}
        self._seen: set[str] = set()
        self._new: list[NewMilestone] = []
        self._moved: list[_Moved] = []

    def take(self, record: Record) -> None:
        """Judge one row: a milestone."""
        code = self.text(record, "code")
        if code.casefold() in self._seen:
            self.twice(record, "code")
            return
        self._seen.add(code.casefold())
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
        baseline = self.day(record, "baseline")
        if not package or weight is None or baseline is None:
            return
        title = self.text(record, "title")
        said = NewMilestone(code, title, package, weight, baseline, (), met_on, None)
        if held := self._held.get(code.casefold()):
            self._compare(record, held, said)
        else:
            self._enter(record, said)

    def _enter(self, record: Record, said: NewMilestone) -> None:
        planned, reason = self.day(record, "current"), self.text(record, "reason")
        if "," in said.code:
            self.complain(
                record, "code", "A code has no comma.", "Choose another code.", code=said.code
            )
        if planned and planned != said.baseline:
            if not reason:
                self.complain(
                    record,
                    "reason",
                    "{code} is planned for {day} and not for its baseline, without a reason.",
                    "Say why the day moved.",
                    code=said.code,
                    day=planned,
                )
            said = replace(said, moves=(Move(self.today, planned, reason),))
        self._new.append(said)
        self.new += 1

    def _compare(self, record: Record, held: Milestone, said: NewMilestone) -> None:
        """Tell a row that is the same from one that moves a day, and complain of anything else."""
        if self._is_at_odds(record, held, said):
            return
        planned = self.day(record, "current") or held.baseline
        if not self.has("current"):
            planned = held.current
        moves = planned != held.current
        meets = said.met_on is not None and held.met_on is None
        if moves and held.met_on:
            self._refuse_change(record, "current", held, held.current, planned)
        elif moves or meets:
            reason = self.text(record, "reason")
            if held.moves and reason == held.moves[-1].reason:
                reason = ""  # of the move before this one
            day, met_on = planned if moves else None, said.met_on if meets else None
            self._moved.append(_Moved(held, day, met_on, reason))
            self.change(held.code, *_fields_of(held, day, met_on, reason))
        else:
            self.same += 1

    def _is_at_odds(self, record: Record, held: Milestone, said: NewMilestone) -> bool:
        pairs: dict[str, tuple[Fact, Fact]] = {
            "title": (" ".join(held.title.split()), said.title),
            "work_package": (held.work_package, said.work_package),
            "weight": (held.weight, said.weight),
            "baseline": (held.baseline, said.baseline),
        }
        if held.met_on and self.has("met_on") and held.met_on != said.met_on:
            pairs["met_on"] = (held.met_on, said.met_on or EMPTY)
        differing = {code: pair for code, pair in pairs.items() if pair[0] != pair[1]}
        for code, (before, now) in differing.items():
            self._refuse_change(record, code, held, before, now)
        return bool(differing)

    def _refuse_change(
        self, record: Record, code: str, held: Milestone, before: Fact, now: Fact
    ) -> None:
        self.complain(
            record,
            code,
            "{code} has {before} here, and the table says {now}.",
            "Put back what it was: a table moves the day of a milestone that is not met yet, with a"
            " reason, and says when it was met. Nothing else of it changes.",
            code=held.code,
            before=before,
            now=now,
        )

    def total(self) -> Money | None:
        """Give nothing: milestones do not add up to anything."""
        return None

    def keep(self, deed: Deed) -> None:
        """Keep the new milestones, and what was decided about the others."""
        for new in self._new:
            milestones.enter(self.session, new, by=self.by)
        if not deed.applies_changes:
            return
        for held, to_day, met_on, reason in self._moved:
            if to_day:
                to = Move(self.today, to_day, reason or deed.reason.strip())
                milestones.move(self.session, held.code, held.current, to, by=self.by)
            if met_on:
                milestones.meet(self.session, held.code, met_on, by=self.by)


def _fields_of(
    held: Milestone, to_day: date | None, met_on: date | None, reason: str
) -> list[FieldChange]:
    found = []
    if to_day:
        found.append(FieldChange(named(TableKind.MILESTONES, "current"), held.current, to_day))
        if reason:
            found.append(FieldChange(named(TableKind.MILESTONES, "reason"), "", reason))
    if met_on:
        found.append(FieldChange(named(TableKind.MILESTONES, "met_on"), "", met_on))
    return found
