"""Mails to funders about what was issued or withdrawn: to whom, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

AT_WORK: Final = timedelta(minutes=2)
"""How long a mail server may take over a mail; who was at it for longer was cut off."""


class MailFate(StrEnum):
    """What became of a mail."""

    BEGUN = "mail_begun"
    SENT = "mail_sent"
    REFUSED = "mail_refused"
    UNCERTAIN = "mail_uncertain"


@dataclass(frozen=True, slots=True)
class Mail:
    """That somebody was mailed of a version, at the address of that day."""

    number: int
    is_withdrawal: bool
    name: str
    email: str
    at: datetime
    fate: MailFate

    def cut_off(self) -> Mail:
        """Give a mail as it stands when nothing is heard of it any more."""
        return replace(self, fate=MailFate.UNCERTAIN) if self.fate is MailFate.BEGUN else self
