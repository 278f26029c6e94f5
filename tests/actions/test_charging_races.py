"""The last euro of a commitment, wanted by hand and in bulk at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.test_commitments import confirmed
from tests.actions.test_races import EURO, leave_line
from tracker.actions import allocations, bulk_charging
from tracker.domain.allocations import Reason
from tracker.domain.bulk_charging import Aim, Wish
from tracker.domain.costs import CostFilter
from tracker.domain.errors import RuleViolation
from tracker.store.commitments import commitment_named
from tracker.store.projects import the_project
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable

RACERS = 4
LEFT = CostFilter(reason=Reason.NO_SPLIT_RULE)


def by_hand(line: int, code: str) -> Callable[[Session], object]:
    return lambda session: allocations.charge_by_hand(session, line, code, EURO, by=OFFICER)


def in_bulk(key: int) -> Callable[[Session], object]:
    wish = Wish(Aim.TO_COMMITMENT, key)
    return lambda session: bulk_charging.charge_in_bulk(session, LEFT, wish, state="", by=OFFICER)


def try_it(url: str, gate: Barrier, deed: Callable[[Session], object]) -> str:
    engine = open_engine(url)
    try:
        with Session(engine) as session:
            gate.wait(60)
            deed(session)
            return "won"
    except RuleViolation as refusal:
        return str(refusal)
    finally:
        engine.dispose()


@pytest.mark.parametrize("bulk", [1, 2, 3])
def test_of_those_who_charge_by_hand_and_in_bulk_one_gets_the_last_euro(
    loaded: Session, loaded_url: str, bulk: int
) -> None:
    code = confirmed(loaded, EURO.cents, categories=the_project(loaded).categories)
    lines = [leave_line(loaded, number) for number in range(RACERS)]
    key = commitment_named(loaded, code).id
    deeds = [in_bulk(key)] * bulk + [by_hand(line, code) for line in lines[bulk:]]
    loaded.rollback()
    gate = Barrier(RACERS)
    with ThreadPoolExecutor(RACERS) as pool:
        told = list(pool.map(lambda deed: try_it(loaded_url, gate, deed), deeds))
    assert told.count("won") == 1, told
    refusals = [text for text in told if text != "won"]
    assert all("0.00 left" in text or "nothing can be charged" in text for text in refusals), told
    loaded.rollback()
    assert commitment_named(loaded, code).charged == EURO
