"""Figures one below the other, each with how it comes about: the section that reports open with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reports import words
from reports.model import Column, Kind, Section, Sum
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

Told: TypeAlias = tuple[str, Money, str, Sum | None]
"""A figure: its name, its amount, how it comes about, and the sum that it must be, if it is one."""


def told_figures(
    key: str, title: str, told: Sequence[Told], language: str, *, width: int
) -> Section:
    """Lay figures out; ``width`` is that of their names."""
    _ = words.gettext_for(language)
    return Section(
        key,
        title,
        (
            Column(_("Figure"), width=width),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("How it comes about"), width=60),
        ),
        tuple((name, amount, how) for name, amount, how, _tie in told),
        note=_("Amounts in euros."),
        ties={(at, 1): tie for at, (*_told, tie) in enumerate(told) if tie is not None},
    )
