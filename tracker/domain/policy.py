"""Who may do what: one table, used by every route, every command and the tests."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.errors import NotAllowedError

if TYPE_CHECKING:
    from tracker.domain.actor import Actor


class Role(StrEnum):
    """What a person is in the tracker."""

    FINANCE_OFFICER = "finance_officer"
    CONTROLLER = "controller"
    DIRECTOR = "director"
    FUNDER_VIEWER = "funder_viewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PROJECT_LEAD = "project_lead"


class Permission(StrEnum):
    """What a route or a command asks of a person."""

    ANYONE = "anyone"  # also before signing in
    SIGNED_IN = "signed_in"
    SEE_FUNDING = "see_funding"  # commitments, receipts, reports; a viewer's own only
    SEE_BOOKS = "see_books"  # every cost line, what is not charged, imports, milestones
    HAND_IN = "hand_in"  # files; what of them a role may keep, ``intakes`` says
    BRING_IN_BOOKS = "bring_in_books"  # import files and charge them
    ENTER_FUNDING = "enter_funding"  # funders, commitments, instalments, receipts, budgets
    CLOSE_PERIODS = "close_periods"  # set periods up, close them, ask to reopen them
    PREPARE_REPORTS = "prepare_reports"  # begin, write, issue and withdraw funder reports
    CONFIRM = "confirm"  # what somebody else entered
    ANSWER_REPORTS = "answer_reports"  # that were issued to one's own funder
    PLAN = "plan"  # milestones and forecasts
    SUPPOSE = "suppose"  # make scenarios, which change nothing
    SEE_AUDIT_TRAIL = "see_audit_trail"
    MANAGE_PEOPLE = "manage_people"


_INSIDE = frozenset(
    {
        Role.FINANCE_OFFICER,
        Role.CONTROLLER,
        Role.DIRECTOR,
        Role.AUDITOR,
        Role.PROJECT_LEAD,
    }
)
_EVERYBODY = frozenset(Role)

MAY: dict[Permission, frozenset[Role]] = {
    Permission.ANYONE: _EVERYBODY,
    Permission.SIGNED_IN: _EVERYBODY,
    Permission.SEE_FUNDING: _INSIDE | {Role.FUNDER_VIEWER},
    Permission.SEE_BOOKS: _INSIDE,
    Permission.HAND_IN: frozenset({Role.FINANCE_OFFICER, Role.PROJECT_LEAD}),
    Permission.BRING_IN_BOOKS: frozenset({Role.FINANCE_OFFICER}),
    Permission.ENTER_FUNDING: frozenset({Role.FINANCE_OFFICER}),
    Permission.CLOSE_PERIODS: frozenset({Role.FINANCE_OFFICER, Role.CONTROLLER}),
    Permission.PREPARE_REPORTS: frozenset({Role.FINANCE_OFFICER}),
    Permission.CONFIRM: frozenset({Role.FINANCE_OFFICER, Role.CONTROLLER, Role.DIRECTOR}),
    Permission.ANSWER_REPORTS: frozenset({Role.FUNDER_VIEWER}),
    Permission.PLAN: frozenset({Role.FINANCE_OFFICER, Role.PROJECT_LEAD}),
    Permission.SUPPOSE: _INSIDE - {Role.AUDITOR},
    Permission.SEE_AUDIT_TRAIL: frozenset({Role.CONTROLLER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
}


def is_allowed(role: Role, permission: Permission) -> bool:
    """Tell whether a role may do something."""
    return role in MAY[permission]


def check_allowed(actor: Actor, permission: Permission) -> None:
    """Refuse an actor whose role may not do something.

    Errors: ``NotAllowedError``.
    """
    if not is_allowed(actor.role, permission):
        raise NotAllowedError(
            "Your role does not allow this.",
            "Ask an administrator of the tracker if you need it.",
        )


def is_own(actor: Actor, funder_id: int) -> bool:
    """Tell whether an actor may see what belongs to a funder: a viewer sees its own only."""
    return actor.role is not Role.FUNDER_VIEWER or actor.funder_id == funder_id
