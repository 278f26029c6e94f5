"""The codes in use that a template workbook offers, each with its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reports import words
from tracker.domain.commitments import FIRST_STEPS, Form
from tracker.domain.milestone_rules import code_of
from tracker.domain.milestones import MilestoneStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes in use that a template offers, with their names.

    Shape:  ``categories`` are codes, which are offered by their names; ``project`` is the code
            that stands in every row of a table of costs.
    """

    project: str = ""
    work_packages: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    milestones: Mapping[str, str] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)
    funders: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()

    def lists(self, language: str) -> dict[str, Mapping[str, str]]:
        """Give the list that each column is chosen from, by the column's code."""

        def named(codes: Sequence[str]) -> dict[str, str]:
            return {words.label(code, language): "" for code in codes}

        return {
            "cost_centre": self.work_packages,
            "work_package": self.work_packages,
            "category": named(self.categories),
            "account": self.accounts,
            "milestone": self.milestones,
            "commitment": self.commitments,
            "funder": dict.fromkeys(self.funders, ""),
            "programme": dict.fromkeys(self.programmes, ""),
            "form": named([*Form]),
            "status": named(FIRST_STEPS),
            "outcome": named([code_of(status) for status in MilestoneStatus]),
        }
