"""Every deed is done by somebody."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import FunctionType

import pytest

import tracker.actions
from tracker.domain.actor import Actor


def public_actions() -> Iterator[FunctionType]:
    for found in pkgutil.iter_modules(tracker.actions.__path__, "tracker.actions."):
        for name, thing in vars(importlib.import_module(found.name)).items():
            if (
                isinstance(thing, FunctionType)
                and thing.__module__ == found.name
                and not name.startswith("_")
            ):
                yield thing


def names_its_actor(action: Callable[..., object]) -> bool:
    by = inspect.signature(action).parameters.get("by")
    # Annotations are text where a module imports them for the type checker only.
    return by is not None and by.kind is by.KEYWORD_ONLY and by.annotation in {"Actor", Actor}


@pytest.mark.parametrize(
    "action", list(public_actions()), ids=lambda a: f"{a.__module__}.{a.__qualname__}"
)
def test_every_action_names_its_actor(action: FunctionType) -> None:
    assert names_its_actor(action)


def test_a_deed_of_nobody_would_be_found() -> None:
    def nobody(amount: int) -> None: ...
    def anybody(by: Actor) -> None: ...
    def by_name(*, by: str) -> None: ...

    assert not any(names_its_actor(deed) for deed in (nobody, anybody, by_name))
