"""Bringing in a table of commitments: those that are not known become drafts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.actions.commitments import Entry
from tracker.actions.records import EMPTY, RecordImport
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Form, Particulars, Promise, Status
from tracker.domain.errors import Code, RuleViolation, Sentence
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.table_columns import TableKind
from tracker.store.financing import lock_financing
from tracker.store.funders import programmes_of
from tracker.store.milestones import milestones_of
from tracker.store.records import LISTED, commitment_records

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.errors import Fact
    from tracker.readers.record_tables import Record, RecordTable
    from tracker.store.records import Held

AWARD = "award"  # the reason of a first decision, which pages say by its name
NAMED = frozenset({"form", "status"})  # whose values are codes
DECIDED = frozenset(
    {"status", "decided_on", "first_day", "last_day", "amount", "share", "categories"}
)
MEANT = frozenset({"work_packages", "milestones", "conditions"})
BY_AMENDMENT = (
    "What was promised changes by a decision only: use “Enter an amendment” on the page of {code}."
)
BY_HAND = "Use “Change the conditions” on the page of {code}, or leave the cell empty."
NEVER = "Put back what it was; another commitment has another code."


class CommitmentTableImport(RecordImport):
    """One table of commitments on its way into the database."""

    kind = TableKind.COMMITMENTS

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        super().__init__(session, table, by)
        self._held = {str(each["code"]).casefold(): each for each in commitment_records(session)}
        self._programmes = programmes_of(session)
        self._milestones = tuple(each.code for each in milestones_of(session))
        self._seen: dict[str, Promise] = {}

    def take(self, record: Record) -> None:
        """Judge one row: a commitment."""
        code = self.text(record, "code")
        if code.casefold() in self._seen:
            self.twice(record, "code")
            return
        before = self.complaints
        said = self._said(record)
        if self.complaints > before:
            return
        if held := self._held.get(code.casefold()):
            self._compare(record, held, said)
        else:
            self._enter(record, said)

    def _said(self, record: Record) -> Held:
        """Give what a row says, by column; a cell that names what is not known is complained of."""
        packages = tuple(self.project.work_packages)
        share = record.values.get("share")
        return {
            "code": self.text(record, "code"),
            "funder": self.text(record, "funder"),
            "programme": self.text(record, "programme"),
            "reference": self.text(record, "reference"),
            "form": self.code_in(record, "form", tuple(Form)),
            "status": self.code_in(record, "status", tuple(Status)),
            "decided_on": self.day(record, "decided_on"),
            "first_day": self.day(record, "first_day"),
            "last_day": self.day(record, "last_day"),
            "amount": Money(self.cents(record, "amount")),
            "share": share if isinstance(share, Decimal) else None,
            "categories": LISTED.join(self.codes_in(record, "categories", self.project.categories)),
            "work_packages": LISTED.join(self.codes_in(record, "work_packages", packages)),
            "milestones": LISTED.join(self.codes_in(record, "milestones", self._milestones)),
            "conditions": str(record.values.get("conditions") or ""),
        }

    def _compare(self, record: Record, held: Held, said: Held) -> None:
        """Complain of what differs; an empty cell says nothing of what is not required."""
        differing = [
            code
            for code, now in said.items()
            if now not in (None, "") and _folded(now) != _folded(held[code])
        ]
        for code in differing:
            remedy = BY_AMENDMENT if code in DECIDED else BY_HAND if code in MEANT else NEVER
            facts: dict[str, Fact] = {
                "code": str(held["code"]),
                "before": _fact(code, held[code]),
                "now": _fact(code, said[code]),
            }
            message = "{code} has {before} here, and the table says {now}."
            self.complain(record, code, message, remedy, **facts)
        self.same += not differing

    def _enter(self, record: Record, said: Held) -> None:
        programme = self._programme(record, said)
        first, last = self.day(record, "first_day"), self.day(record, "last_day")
        if programme is None or first is None or last is None:
            return
        if first > last:
            self.complain(
                record,
                "last_day",
                "The last day, {last}, is before the first, {first}.",
                "Correct one of them.",
                first=first,
                last=last,
            )
            return
        promise = self._promise(record, said, programme, Period(first, last))
        same = [
            each
            for each in self._seen.values()
            if (each.programme_id, each.reference) == (programme, promise.reference)
        ]
        if same:
            self.twice(record, "reference")
            return
        self._seen[promise.code.casefold()] = promise
        try:
            Entry(self.session, promise, self.today).check()
        except RuleViolation as refused:
            known = refused.field if refused.field in self.table.reader.places else "code"
            self.refuse(record, known, refused)
            return
        self.new += 1

    def _promise(self, record: Record, said: Held, programme: int, period: Period) -> Promise:
        decided_on, share = self.day(record, "decided_on"), said["share"]
        assert decided_on is not None
        packages, purposes, categories = (
            tuple(filter(None, str(said[code]).split(LISTED)))
            for code in ("work_packages", "milestones", "categories")
        )
        decision = Amendment(
            0,
            decided_on,
            Money(self.cents(record, "amount")),
            AWARD,
            Status(str(said["status"])),
            period,
            share if isinstance(share, Decimal) else None,
            categories or self.project.categories,
        )
        return Promise(
            programme_id=programme,
            code=str(said["code"]),
            reference=str(said["reference"]),
            form=Form(str(said["form"])),
            decision=decision,
            particulars=Particulars(str(said["conditions"]), packages, purposes),
        )

    def _programme(self, record: Record, said: Held) -> int | None:
        """Give the programme that a row names, by its funder."""
        funders = tuple(dict.fromkeys(each.funder for each in self._programmes))
        funder = _named(said["funder"], funders)
        if not funder:
            self.unknown(record, "funder", str(said["funder"]), funders)
            return None
        own = {each.name: each.id for each in self._programmes if each.funder == funder}
        name = _named(said["programme"], tuple(own))
        if not name:
            self.unknown(record, "programme", str(said["programme"]), tuple(own))
            return None
        return own[name]

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        amount = Money.total(each.decision.amount for each in self._seen.values())
        return (
            *super().totals(),
            (Sentence("Amount of the rows in the file"), self.total() or Money(0)),
            (Sentence("New commitments, as drafts for a second person"), self.new),
            (Sentence("Amount of the new commitments"), amount),
        )

    def keep(self, deed: Deed) -> None:
        """Keep the new commitments as drafts; somebody else confirms each of them.

        Errors: ``RuleViolation`` where somebody else entered one of them by now.
        """
        lock_financing(self.session)
        for promise in self._seen.values():
            entry = Entry(self.session, promise, self.today)
            entry.check()
            entry.keep(self.by)


def _folded(value: object) -> object:
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _named(said: object, known: tuple[str, ...]) -> str:
    return next((name for name in known if _folded(name) == _folded(said)), "")


def _fact(code: str, value: str | int | Decimal | Money | date | None) -> Fact:
    if value in (None, ""):
        return EMPTY
    assert value is not None
    return Code(str(value)) if code in NAMED else value
