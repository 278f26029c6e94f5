"""What may be done with a commitment now, and what may not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.domain.amendments import Verdict
from tracker.domain.commitments import Status, next_steps
from tracker.domain.errors import Code, Sentence
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracker.domain.actor import Actor
    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that may be done: where, and what the button says; one of them is the main one."""

    endpoint: str
    name: Sentence
    values: Mapping[str, str | int]
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Possible:
    """What a person may do with a commitment now, and why the rest may not be done."""

    deeds: list[Deed] = field(default_factory=list)
    reasons: list[Sentence] = field(default_factory=list)


def possible_with(
    commitment: Commitment, decisions: Iterable[Entered], actor: Actor, *, is_requested: bool
) -> Possible:
    """Tell what a person may do with a commitment as it stands."""
    found = Possible()
    waiting = [entered for entered in decisions if entered.verdict is Verdict.DRAFT]
    if waiting and is_allowed(actor.role, Permission.CONFIRM):
        _judge(found, waiting[0], actor)
    if is_allowed(actor.role, Permission.ENTER_FUNDING):
        if not waiting:
            _enter(found, commitment, is_requested=is_requested)
        values = {"code": commitment.code}
        particulars = Sentence(_("Change the conditions"))
        found.deeds.append(Deed("commitments.change_particulars", particulars, values))
    return found


def _judge(found: Possible, draft: Entered, actor: Actor) -> None:
    number, values = draft.decision.number, {"amendment_id": draft.id}
    name = Sentence(_("Look at amendment {number}"), {"number": number})
    if number == 0:
        name = Sentence(_("Look at the first decision"))
    found.deeds.append(Deed("amendments.show", name, values, is_main=True))
    if draft.entered_by == actor.name:
        found.reasons.append(
            Sentence(_("You entered this yourself, so somebody else confirms it."))
        )
    if is_allowed(actor.role, Permission.ENTER_FUNDING):
        found.reasons.append(
            Sentence(
                _("No other amendment can be entered until this one is confirmed or taken back.")
            )
        )


def _enter(found: Possible, commitment: Commitment, *, is_requested: bool) -> None:
    values = {"code": commitment.code}
    if not next_steps(commitment.status):
        found.reasons.append(
            Sentence(
                _("{code} is {status}, so nothing of it is amended any more."),
                {"code": commitment.code, "status": Code(commitment.status.value)},
            )
        )
        return
    name = Sentence(_("Enter an amendment"))
    if commitment.status is Status.DRAFT:
        name = Sentence(_("Enter the first decision again"))
    found.deeds.append(Deed("amendments.amend", name, values, is_main=True))
    if commitment.status is Status.AWARDED and not is_requested:
        asked = Sentence(_("Enter the request for determination"))
        found.deeds.append(Deed("determination.request_it", asked, values))
