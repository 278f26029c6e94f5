"""Bringing in a table of milestones: new ones, other days, and what has become of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tracker.actions import milestone_steps as milestones
from tracker.actions.milestone_cells import MilestoneCells
from tracker.domain.errors import RuleViolation
from tracker.domain.milestone_order import check_before, check_reachable
from tracker.domain.milestone_rules import Follow, check_evidence, check_follow, code_of
from tracker.domain.milestones import PROGRESS_MAX, MilestoneStatus, MilestoneTerms, Move
from tracker.store.milestone_plans import evidence_of, terms_with
from tracker.store.milestones import milestones_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.errors import Fact
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money
    from tracker.domain.programmes import NewMilestone
    from tracker.readers.record_tables import Record, RecordTable


class Changed(NamedTuple):
    """What changes of a milestone: its day, what has become of it, what it is, or all of that."""

    milestone: Milestone
    to_day: date | None
    follow: Follow | None
    terms: MilestoneTerms | None
    reason: str


class New(NamedTuple):
    """A milestone that is new, with what is known of it and how far it is."""

    milestone: NewMilestone
    terms: MilestoneTerms
    follow: Follow | None


class MilestoneTableImport(MilestoneCells):
    """One table of milestones on its way into the database."""

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        held = {each.code.casefold(): each for each in milestones_of(session)}
        super().__init__(session, table, by, tuple(each.code for each in held.values()))
        self._held, self._evidence = held, evidence_of(session)
        self._after = {each.code: each.after for each in held.values()}
        self._seen: dict[str, Record] = {}
        self._new: list[New] = []
        self._changed: list[Changed] = []

    def take(self, record: Record) -> None:
        """Judge one row: a milestone."""
        code = self.text(record, "code")
        if code.casefold() in self._seen:
            self.twice(record, "code")
            return
        self._seen[code.casefold()] = record
        said = self.milestone(record)
        if said is None:
            return
        if held := self._held.get(code.casefold()):
            self._compare(record, held, said)
        else:
            self._enter(record, said)

    def _enter(self, record: Record, said: NewMilestone) -> None:
        planned, reason = self.day(record, "current"), self.text(record, "reason")
        if "," in said.code or "/" in said.code:
            self.complain(
                record,
                "code",
                "A code has no comma and no slash.",
                "Choose another code.",
                code=said.code,
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
        terms = self.terms(record, MilestoneTerms(said.title, said.work_package, said.weight))
        self._after[said.code] = terms.after
        status = self.status(record) or MilestoneStatus.SCHEDULED
        progress = self.progress(record)
        follow = None
        if said.met_on is None and (progress or status is not MilestoneStatus.SCHEDULED):
            follow = Follow(status, progress or 0, reason=reason)
        self._new.append(New(said, terms, follow))
        self.new += 1

    def _compare(self, record: Record, held: Milestone, said: NewMilestone) -> None:
        """Tell a row that is the same from one that changes something, and complain of the rest."""
        if self._is_at_odds(record, held, said):
            return
        planned = self.day(record, "current") or held.baseline
        if not self.has("current"):
            planned = held.current
        if planned != held.current and held.met_on:
            self._refuse_change(record, "current", held, held.current, planned)
            return
        before = terms_with(held, self._evidence.get(held.id, ()))
        terms, reason = self.terms(record, before), self.text(record, "reason")
        self._after[held.code] = terms.after
        if held.moves and reason == held.moves[-1].reason:
            reason = ""  # of the move before this one
        changed = Changed(
            held,
            planned if planned != held.current else None,
            self._follow(record, held, said.met_on, reason),
            terms if terms != before else None,
            reason,
        )
        if changed.to_day or changed.follow or changed.terms:
            self._changed.append(changed)
            self.change(
                held.code,
                *self.fields_of(held, changed.to_day, changed.follow, (before, terms), reason),
            )
        else:
            self.same += 1

    def _follow(
        self, record: Record, held: Milestone, met_on: date | None, reason: str
    ) -> Follow | None:
        """Give what the row says has become of a milestone, where that is something new."""
        status, progress = self.status(record) or held.status, self.progress(record)
        progress = held.progress if progress is None else progress
        if met_on and held.met_on is None and status is held.status:
            status = MilestoneStatus.MET
        if status is MilestoneStatus.MET:
            progress = PROGRESS_MAX
        if (status, progress) == (held.status, held.progress):
            return None
        follow = Follow(status, progress, met_on, reason)
        try:
            self._check(held, follow)
        except RuleViolation as refused:
            fields = {"status": "outcome", "progress": "progress"}
            self.refuse(record, fields.get(refused.field, "met_on"), refused)
        return follow

    def _check(self, held: Milestone, follow: Follow) -> None:
        asked = replace(follow, reason=follow.reason or "–")  # it may be given for all rows at once
        check_follow(held, asked, self.today)
        if follow.status is MilestoneStatus.MET:
            check_evidence(held.code, self._evidence.get(held.id, ()))
            check_before(held, [each for each in self._held.values() if not self.is_met_here(each)])

    def _is_at_odds(self, record: Record, held: Milestone, said: NewMilestone) -> bool:
        pairs: dict[str, tuple[Fact, Fact]] = {
            "title": (" ".join(held.title.split()), said.title),
            "work_package": (held.work_package, said.work_package),
            "weight": (held.weight, said.weight),
            "baseline": (held.baseline, said.baseline),
        }
        if held.met_on and self.has("met_on") and held.met_on != said.met_on:
            pairs["met_on"] = (held.met_on, said.met_on or "–")
        status = self.status(record)
        if held.met_on and status not in (None, held.status):
            pairs["outcome"] = (code_of(held.status), code_of(status or held.status))
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
            " reason, says how far it is and when it was met, who sees to it, and what it asks for."
            " What else it is, is changed on its own page.",
            code=held.code,
            before=before,
            now=now,
        )

    def finish(self) -> None:
        """Complain of milestones that would come after themselves."""
        for code, after in self._after.items():
            record = self._seen.get(code.casefold())
            if record is None or not self.has("after"):
                continue
            try:
                check_reachable(code, after, self._after)
            except RuleViolation as refused:
                self.refuse(record, "after", refused)

    def total(self) -> Money | None:
        """Give nothing: milestones do not add up to anything."""
        return None

    def keep(self, deed: Deed) -> None:
        """Keep the new milestones, and what was decided about the others."""
        for new in self._new:
            milestones.enter(self.session, new.milestone, replace(new.terms, after=()), by=self.by)
        for new in self._new:
            if new.terms.after:
                milestones.change(self.session, new.milestone.code, new.terms, by=self.by)
            if new.follow:
                self._tell(new.milestone.code, new.follow, deed)
        if deed.applies_changes:
            for changed in self._in_order():
                self._apply(changed, deed)

    def _apply(self, changed: Changed, deed: Deed) -> None:
        code = changed.milestone.code
        if changed.terms:
            milestones.change(self.session, code, changed.terms, by=self.by)
        if changed.to_day:
            to = Move(self.today, changed.to_day, changed.reason or deed.reason.strip())
            milestones.move(self.session, code, changed.milestone.current, to, by=self.by)
        if changed.follow:
            self._tell(code, changed.follow, deed)

    def _tell(self, code: str, follow: Follow, deed: Deed) -> None:
        said = replace(follow, reason=follow.reason or deed.reason.strip())
        milestones.follow(self.session, code, said, self.today, by=self.by)

    def _in_order(self) -> list[Changed]:
        """Put what comes before something else before it, so that it is met first."""
        waiting = list(self._changed)
        done: list[Changed] = []
        while waiting:
            codes = {each.milestone.code for each in waiting}
            ready = [each for each in waiting if not codes & set(each.milestone.after)] or waiting
            done += ready
            waiting = [each for each in waiting if each not in ready]
        return done
