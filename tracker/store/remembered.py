"""Values that take long to work out, remembered until the next deed.

Every deed writes itself into the audit trail in its own transaction, so the newest entry names
the state of everything that is kept. A value is remembered for that state alone: what a page
shows is never older than the newest deed that it could have read.

A deed in one project leaves the others as they were: a value of each project is remembered for as
long as the records of that project say the same.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from tracker.store.project_states import from_now_on, newest_deed, states_of, still_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from tracker.store.project_states import Since, State

Value = TypeVar("Value")
MOST = 64  # values of one state
MOST_OF_PROJECTS = 256  # values of projects
MOST_ROWS = 100_000  # of the books, that are counted to tell whether a project has more of them


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


class _Projects:
    """The values of projects, each with the state of its project that it was worked out from."""

    def __init__(self, since: Since) -> None:
        self.since = since
        self.values: dict[tuple[Hashable, int], tuple[State, Any]] = {}


_STATES: WeakKeyDictionary[Engine, _State] = WeakKeyDictionary()
_PROJECTS: WeakKeyDictionary[Engine, _Projects] = WeakKeyDictionary()
_LOCK = Lock()


def remembered(session: Session, what: Hashable, make: Callable[[], Value]) -> Value:
    """Give a value, worked out anew where a deed was done since it was asked for.

    Shape:  ``what`` names it and all that it depends on besides what is kept, such as the day.
            The value is shared: it must never be changed.
    """
    _seq, newest = newest_deed(session)
    place = _place(session.get_bind().engine, newest, what)
    with place.lock:
        if not place.found:
            place.found.append(make())
        value: Value = place.found[0]
        return value


def remembered_by_project(
    session: Session, what: Hashable, make: Callable[[Sequence[int]], Mapping[int, Value]]
) -> dict[int, Value]:
    """Give a value of each project that the session reads, in the order of their keys.

    Shape:  ``make`` works out those of the projects whose records have changed. ``what`` names
            them as in ``remembered``; they are shared likewise.
    """
    before, known = newest_deed(session), _projects(session)
    states = states_of(session, known.since)
    with _LOCK:
        kept = {key: known.values.get((what, key)) for key in states}
    found: dict[int, Value] = {
        key: place[1] for key, place in kept.items() if place and place[0] == states[key]
    }
    changed = [key for key in states if key not in found]
    if changed:
        made = make(changed)
        found.update(made)
        if newest_deed(session) == before:  # else some of it may be older than the rest
            _keep(known, {(what, key): (states[key], made[key]) for key in changed})
    return {key: found[key] for key in states}


def _projects(session: Session) -> _Projects:
    engine = session.get_bind().engine
    known = _PROJECTS.get(engine)
    if known is None or not still_holds(session, known.since, MOST_ROWS):
        known = _Projects(from_now_on(session))
        with _LOCK:
            _PROJECTS[engine] = known
    return known


def _keep(known: _Projects, new: Mapping[tuple[Hashable, int], tuple[State, Any]]) -> None:
    """Keep values in place of older ones, and let go of those that were kept the longest ago."""
    with _LOCK:
        for place, value in new.items():
            known.values.pop(place, None)
            known.values[place] = value
        for place in [*known.values][: max(0, len(known.values) - MOST_OF_PROJECTS)]:
            del known.values[place]


def _place(engine: Engine, newest: str, what: Hashable) -> _Place:
    with _LOCK:
        state = _STATES.get(engine)
        if state is None or state.name != newest:
            state = _STATES[engine] = _State(newest)
        if what not in state.places and len(state.places) >= MOST:
            del state.places[next(iter(state.places))]
        return state.places.setdefault(what, _Place())
