"""Keeping the commitments of a programme that is set up: decisions, instalments and budgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.domain.amendments import Verdict
from tracker.domain.commitments import Status
from tracker.store.amendments import AmendmentCategoryRow, AmendmentRow
from tracker.store.budgets import BudgetRow, BudgetVersionRow
from tracker.store.commitments import CommitmentRow
from tracker.store.instalments import InstalmentRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from tracker.domain.amendments import Amendment
    from tracker.domain.programmes import Case, NewCommitment
    from tracker.store.tables import Base


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a programme comes from: its file, and who vouches for what the file says."""

    file: str
    sha256: str
    vouched_by: str
    at: datetime
    is_sample: bool


@dataclass(slots=True)
class Promises:
    """The commitments of a programme on their way into the database.

    Shape:  ``keys`` of the commitments by code, ``instalments`` by code and number, as they are
            kept.
    """

    session: Session
    project_id: int
    categories: dict[str, int]
    origin: Origin
    keys: dict[str, int] = field(default_factory=dict)
    instalments: dict[tuple[str, int], int] = field(default_factory=dict)

    def keep(self, new: NewCommitment, programme_id: int) -> None:
        """Keep a commitment with its decisions and instalments."""
        row = CommitmentRow(
            project_id=self.project_id,
            programme_id=programme_id,
            code=new.code,
            reference=new.reference,
            status=Status.DRAFT.value,
            form=new.form.value,
            decided_on=new.decided_on,
            first_day=new.period.first_day,
            last_day=new.period.last_day,
            position=len(self.keys),
        )
        self._add(row)
        self.keys[new.code] = row.id
        for amendment in new.amendments:
            self._decide(row.id, new, amendment)
        for instalment in new.instalments:
            paid = InstalmentRow(
                commitment_id=row.id,
                number=instalment.number,
                due_on=instalment.due_on,
                amount=instalment.amount.cents,
            )
            self._add(paid)
            self.instalments[new.code, instalment.number] = paid.id

    def keep_budgets(self, case: Case) -> None:
        """Keep the budgets that came with the awards."""
        decided = {new.code: new.decided_on for new in case.commitments}
        for code, budget in case.budgets.items():
            version = BudgetVersionRow(
                project_id=self.project_id,
                commitment_id=self.keys[code],
                number=1,
                made_on=decided[code],
                reason="award",
                entered_by=self.origin.file,
                entered_at=self.origin.at,
            )
            self._add(version)
            for category, amount in budget.items():
                key = self.categories[category]
                self.session.add(
                    BudgetRow(version_id=version.id, category_id=key, amount=amount.cents)
                )

    def _decide(self, commitment_id: int, new: NewCommitment, amendment: Amendment) -> None:
        """Keep a decision as the file has it, confirmed by who vouches for the file."""
        is_award = amendment.number == 0
        row = AmendmentRow(
            commitment_id=commitment_id,
            number=amendment.number,
            decided_on=amendment.decided_on,
            amount=amendment.amount.cents,
            reason=amendment.reason,
            status=new.status.value if is_award else None,
            first_day=new.period.first_day if is_award else None,
            last_day=new.period.last_day if is_award else None,
            entered_by=self.origin.file,
            entered_at=self.origin.at,
        )
        self._add(row)
        for category in new.categories if is_award else ():
            key = self.categories[category]
            self.session.add(AmendmentCategoryRow(amendment_id=row.id, category_id=key))
        self.session.flush()
        row.verdict = Verdict.CONFIRMED.value
        row.confirmed_by, row.confirmed_at = self.origin.vouched_by, self.origin.at
        self.session.flush()

    def _add(self, row: Base) -> None:
        self.session.add(row)
        self.session.flush()
