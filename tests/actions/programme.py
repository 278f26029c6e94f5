"""A loaded programme for tests: set up, books brought in, costs charged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.books.cases import case_dir
from tracker.actions import allocations, imports, programmes
from tracker.domain.actor import Actor
from tracker.domain.errors import FileRefused
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

OFFICER = Actor("officer@example.org", Role.FINANCE_OFFICER)


def books_in(case: Path) -> list[Path]:
    """The files of a case that can be imported, ledgers first."""
    kinds = (".xaf", ".xml", ".csv")
    return sorted(
        (path for path in case.iterdir() if path.suffix in kinds),
        key=lambda path: (kinds.index(path.suffix), path.name),
    )


def bring_in(session: Session, files: list[Path]) -> None:
    """Import files that must not be refused."""
    for outcome in imports.bring_in(session, [(f.name, f) for f in files], by=OFFICER):
        assert not isinstance(outcome, FileRefused), [str(f) for f in outcome.findings]


def load(session: Session, *, seed: int = 5, invoices: int = 40, charge: bool = True) -> Path:
    """Load a whole case; the same arguments give the same figures."""
    case = case_dir(seed, invoices)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    bring_in(session, books_in(case))
    if charge:
        allocations.charge(session, by=OFFICER)
    return case


def answers_of(case: Path) -> dict[str, Any]:
    """What an independent calculation says must be found."""
    answers: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    return answers
