"""Facts for outlooks: a plain project to begin with, and any project that could be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tracker.domain.allocations import Share, Terms
from tracker.domain.commitments import Commitment, Form, Status
from tracker.domain.forecasts import Forecast, ForecastLine
from tracker.domain.money import Money
from tracker.domain.outlook import Awaited, Funding, OutlookFacts
from tracker.domain.periods import Period
from tracker.domain.splitting import SplitRule

TODAY = date(2026, 1, 15)
PACKAGES = {"WP1": 11, "WP2": 12}
CATEGORIES = {"personnel": 21, "materials": 22}
PROJECT = Period(date(2025, 1, 1), date(2026, 12, 31))


def commitment(code: str = "A", key: int = 1, **changed: object) -> Commitment:
    plain = Commitment(
        id=key,
        code=code,
        funder_id=1,
        funder=f"Funder of {code}",
        programme="P",
        reference=f"ref-{code}",
        status=Status.AWARDED,
        form=Form.CASH,
        decided_on=date(2025, 1, 1),
        period=PROJECT,
        award=Money(1_000_000),
        amount=Money(1_000_000),
        received=Money(0),
        charged=Money(0),
        project_id=1,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def funding(
    of: Commitment,
    awaited: tuple[Awaited, ...] = (),
    charged: dict[date, int] | None = None,
    received: dict[date, int] | None = None,
    categories: tuple[str, ...] = ("personnel", "materials"),
) -> Funding:
    paid, came = charged or {}, received or {}
    of = replace(of, charged=Money(sum(paid.values())), received=Money(sum(came.values())))
    keys = frozenset(CATEGORIES[code] for code in categories)
    return Funding(
        commitment=of,
        terms=Terms(of.status, of.period, keys),
        room=of.amount.cents - of.charged.cents,
        received=came,
        charged=paid,
        awaited=awaited,
    )


def forecast(*lines: tuple[str, str, date, int]) -> Forecast:
    return Forecast(
        id=1,
        number=1,
        first_day=min((line[2] for line in lines), default=date(2026, 1, 1)),
        made_on=date(2026, 1, 2),
        made_by="lead",
        reason="first",
        lines=tuple(ForecastLine(wp, cat, day, Money(cents)) for wp, cat, day, cents in lines),
    )


def rule(key: int, *shares: tuple[int, int], **named: object) -> SplitRule:
    parts = tuple(Share(commitment_id, weight) for commitment_id, weight in shares)
    return SplitRule(id=key, position=key, name=f"R{key}", shares=parts, **named)  # type: ignore[arg-type]


def facts(*of: Funding, **changed: object) -> OutlookFacts:
    spent: dict[date, int] = {}
    for one in of:
        for month, cents in one.charged.items():
            spent[month] = spent.get(month, 0) + cents
    plain = OutlookFacts(
        project_id=1,
        project="P",
        period=PROJECT,
        as_of=TODAY,
        packages=PACKAGES,
        categories=CATEGORIES,
        spent=spent,
        funding=of,
        rules=(rule(1, *((one.commitment.id, 1) for one in of)),) if of else (),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


MONTHS = [date(year, month, 1) for year in (2025, 2026, 2027) for month in range(1, 13)]
PAST = [month for month in MONTHS if month <= TODAY]
DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 30))
CENTS = st.integers(0, 3_000_000)


@st.composite
def any_funding(draw: st.DrawFn, key: int, planned: dict[str, date]) -> Funding:
    first = draw(DAYS)
    period = Period(first, draw(st.dates(first, date(2029, 1, 1))))
    charged = draw(st.dictionaries(st.sampled_from(PAST), CENTS, max_size=4))
    more = draw(CENTS)
    code = f"C{key}"
    of = commitment(
        code,
        key,
        period=period,
        amount=Money(sum(charged.values()) + more),
        form=draw(st.sampled_from(Form)),
        status=draw(st.sampled_from([*Status, Status.AWARDED, Status.AWARDED])),
        share=draw(st.sampled_from([None, Decimal("0.5"), Decimal(1)])),
    )
    awaited = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        waits = draw(st.sampled_from(["", *planned]))
        day = draw(DAYS)
        awaited.append(Awaited(number, Money(draw(CENTS)), day, waits, planned.get(waits)))
    some = draw(st.lists(st.sampled_from(list(CATEGORIES)), unique=True))
    received = draw(st.dictionaries(st.sampled_from(PAST), CENTS, max_size=3))
    return funding(of, tuple(awaited), charged, received, tuple(some))


@st.composite
def any_rule(draw: st.DrawFn, key: int, keys: list[int]) -> SplitRule:
    takers = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    first = draw(st.none() | DAYS)
    last = draw(st.none() | st.dates(first or date(2024, 1, 1), date(2029, 1, 1)))
    return rule(
        key,
        *((taker, draw(st.integers(1, 100))) for taker in takers),
        work_package_id=draw(st.sampled_from([None, *PACKAGES.values()])),
        category_id=draw(st.sampled_from([None, *CATEGORIES.values()])),
        first_day=first,
        last_day=last,
    )


@st.composite
def any_facts(draw: st.DrawFn) -> OutlookFacts:
    planned = {"M1": draw(DAYS), "M2": draw(DAYS)}
    of = tuple(draw(any_funding(key, planned)) for key in range(1, draw(st.integers(1, 4)) + 1))
    keys = [one.commitment.id for one in of]
    rules = tuple(draw(any_rule(key, keys)) for key in range(1, draw(st.integers(0, 4)) + 1))
    quarters = [date(year, month, 1) for year in (2025, 2026, 2027) for month in (1, 4, 7, 10)]
    lines = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(PACKAGES)),
                st.sampled_from(list(CATEGORIES)),
                st.sampled_from(quarters),
                CENTS,
            ),
            max_size=8,
        )
    )
    own = draw(st.dictionaries(st.sampled_from(PAST), CENTS, max_size=4))
    plain = facts(*of)
    spent = {month: plain.spent.get(month, 0) + own.get(month, 0) for month in PAST}
    places = st.tuples(st.sampled_from([0, *PACKAGES.values()]), st.sampled_from([21, 22]))
    return replace(
        plain,
        rules=rules,
        spent={month: cents for month, cents in spent.items() if cents},
        forecast=forecast(*lines) if lines else None,
        lately=draw(st.dictionaries(places, st.integers(-1000, 3_000_000), max_size=4)),
        milestones=planned,
    )
