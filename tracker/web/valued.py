"""How the amount of a cost line was found, in the reader's words: VAT, time, depreciation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.labour import TimeUnit
from tracker.domain.money import Money
from tracker.store.valuations import worked_of, written_off
from tracker.web.language import amount, language, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine
    from tracker.domain.depreciation import WrittenOff
    from tracker.domain.errors import Fact
    from tracker.domain.worked import Worked


def how_valued(session: Session, line: CostLine) -> list[str]:
    """Say step by step how the amount of a cost line was found; nothing where it is just told."""
    if worked := worked_of(session, line.id):
        return steps_of_time(worked)
    if written := written_off(session, line.id):
        return [step_of_depreciation(written)]
    return _steps_of_invoice(line)


def steps_of_time(worked: Worked) -> list[str]:
    """Say how working time was valued: the time itself, and the overhead on it."""
    cost = worked.cost
    return [
        _direct(worked, cost.direct),
        *(
            [
                say(
                    "+ {surcharge} overhead = {amount}; together {total}",
                    surcharge=worked.surcharge,
                    amount=cost.surcharge,
                    total=cost.total,
                )
            ]
            if worked.surcharge
            else []
        ),
    ]


def step_of_depreciation(written: WrittenOff) -> str:
    """Say how the depreciation of an asset was worked out."""
    asset = written.asset
    return say(
        "({price} − {residual}) × {months}/{term} months × {use} = {amount}",
        price=asset.price,
        residual=asset.residual,
        months=written.months,
        term=asset.term_months,
        use=written.use,
        amount=written.amount,
    )


def number(value: Decimal) -> str:
    """Write a number as the reader writes it, with no more decimals than it has."""
    text = f"{value.normalize():,f}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "nl" else text


def _direct(worked: Worked, direct: Money) -> str:
    time = number(worked.time)
    if worked.annual_cost is None or worked.basis is None:
        return say("{time} h × {rate} = {amount}", time=time, rate=_rate(worked), amount=direct)
    facts: dict[str, Fact] = {
        "time": time,
        "cost": worked.annual_cost,
        "basis": number(worked.basis),
        "amount": direct,
    }
    if worked.unit is TimeUnit.DAYS:
        return say("{time} days × {cost} / {basis} days = {amount}", **facts)
    return say("{time} h × {cost} / {basis} h = {amount}", **facts)


def _rate(worked: Worked) -> str:
    """Write a rate in euros; one that is finer than a cent keeps its decimals."""
    rate = worked.rate or Decimal(0)
    cents = rate.scaleb(2)
    if cents == int(cents):
        return amount(Money(int(cents)))
    return f"€\N{NO-BREAK SPACE}{number(rate)}"


def _steps_of_invoice(line: CostLine) -> list[str]:
    steps = []
    if line.vat:
        steps.append(
            say("{gross} − {vat} VAT = {net}", gross=line.gross, vat=line.vat, net=line.net)
        )
        if line.vat_borne:
            steps.append(
                say(
                    "{net} + {borne} VAT that does not come back = {cost}",
                    net=line.net,
                    borne=line.vat_borne,
                    cost=line.amount,
                )
            )
    if line.ineligible:
        steps.append(
            say(
                "{cost} − {part} that does not count = {eligible}",
                cost=line.amount,
                part=line.ineligible,
                eligible=line.eligible,
            )
        )
    return steps
