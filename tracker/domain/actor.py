"""Who does a deed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.domain.policy import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a command at the keyboard of the server, as the audit trail names them."""

    name: str
    role: Role
    funder_id: int | None = None
