"""Values that take long to work out, remembered until the next deed.

Every deed writes itself into the audit trail in its own transaction, so the newest entry names
the state of everything that is kept. A value is remembered for that state alone: what a page
shows is never older than the newest deed that it could have read.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import select

from tracker.store.audit import AuditRow

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

Value = TypeVar("Value")
MOST = 64  # values of one state


class _Place:
    """One value, worked out by the first who asks; who asks meanwhile waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.found: list[Any] = []


class _State:
    """The values of one state of a database."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Hashable, _Place] = {}


_STATES: WeakKeyDictionary[Engine, _State] = WeakKeyDictionary()
_LOCK = Lock()


def remembered(session: Session, what: Hashable, make: Callable[[], Value]) -> Value:
    """Give a value, worked out anew where a deed was done since it was asked for.

    Shape:  ``what`` names it and all that it depends on besides what is kept, such as the day.
            The value is shared: it must never be changed.
    """
    newest = session.scalar(select(AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1))
    place = _place(session.get_bind().engine, newest or "", what)
    with place.lock:
        if not place.found:
            place.found.append(make())
        value: Value = place.found[0]
        return value


def _place(engine: Engine, newest: str, what: Hashable) -> _Place:
    with _LOCK:
        state = _STATES.get(engine)
        if state is None or state.name != newest:
            state = _STATES[engine] = _State(newest)
        if what not in state.places and len(state.places) >= MOST:
            del state.places[next(iter(state.places))]
        return state.places.setdefault(what, _Place())
