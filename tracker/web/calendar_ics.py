"""Deadlines as a calendar that other programs read.

Source: RFC 5545.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MIMETYPE: Final = "text/calendar"
WIDTH: Final = 75  # octets in a line, without its end
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Event(NamedTuple):
    """A day in a calendar; ``uid`` stays the same when the day moves."""

    uid: str
    day: date
    summary: str
    description: str
    address: str


def to_ics(name: str, events: Iterable[Event], today: date) -> bytes:
    """Write a calendar of whole days.

    Shape:  ``today`` is when it was written; the same day and events give the same bytes.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Funding Tracker//Deadlines//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        *(line for event in events for line in _event(event, today)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) + b"\r\n" for line in lines)


def folded(line: str) -> bytes:
    """Break a line that is too long, never inside a letter; each rest begins with a space."""
    parts: list[bytes] = [b""]
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > WIDTH:
            parts.append(b" ")
        parts[-1] += octets
    return b"\r\n".join(parts)


def _event(event: Event, today: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{today:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(1):%Y%m%d}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield f"URL:{CONTROL.sub('', event.address)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """Write a text so that nothing in it can end it, or begin a line of its own."""
    plain = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("\n", "\\n")
