"""An explanation as its page shows it: names in the reader's language, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for

from tracker.domain.errors import Code, Sentence
from tracker.domain.explanations import NOBODY, Figure, Place
from tracker.domain.policy import Permission
from tracker.web.fields import write_day
from tracker.web.language import figure, label, said, translate
from tracker.web.shell import may

if TYPE_CHECKING:
    from tracker.domain.explanations import Asked, Explanation, Lines, Name, Part
    from tracker.domain.money import Money

LISTED_BY = frozenset(
    {"commitment", "incurred", "category", "work_package", "account", "reason", "state", "text"}
)
NAMED_AS_TYPED = (
    *("commitment", "milestone", "period", "year", "incurred", "account", "work_package"),
    "text",
)
NAMED_BY_LABEL = ("category", "reason", "origin", "side", "form", "state")


@dataclass(frozen=True, slots=True)
class Row:
    """A part of a figure: its name, and the addresses of its record and of its own explanation."""

    name: str
    count: int | None
    amount: Money
    where: str
    how: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of parts, with what they come to."""

    title: str
    rows: tuple[Row, ...]
    total: Money
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure, how it was computed, and of what.

    Shape:  ``ways`` are the names and addresses of pages that show the same records; ``next`` is
            the address of the next page of lines.
    """

    asked: Asked
    name: str
    title: str
    amount: Money
    apart: Money
    says: tuple[str, ...]
    tables: tuple[ShownTable, ...]
    lines: Lines | None
    ways: tuple[tuple[str, str], ...]
    next: str


def shown(explanation: Explanation) -> Shown:
    """Lay an explanation out for its reader."""
    asked, lines = explanation.asked, explanation.lines
    after = lines.after if lines else None
    return Shown(
        asked=asked,
        name=explanation.name,
        title=f"{title_of(asked)} {explanation.name}".strip(),
        amount=explanation.amount,
        apart=explanation.apart,
        says=tuple(said(sentence) for sentence in explanation.says),
        tables=tuple(
            ShownTable(said(t.title), tuple(map(_row, t.parts)), t.total, t.is_counted)
            for t in explanation.tables
            if t.parts
        ),
        lines=lines if lines and (lines.shown or not lines.count) else None,
        ways=tuple(_ways(asked)),
        next=address_of(asked, after=after) if after is not None else "",
    )


def title_of(asked: Asked) -> str:
    """Name a figure and what it is of, such as ``Charged · NGF-1 · 2024``."""
    parts = [label(f"figure_{asked.figure}")]
    parts += [_typed(value) for name in NAMED_AS_TYPED if (value := getattr(asked, name))]
    parts += [label(value) for name in NAMED_BY_LABEL if (value := getattr(asked, name))]
    if asked.on:
        parts.append(figure(asked.on))
    return " · ".join(parts)


def _typed(value: str | int) -> str:
    return translate("None") if value == NOBODY else str(value)


def address_of(asked: Asked, **more: object) -> str:
    """Give the address at which a figure is explained."""
    given = asked.narrowed | more
    if asked.on:
        given["on"] = write_day(asked.on)
    return url_for("explanations.show", figure=asked.figure.value, **given)


def _row(part: Part) -> Row:
    how = address_of(part.asked) if part.asked else ""
    return Row(_name(part.name), part.count, part.amount, _where(part), how)


def _name(name: Name) -> str:
    if isinstance(name, Sentence):
        return said(name)
    if isinstance(name, Code):
        word = label(name)
        return word[:1].upper() + word[1:]
    return figure(name) if isinstance(name, date) else str(name)


def _where(part: Part) -> str:
    """Give the address of the record that a part stands for, if the reader may see it."""
    key = part.key
    if part.place is Place.PLAN:
        return url_for("budgets.plan")
    if part.place is None or not key:
        return ""
    if part.place is Place.IN_KIND:
        partner, _, year = key.rpartition("/")
        return url_for("contributions.show_list", partner=partner, year=year)
    endpoint, name = _PLACES[part.place]
    values: dict[str, Any] = {name: key}
    return url_for(endpoint, **values)


_PLACES = {
    Place.COST_LINE: ("costs.show", "line_id"),
    Place.COMMITMENT: ("commitments.show", "code"),
    Place.DECISION: ("amendments.show", "amendment_id"),
    Place.RECEIPTS: ("receipts.of_commitment", "code"),
    Place.BUDGET: ("budgets.show", "code"),
    Place.MILESTONE: ("milestones.show", "code"),
}


def _ways(asked: Asked) -> list[tuple[str, str]]:
    """Name the pages that show exactly what a figure is made of."""
    ways = []
    if _is_listed(asked) and may(Permission.SEE_BOOKS):
        is_waiting = asked.figure is Figure.WAITING
        wish: dict[str, Any] = asked.narrowed | ({"state": "waiting"} if is_waiting else {})
        wish["year"] = wish.pop("incurred", None)
        address = url_for("costs.show_list", **wish)
        ways.append((translate("The same in the list of cost lines"), address))
    is_stated = asked.figure is Figure.CHARGED and asked.commitment and asked.year
    if is_stated and may(Permission.SEE_BOOKS):
        wish = {"slug": "statement", "code": asked.commitment, "period": asked.year}
        ways.append((translate("The statement of the year"), url_for("reports.show", **wish)))
    return ways


def _is_listed(asked: Asked) -> bool:
    """Tell whether the list of cost lines can show exactly the lines of a figure."""
    if set(asked.narrowed) - LISTED_BY or NOBODY in asked.narrowed.values():
        return False
    match asked.figure:
        case Figure.COSTS | Figure.WAITING:
            return True
        case Figure.CHARGED:
            return bool(asked.commitment)
        case Figure.LEFT:
            return bool(asked.reason) and not asked.state
        case _:
            return False
