"""A programme as the finance office hands it over: everything but the books themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.amendments import Amendment
    from tracker.domain.commitments import Form, Status
    from tracker.domain.errors import Finding
    from tracker.domain.funders import NewFunder
    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Move
    from tracker.domain.money import Money
    from tracker.domain.periods import Period


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """A funder's promise with its terms, amendments and instalments."""

    code: str
    funder: str
    reference: str
    status: Status
    form: Form
    decided_on: date
    period: Period
    categories: tuple[str, ...]
    amendments: tuple[Amendment, ...]
    instalments: tuple[Instalment, ...]
    advance_ceiling_percent: int
    iban: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A ledger account: its cost category, or none; ``ineligible`` is said in ``category``."""

    code: str
    name: str
    category: str | None


@dataclass(frozen=True, slots=True)
class NewShare:
    """A commitment's weight in a split rule."""

    commitment: str
    weight: int


@dataclass(frozen=True, slots=True)
class NewMilestone:
    """A milestone with its history, and the instalment (commitment, number) it releases."""

    code: str
    title: str
    work_package: str
    weight: int
    baseline: date
    moves: tuple[Move, ...]
    met_on: date | None
    releases: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Case:
    """One project and everything that is known about its funding.

    Shape:  ``categories``, ``work_packages`` and the shares of a split rule are in the order in
            which they are shown, and in which ties are broken. ``in_kind`` names the commitment
            and the category of partners' hours. ``warnings`` say what is odd and yet possible.
    """

    project: str
    name: str
    note: str
    currency: str
    period: Period
    categories: tuple[str, ...]
    accounts: tuple[NewAccount, ...]
    work_packages: dict[str, str]
    funders: tuple[NewFunder, ...]
    commitments: tuple[NewCommitment, ...]
    split_rules: dict[str, tuple[NewShare, ...]]
    in_kind: tuple[str, str] | None
    budgets: dict[str, dict[str, Money]]
    milestones: tuple[NewMilestone, ...]
    warnings: tuple[Finding, ...] = ()
