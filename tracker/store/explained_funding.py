"""Explaining what funders promised and paid, and what is left of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tracker.domain.commitments import PLEDGED, UNCOUNTED, Status
from tracker.domain.errors import Code, NotFoundError, Sentence
from tracker.domain.explanations import Figure, Part, Place
from tracker.domain.money import ZERO, Money
from tracker.store import amendments, receipts
from tracker.store.commitments import CommitmentRow
from tracker.store.financing import financing_facts
from tracker.store.flat_rates import flat_rates_of
from tracker.store.questions import each_of, explained
from tracker.store.receipts import ReceiptRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from tracker.domain.commitments import Commitment
    from tracker.domain.explanations import Explanation
    from tracker.domain.periods import Period
    from tracker.store.questions import Question


def committed(question: Question) -> Explanation:
    """Explain what is promised for certain."""
    return _promised(question, lambda c: c.is_committed)


def conditional(question: Question) -> Explanation:
    """Explain what is promised on conditions."""
    return _promised(question, lambda c: c.status is Status.CONDITIONAL)


def pledged(question: Question) -> Explanation:
    """Explain what is reserved or pledged."""
    return _promised(question, lambda c: c.status in PLEDGED)


def original(question: Question) -> Explanation:
    """Explain what was promised first, before any amendment."""
    one, asked = question.commitment, question.asked
    binding = [one] if one else [c for c in question.seen if c.is_committed]
    said = Sentence("The awards as they were first confirmed, without their amendments.")
    parts = each_of(binding, lambda c: c.award, asked)
    if one:
        parts = tuple(
            _decision(each.decision.number, each.decision.decided_on, each.decision.amount, each.id)
            for each in amendments.decisions_of(question.session, one.id)
            if each.decision.number == 0
        )
    return explained(asked, (said,), Sentence("Awards"), parts)


def _promised(question: Question, counts: Callable[[Commitment], bool]) -> Explanation:
    """Explain promises of one certainty: of one commitment by its decisions, else by commitment."""
    one, asked = question.commitment, question.asked
    if one is None:
        found = [c for c in _of_side(question) if counts(c)]
        said = Sentence(
            "Added up over {count} of the commitments, with all their confirmed amendments.",
            {"count": len(found)},
        )
        parts = each_of(found, lambda c: c.amount, asked)
        return explained(asked, (said,), Sentence("By commitment"), parts)
    decisions = [
        each
        for each in amendments.decisions_of(question.session, one.id)
        if (each.confirmed_by or one.status is Status.DRAFT)
        and (asked.on is None or each.decision.decided_on <= asked.on)
    ]
    said = Sentence(
        "The award and what was confirmed after it (amendments: {count}). Drafts do not count.",
        {"count": max(0, len(decisions) - 1)},
    )
    parts = tuple(
        _decision(each.decision.number, each.decision.decided_on, each.decision.amount, each.id)
        for each in decisions
    )
    return explained(asked, (said,), Sentence("Decisions"), parts, amount=one.amount)


def _decision(number: int, decided_on: date, amount: Money, key: int) -> Part:
    facts: dict[str, Any] = {"number": number, "day": decided_on}
    name = Sentence("Award of {day}", facts) if not number else None
    name = name or Sentence("Amendment {number} of {day}", facts)
    return Part(name, amount, place=Place.DECISION, key=str(key))


def _of_side(question: Question) -> Sequence[Commitment]:
    """Choose the commitments of one side of the financing plan, or of one form."""
    asked = question.asked
    if not asked.side:
        return [c for c in question.seen if asked.form in ("", c.form)]
    sources = financing_facts(question.session, question.today).sources
    codes = {s.code for s in sources if asked.side in ("", s.side) and asked.form in ("", s.form)}
    return [c for c in question.seen if c.code in codes]


def received(question: Question) -> Explanation:
    """Explain the money that came in: of one commitment by receipt, else by commitment."""
    one, asked = question.commitment, question.asked
    if question.period is not None:
        return _received_in(question, question.period, one)
    if one is None:
        standing = [c for c in question.seen if c.status not in UNCOUNTED]
        said = Sentence(
            "What funders paid, added up over {count} of the commitments.", {"count": len(standing)}
        )
        parts = each_of(standing, lambda c: c.received, asked)
        return explained(asked, (said,), Sentence("By commitment"), parts)
    found = [
        receipt
        for receipt in receipts.receipts_of(question.session, one.id)
        if asked.on is None or receipt.received_on <= asked.on
    ]
    said = Sentence(
        "Receipts on this commitment: {count}. What was undone is left out.",
        {"count": len(found)},
    )
    parts = tuple(
        Part(
            Sentence("{day}, {payer}", {"day": r.received_on, "payer": r.counterparty}),
            r.amount,
            place=Place.RECEIPTS,
            key=one.code,
        )
        for r in found
    )
    return explained(asked, (said,), Sentence("Receipts"), parts, amount=one.received)


def _received_in(question: Question, period: Period, one: Commitment | None) -> Explanation:
    """Explain what came in that counts in a period; what was undone counts where that was done."""
    rows = question.session.execute(
        select(CommitmentRow.code, func.count(), func.sum(ReceiptRow.amount))
        .join(CommitmentRow, CommitmentRow.id == ReceiptRow.commitment_id)
        .where(
            receipts.COUNTED_ON.between(period.first_day, period.last_day),
            CommitmentRow.code.in_([c.code for c in ([one] if one else question.seen)]),
        )
        .group_by(CommitmentRow.code, CommitmentRow.position)
        .order_by(CommitmentRow.position)
    )
    parts = tuple(
        Part(code, Money(int(cents)), count, place=Place.RECEIPTS, key=code)
        for code, count, cents in rows
    )
    said = Sentence("Receipts that count in this period, less what was undone in it.")
    return explained(question.asked, (said,), Sentence("By commitment"), parts)


def remaining(question: Question) -> Explanation:
    """Explain what may still be charged: committed less charged."""
    one, asked = question.commitment, question.asked
    said = Sentence("Remaining is what is committed less what is charged.")
    if one:
        parts: tuple[Part, ...] = (
            Part(Code("committed"), one.amount, asked=asked.but(figure=Figure.COMMITTED)),
            Part(Code("less_charged"), -one.charged, asked=asked.but(figure=Figure.CHARGED)),
        )
        return explained(asked, (said,), Sentence("Committed less charged"), parts)
    binding = [c for c in question.seen if c.is_committed]
    parts = each_of(binding, lambda c: c.remaining, asked)
    return explained(asked, (said,), Sentence("By commitment"), parts)


def room(question: Question) -> Explanation:
    """Explain the room: what remains less the overhead that the flat rate adds to the charges.

    Errors: ``NotFoundError`` where no commitment is named.
    """
    one, asked = question.commitment, question.asked
    if one is None:
        raise NotFoundError("Room is what is left of one commitment.")
    rate = flat_rates_of(question.session).get(one.id)
    overhead = Money(rate.overhead()) if rate else ZERO
    says = [Sentence("Room is what can still be charged: what is committed less what is charged.")]
    parts = [
        Part(Code("committed"), one.amount, asked=asked.but(figure=Figure.COMMITTED)),
        Part(Code("less_charged"), -one.charged, asked=asked.but(figure=Figure.CHARGED)),
    ]
    if rate:
        facts: dict[str, Any] = {"share": rate.share, "overhead": overhead}
        says.append(Sentence("The flat rate of {share} adds {overhead} to what is charged.", facts))
        parts.append(Part(Code("less_overhead"), -overhead))
    return explained(asked, tuple(says), Sentence("Committed less charged"), tuple(parts))


def cash_on_hand(question: Question) -> Explanation:
    """Explain the cash on hand: received less charged, on commitments that pay in cash."""
    one, asked = question.commitment, question.asked
    said = Sentence(
        "Cash on hand is what was received less what is charged; below zero, the facility"
        " pre-finances."
    )
    if one:
        parts: tuple[Part, ...] = (
            Part(Code("received"), one.received, asked=asked.but(figure=Figure.RECEIVED)),
            Part(Code("less_charged"), -one.charged, asked=asked.but(figure=Figure.CHARGED)),
        )
        return explained(asked, (said,), Sentence("Received less charged"), parts)
    paying = [c for c in question.seen if c.cash_on_hand is not None]
    parts = each_of(paying, lambda c: c.cash_on_hand or ZERO, asked)
    return explained(asked, (said,), Sentence("By commitment"), parts)
