"""Files on their way in: handed in, read, looked at, and kept whole or not at all."""

from __future__ import annotations

from enum import StrEnum


class IntakeState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"  # for its job to begin
    READING = "reading"
    MAPPING = "mapping"  # for a person to say what its columns are
    READY = "ready"  # for a person to look at what would happen
    KEEPING = "keeping"
    KEPT = "kept"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # its job ended without a word; it can begin anew
