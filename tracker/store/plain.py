"""Values of the domain as JSON, and back: what was said of a file must be said again later."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from tracker.domain.allocations import Reason
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Commitment, Form, Receipt, Status
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.domain.deadlines import Weeks
from tracker.domain.errors import CellFinding, Code, Finding, Sentence
from tracker.domain.final_accounts import FinalAccount
from tracker.domain.financing import Side
from tracker.domain.funder_workbooks import Beside, FunderWorkbook, Pointed
from tracker.domain.imports import FileKind
from tracker.domain.instalments import Instalment, InstalmentKind
from tracker.domain.intakes import (
    Change,
    Choice,
    Control,
    FieldChange,
    Preview,
    SheetSample,
    Suspicion,
    SuspicionKind,
    TableLook,
)
from tracker.domain.labour import RateMethod
from tracker.domain.milestones import Milestone, MilestoneStatus, Move, Release
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.report_jobs import JobKind, Wanted
from tracker.domain.report_texts import Picture, Wording
from tracker.domain.statement_parts import (
    Changed,
    ChangedAmount,
    ChangedTerm,
    ChangeOf,
    HoursLine,
    InKindLine,
    SourceSum,
)
from tracker.domain.statements import Adjustment, CategoryLine, Check, Earlier, NotCharged
from tracker.domain.table_columns import TableKind
from tracker.domain.waivers import Waiver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KNOWN: Mapping[str, type[Any]] = {
    each.__name__: each
    for each in (
        Adjustment,
        Amendment,
        Beside,
        CategoryLine,
        CellFinding,
        Change,
        ChangeOf,
        Changed,
        ChangedAmount,
        ChangedTerm,
        Check,
        Choice,
        Commitment,
        Control,
        Crosswalk,
        CrosswalkLine,
        Earlier,
        FieldChange,
        FileKind,
        FinalAccount,
        Finding,
        Form,
        FunderWorkbook,
        HoursLine,
        InKindLine,
        Instalment,
        InstalmentKind,
        JobKind,
        LineKind,
        Milestone,
        MilestoneStatus,
        Move,
        NotCharged,
        Period,
        Picture,
        Pointed,
        Preview,
        RateMethod,
        Reason,
        Receipt,
        Release,
        SheetSample,
        Side,
        SourceSum,
        Status,
        Suspicion,
        SuspicionKind,
        TableKind,
        TableLook,
        Waiver,
        Wanted,
        Weeks,
        Wording,
    )
}


def written(value: object) -> str:
    """Write a value as JSON.

    Errors: ``TypeError`` for a value that is none of those we keep.
    """
    return json.dumps(value_as_plain(value), ensure_ascii=False)


def read(text: str) -> Any:
    """Read what ``written`` wrote; lists come back as tuples."""
    return value_of_plain(json.loads(text))


def value_as_plain(value: object) -> Any:
    """Give a value in plain ones that JSON knows."""
    name = type(value).__name__
    if isinstance(value, Enum):
        return {"is": name, "value": value.value}
    if name in KNOWN:
        return {"is": name, **{key: value_as_plain(part) for key, part in _parts(value)}}
    for kind, as_plain in _WRITERS:
        if isinstance(value, kind):
            return as_plain(value)
    raise TypeError(f"{name} is not kept")


def _sentence_as_plain(said: Sentence) -> dict[str, Any]:
    facts = {key: value_as_plain(fact) for key, fact in said.facts.items()}
    return {"say": said.template, "facts": facts}


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Sentence, _sentence_as_plain),
    (Code, lambda code: {"code": str(code)}),
    (Money, lambda amount: {"cents": amount.cents}),
    (Decimal, lambda share: {"share": str(share)}),
    (datetime, lambda moment: {"moment": moment.isoformat()}),
    (date, lambda day: {"day": day.isoformat()}),
    ((tuple, list), lambda values: [value_as_plain(each) for each in values]),
    (dict, lambda told: {"pairs": [value_as_plain(pair) for pair in told.items()]}),
    ((str, int, type(None)), lambda value: value),
)


def value_of_plain(plain: Any) -> Any:
    """Give the value that ``value_as_plain`` made plain."""
    if isinstance(plain, list):
        return tuple(value_of_plain(each) for each in plain)
    if not isinstance(plain, dict):
        return plain
    if "is" in plain:
        return _of_kind(KNOWN[plain["is"]], plain)
    if "say" in plain:
        facts = {key: value_of_plain(fact) for key, fact in plain["facts"].items()}
        return Sentence(plain["say"], facts)
    ((kind, value),) = plain.items()
    return _SIMPLE[kind](value)


_SIMPLE: Mapping[str, Any] = {
    "cents": Money,
    "code": Code,
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "pairs": lambda pairs: dict(value_of_plain(pairs)),
    "share": Decimal,
}


def _parts(value: Any) -> list[tuple[str, object]]:
    names = [each.name for each in fields(value)] if is_dataclass(value) else value._fields
    return [(name, getattr(value, name)) for name in names]


def _of_kind(kind: type[Any], plain: dict[str, Any]) -> Any:
    if issubclass(kind, Enum):
        return kind(plain["value"])
    return kind(**{key: value_of_plain(part) for key, part in plain.items() if key != "is"})
