"""A second project beside the first: books of another seed, under codes of its own."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.actions.programme import OFFICER, bring_in, load
from tests.books.cases import case_dir
from tracker.actions import allocations, programmes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIRST, SECOND = "NECST", "SECOND"
MARK = "B-"
"""Stands before the code of every commitment of the second project."""


@cache
def second_case(seed: int = 2, invoices: int = 40) -> Path:
    """Make the books of a seed as those of the second project, and give their folder."""
    folder = Path(tempfile.mkdtemp(prefix="second-"))
    atexit.register(shutil.rmtree, folder)
    case = case_dir(seed, invoices)
    said = json.loads((case / "case.json").read_text("utf-8"))
    names = {FIRST: SECOND}
    for number, known in enumerate(said["commitments"]):
        names |= {known["id"]: f"{MARK}{known['id']}", known["reference"]: f"GRANT-{number}-2ND"}
    renamed = _renamed(said, names)
    (folder / "case.json").write_text(json.dumps(renamed), "utf-8")
    for book in case.glob("*.xaf"):
        text = book.read_bytes().replace(FIRST.encode(), SECOND.encode())
        (folder / f"second-{book.name}").write_bytes(text)
    return folder


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, names): _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def set_up_second(session: Session) -> None:
    """Set the second project up; the session is about it from then on."""
    assert programmes.set_up(session, second_case() / "case.json", by=OFFICER)


def load_second(session: Session) -> None:
    """Set the second project up, with its ledgers, and charge its costs."""
    set_up_second(session)
    bring_in(session, sorted(second_case().glob("*.xaf")))
    allocations.charge(session, by=OFFICER)


def load_both(session: Session) -> None:
    """Load the first project and the second, both charged."""
    load(session)
    load_second(session)
