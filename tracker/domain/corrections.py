"""Corrections: what was booked wrong stays as it was, and something is put beside it."""
# long: a rule and a sentence for each way in which a line can be wrong

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money, share_out
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime


class CorrectionKind(StrEnum):
    """In which way a cost line was wrong."""

    WRONG_PERIOD = "wrong_period"
    WRONG_WORK_PACKAGE = "wrong_work_package"
    WRONG_CATEGORY = "wrong_category"
    WRONG_FUNDER = "wrong_funder"
    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    CANCELLED = "cancelled"
    NOT_ELIGIBLE = "not_eligible"
    ELIGIBLE_AGAIN = "eligible_again"
    REBOOKED = "rebooked"  # the books were imported again and say something else


BY_PEOPLE: Final = tuple(kind for kind in CorrectionKind if kind is not CorrectionKind.REBOOKED)
"""The corrections that a person makes, in the order in which they are offered."""
REPLACING: Final = frozenset(
    {
        CorrectionKind.WRONG_PERIOD,
        CorrectionKind.WRONG_WORK_PACKAGE,
        CorrectionKind.WRONG_CATEGORY,
    }
)
LOWERING: Final = frozenset({CorrectionKind.CREDIT_NOTE, CorrectionKind.REFUND})
MAY_BE_INELIGIBLE_FOR: Final = (Reason.NOT_ELIGIBLE, Reason.ECONOMIC_USE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A correction as somebody asks for it; what its kind does not need stays empty."""

    kind: CorrectionKind
    reason: str
    day: date | None = None
    work_package: str = ""
    category: str = ""
    taken_from: str = ""
    charged_to: str = ""
    amount: Money | None = None
    ineligible_for: str = ""
    document: str = ""


class Part(NamedTuple):
    """A part of a cost line: charged to a commitment, or left with a reason."""

    commitment_id: int | None
    reason: str  # empty for what is charged
    cents: int


@dataclass(frozen=True, slots=True)
class Correctable:
    """A cost line as corrections judge it, with what credit notes took off it counted in.

    Shape:  ``parts`` is what became of the line and its credit notes together, none of it nothing;
            ``settled_by`` is the key of the line that took it back, or that it takes back itself.
    Units:  cents; ``lowered`` is what credit notes and refunds take off it, below zero.
    """

    id: int
    cents: int
    lowered: int
    is_judged: bool
    parts: tuple[Part, ...]
    settled_by: str = ""
    reverses: bool = False
    is_in_kind: bool = False


@dataclass(frozen=True, slots=True)
class MadeLine:
    """A cost line that a correction made."""

    id: int
    key: str
    amount: Money
    incurred_on: date
    counts_on: date
    work_package: str
    category: str
    is_reversal: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What a correction charged to a commitment, or took back from it, and when that counts."""

    commitment: str
    amount: Money
    counts_on: date


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction that was made: why, by whom, and what came of it.

    Shape:  ``left`` is by reason, and more or less than nothing.
    """

    id: int
    line_id: int
    kind: CorrectionKind
    reason: str
    corrected_by: str
    corrected_at: datetime
    made: tuple[MadeLine, ...]
    moved: tuple[Moved, ...]
    left: tuple[tuple[str, Money], ...]


def check_wish(wish: Wish) -> None:
    """Refuse a correction without a reason.

    Errors: ``RuleViolation`` on ``reason``.
    """
    if not wish.reason.strip():
        raise RuleViolation(
            "A correction has a reason.",
            "Say what was wrong; it stays with the cost line.",
            field="reason",
        )


def check_stands(line: Correctable) -> None:
    """Refuse to correct what was taken back already, or takes something back itself.

    Errors: ``RuleViolation``, naming the other line.
    """
    if line.reverses:
        raise RuleViolation(
            "This line takes {key} back, so it is settled.",
            "Correct the line that took its place, or enter the cost anew.",
            key=line.settled_by,
        )
    if line.settled_by:
        raise RuleViolation(
            "This line was taken back already by {key}.",
            "Look at its corrections; what took its place can be corrected.",
            key=line.settled_by,
        )
    if not line.cents:
        raise RuleViolation("This line is of no amount, so there is nothing to correct.")


def check_replaceable(line: Correctable) -> None:
    """Refuse to put another cost line in the place of hours in kind, which are no cost in cash.

    Errors: ``RuleViolation``.
    """
    if line.is_in_kind:
        raise RuleViolation(
            "Hours in kind are not booked anew as a cost.",
            "Cancel this line, and enter the hours again under In kind.",
        )


def check_judged(line: Correctable) -> None:
    """Refuse to move charges of a line that the split rules have not judged yet.

    Errors: ``RuleViolation``.
    """
    if not line.is_judged:
        raise RuleViolation(
            "The split rules have not judged this line yet.",
            "Charge the costs that wait first; then this can be corrected.",
        )


def check_whole(line: Correctable) -> None:
    """Refuse to take a line back of which credit notes took a part already.

    Errors: ``RuleViolation`` with what they took off.
    """
    if line.lowered:
        raise RuleViolation(
            "Credit notes and refunds take {lowered} off this line.",
            "Cancel those first, each on its own page; or enter a credit note of what is left.",
            lowered=Money(abs(line.lowered)),
        )


def credit_parts(line: Correctable, typed: Money) -> tuple[Part, ...]:
    """Share a credit note or a refund over whoever paid, and over what is left, as it stands now.

    Shape:  by largest remainder; always below zero, whatever sign was typed.
    Errors: ``RuleViolation`` on ``amount`` with what can be credited.
    """
    if line.cents < 0:
        raise RuleViolation(
            "This line lowers costs itself, so no credit note can lower it.",
            "Cancel it if it was wrong.",
        )
    cents = _asked(line, typed, line.parts, _("{most} of this line has not been credited yet."))
    return tuple(
        Part(part.commitment_id, part.reason, -taken)
        for part, taken in _shared(line.parts, cents)
        if taken
    )


def to_ineligible(line: Correctable, typed: Money, reason: str) -> tuple[Part, ...]:
    """Take what no funder may be asked for from whoever pays and what is left, in proportion.

    Shape:  what is taken, and the same left again with the reason.
    Errors: ``RuleViolation`` on ``amount`` with what still counts as eligible.
    """
    if reason not in MAY_BE_INELIGIBLE_FOR:
        raise RuleViolation(
            "A cost is not eligible for one of the reasons.", "Choose one.", field="ineligible_for"
        )
    eligible = [part for part in line.parts if part.reason not in INELIGIBLE]
    cents = _asked(line, typed, eligible, _("{most} of this line counts as eligible."))
    taken = [(part, part_cents) for part, part_cents in _shared(eligible, cents) if part_cents]
    off = [Part(part.commitment_id, part.reason, -part_cents) for part, part_cents in taken]
    left = [Part(part.commitment_id, reason, part_cents) for part, part_cents in taken]
    return (*off, *left)


def to_eligible(line: Correctable, typed: Money) -> tuple[Part, ...]:
    """Let what was not eligible be charged again: it is left, and paid by nobody yet.

    Errors: ``RuleViolation`` on ``amount`` with what was not eligible.
    """
    apart = [part for part in line.parts if part.reason in MAY_BE_INELIGIBLE_FOR]
    cents = _asked(line, typed, apart, _("{most} of this line is not eligible."))
    taken = [(part, part_cents) for part, part_cents in _shared(apart, cents) if part_cents]
    off = [Part(part.commitment_id, part.reason, -part_cents) for part, part_cents in taken]
    left = [Part(part.commitment_id, Reason.TAKEN_BACK, part_cents) for part, part_cents in taken]
    return (*off, *left)


def off_funder(line: Correctable, commitment_id: int, code: str, typed: Money) -> tuple[Part, ...]:
    """Take a part of what a commitment pays back; it is left until somebody else pays it.

    Errors: ``RuleViolation`` on ``amount`` with what it pays.
    """
    paid = [p for p in line.parts if not p.reason and p.commitment_id == commitment_id]
    cents = _asked(line, typed, paid, _("{code} pays {most} of this line."), code=code)
    return (
        Part(commitment_id, "", -cents),
        Part(commitment_id, Reason.TAKEN_BACK, cents),
    )


def check_room(
    charged: Mapping[int, int], room: Mapping[int, int], codes: Mapping[int, str]
) -> None:
    """Refuse what charges a commitment more than it has left; what makes room always fits.

    Shape:  by commitment in cents: what is charged more, and what is left.
    Errors: ``RuleViolation`` with both.
    """
    for commitment_id, cents in charged.items():
        if cents > 0 and cents > room[commitment_id]:
            raise RuleViolation(
                "This would charge {code} {amount} more, and it has {room} left.",
                "Take other costs off it first, or have the commitment amended.",
                code=codes[commitment_id],
                amount=Money(cents),
                room=Money(room[commitment_id]),
            )


def check_other(before: object, after: object, field: str) -> None:
    """Refuse a correction that changes nothing, or names nothing.

    Errors: ``RuleViolation`` at the field.
    """
    if not after:
        raise RuleViolation("This correction says what is right.", "Fill it in.", field=field)
    if before == after:
        raise RuleViolation(
            "That is what the line says already.", "Choose what it should be.", field=field
        )


def _asked(
    line: Correctable, typed: Money, parts: Iterable[Part], said: str, code: str = ""
) -> int:
    """Read an amount with the sign of the line, if the parts hold it."""
    check_judged(line)
    sign = 1 if line.cents > 0 else -1
    most = max(0, sum(part.cents for part in parts) * sign)
    if not 0 < abs(typed.cents) <= most:
        raise RuleViolation(
            said, "Enter {most} at most.", field="amount", most=Money(most), code=code
        )
    return abs(typed.cents) * sign


def _shared(parts: Iterable[Part], cents: int) -> list[tuple[Part, int]]:
    weighty = [part for part in parts if part.cents * cents > 0]
    return list(zip(weighty, share_out(cents, [abs(p.cents) for p in weighty]), strict=True))
