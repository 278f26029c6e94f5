"""The lines that a figure is made of, page by page; one cost line; and lines that are no costs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, null, select

from tracker.domain.allocations import ChargeKind
from tracker.domain.costs import Exclusion
from tracker.domain.errors import Code, NotFoundError, Sentence
from tracker.domain.explanations import (
    NOBODY,
    Explanation,
    Lines,
    LineShare,
    Part,
    Place,
    Table,
)
from tracker.domain.money import Money
from tracker.store.allocations import AllocationRow, ChargeRow, UnallocatedRow
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow, cost_line, key_of, listed
from tracker.store.imports import BookRow
from tracker.store.ledgers import ExcludedLineRow
from tracker.store.splitting import rule_for

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine
    from tracker.store.questions import Question

PAGE = 50


def page_of_lines(question: Question, by_line: Any) -> Lines:
    """Give a page of the lines that a figure is made of, each with its part of the figure.

    Shape:  ``by_line`` selects ``line``, ``day`` and ``cents``. Only counted for who may not see
            the lines.
    """
    session, found = question.session, by_line.subquery()
    count = session.scalar(select(func.count()).select_from(found)) or 0
    if not question.tells_lines:
        return Lines((), count)
    rows = session.execute(
        select(found.c.line, found.c.day, found.c.cents)
        .where(found.c.line > question.after)
        .order_by(found.c.line)
        .limit(PAGE + 1)
    ).all()
    shown = rows[:PAGE]
    told = {
        line.id: (line, book)
        for line, book, _ in session.execute(
            listed().where(CostLineRow.id.in_([line for line, _, _ in shown]))
        )
    }
    after = shown[-1][0] if len(rows) > PAGE else None
    return Lines(
        tuple(_share(*told[line], day, int(cents)) for line, day, cents in shown), count, after
    )


def _share(line: CostLineRow, book: BookRow, day: date | str, cents: int) -> LineShare:
    return LineShare(
        id=line.id,
        key=key_of(book, line.journal, line.transaction_number, line.line_number),
        incurred_on=line.incurred_on,
        counts_on=date.fromisoformat(day) if isinstance(day, str) else day,
        supplier=line.supplier,
        description=line.description,
        whole=Money(line.amount),
        amount=Money(cents),
    )


def excluded_lines(question: Question) -> Explanation:
    """Explain the lines of the books that are no costs of the project, and why they are not."""
    row, asked = ExcludedLineRow, question.asked
    chosen: list[Any] = []
    if asked.reason:
        chosen.append(row.reason == asked.reason)
    if asked.state:
        chosen.append(row.reason != Exclusion.NOT_A_COST.value)
    if asked.account:
        chosen.append(row.account == ("" if asked.account == NOBODY else asked.account))
    if asked.work_package:
        wanted = "" if asked.work_package == NOBODY else asked.work_package
        chosen.append(row.cost_centre == wanted)
    for first, last in _days(question):
        chosen.append(row.incurred_on.between(first, last))
    sums = {
        reason: (count, int(cents))
        for reason, count, cents in question.session.execute(
            select(row.reason, func.count(), func.sum(row.amount))
            .where(*chosen)
            .group_by(row.reason)
        )
    }
    parts = tuple(
        Part(
            Code(reason),
            Money(sums[reason][1]),
            sums[reason][0],
            None if asked.reason else asked.but(reason=reason.value),
        )
        for reason in Exclusion
        if reason in sums
    )
    said = Sentence("Lines of the ledgers that are no costs of the project. Debit is positive.")
    lines = _page_of_excluded(question, chosen, sum(count for count, _ in sums.values()))
    table = Table(Sentence("By reason"), parts)
    return Explanation(asked, table.total, (said,), (table,), lines)


def _days(question: Question) -> list[tuple[date, date]]:
    year, period = question.asked.incurred, question.period
    found = [(date(year, 1, 1), date(year, 12, 31))] if year else []
    return [*found, *([(period.first_day, period.last_day)] if period else [])]


def _page_of_excluded(question: Question, chosen: list[Any], count: int) -> Lines:
    row = ExcludedLineRow
    found = question.session.execute(
        select(row, BookRow)
        .join(BookRow, BookRow.id == row.book_id)
        .where(*chosen, row.id > question.after)
        .order_by(row.id)
        .limit(PAGE + 1)
    ).all()
    shown = found[:PAGE]
    return Lines(
        tuple(
            LineShare(
                id=None,
                key=key_of(book, line.journal, line.transaction_number, line.line_number),
                incurred_on=line.incurred_on,
                counts_on=line.incurred_on,
                supplier=line.account,
                description=line.description,
                whole=Money(line.amount),
                amount=Money(line.amount),
            )
            for line, book in shown
        ),
        count,
        shown[-1][0].id if len(found) > PAGE else None,
    )


def one_line(question: Question) -> Explanation:
    """Explain the amount of a cost line, and what became of every part of it.

    Errors: ``NotFoundError``.
    """
    asked, session = question.asked, question.session
    if asked.line is None:
        raise NotFoundError("There is no such cost line.")
    line = cost_line(session, asked.line)
    becoming = deeds_on(session, line.id)
    tables = [_of_document(line)]
    if becoming:
        tables.append(Table(Sentence("What became of it"), becoming))
    says = tuple(_sayings(question, line))
    return Explanation(asked, line.amount, says, tuple(tables), name=line.key)


def _of_document(line: CostLine) -> Table:
    parts = [
        Part(Code("net_price"), line.net, place=Place.COST_LINE, key=str(line.id)),
        Part(Code("vat_whole"), line.vat),
        Part(Code("less_vat_deductible"), -line.vat_deductible),
    ]
    return Table(Sentence("From the document"), tuple(part for part in parts if part.amount))


def _sayings(question: Question, line: CostLine) -> list[Sentence]:
    said = [Sentence("The cost is the net price and the VAT that cannot be deducted.")]
    if line.ineligible:
        facts: dict[str, Any] = {"amount": line.ineligible, "reason": Code(line.ineligible_for)}
        said.append(Sentence("{amount} of it counts for no funder: {reason}.", facts))
    judged = _judged_at(question.session, line.id)
    rule = rule_for(question.session, question.project_id, line.id, judged)
    if rule is None:
        said.append(Sentence("No split rule fits this line, so by the rules nobody pays it."))
    else:
        codes = _codes(question.session)
        shares = ", ".join(f"{codes[s.commitment_id]} {s.weight}" for s in rule.shares)
        named: dict[str, Any] = {"rule": rule.name, "shares": shares}
        said.append(
            Sentence(
                "The split rule “{rule}” divides it by weight, by largest remainder: {shares}.",
                named,
            )
            if judged
            else Sentence("It waits; the split rule “{rule}” will divide it: {shares}.", named)
        )
    return said


def _codes(session: Session) -> dict[int, str]:
    rows = session.execute(select(CommitmentRow.id, CommitmentRow.code))
    return {key: code for key, code in rows}  # noqa: C416 - typed rows


def _judged_at(session: Session, line_id: int) -> datetime | None:
    """Tell when the split rules judged a line first; nothing where they have not."""
    by_rules = (ChargeKind.RULES.value, ChargeKind.AGAIN.value)
    moments = [
        session.scalar(
            select(func.min(ChargeRow.charged_at))
            .join(row, row.charge_id == ChargeRow.id)
            .where(row.cost_line_id == line_id, ChargeRow.kind.in_(by_rules))
        )
        for row in (AllocationRow, UnallocatedRow)
    ]
    return min((moment for moment in moments if moment), default=None)


def deeds_on(session: Session, line_id: int) -> tuple[Part, ...]:
    """List what every deed charged of a cost line and left of it, in order, with who did it."""
    found: list[tuple[int, int, Part]] = []
    for row in (AllocationRow, UnallocatedRow):
        is_left = row is UnallocatedRow
        reason: Any = UnallocatedRow.reason if is_left else null()
        rows = session.execute(
            select(ChargeRow, CommitmentRow.code, row.id, row.amount, reason)
            .select_from(row)
            .join(ChargeRow, ChargeRow.id == row.charge_id)
            .outerjoin(CommitmentRow, CommitmentRow.id == row.commitment_id)
            .where(row.cost_line_id == line_id)
        )
        for charge, code, key, cents, why in rows:
            told = _deed(charge, code, cents, why)
            found.append((charge.id, key + (is_left << 40), told))
    return tuple(part for *_, part in sorted(found, key=lambda deed: deed[:2]))


def _deed(charge: ChargeRow, code: str | None, cents: int, why: str | None) -> Part:
    facts: dict[str, Any] = {
        "day": charge.charged_at.date(),
        "how": Code(f"charge_{charge.kind}"),
        "who": charge.charged_by,
        "code": code or "–",
    }
    if why is None:
        name = Sentence("{code}: charged on {day} ({how}, {who})", facts)
        return Part(name, Money(cents), place=Place.COMMITMENT, key=code or "")
    name = Sentence(
        "{code}: left on {day} for “{reason}” ({how}, {who})", facts | {"reason": Code(why)}
    )
    return Part(name, Money(cents))
