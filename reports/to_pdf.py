"""A report as a PDF, printed by WeasyPrint in a process of its own, with limits.

The document, its pictures and what is attached to it are all it gets: no file and no address is
read. A page that is too much for it ends its own process, not the tracker's.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import TrackerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tracker.domain.report_texts import Picture

ROOT: Final = Path(__file__).parents[1]
SECONDS_MAX: Final = 120  # of computing; a report of 500 lines takes ten
BUSY: Final = 5  # how many times as long it may take by the clock: others are at work as well
BY_LIMITS: Final = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
NO_LIBRARY: Final = 3  # exit status
# What the child needs to find programs, libraries and fonts; no secret is among them.
ENVIRONMENT: Final = (
    "PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "TMPDIR",
)  # fmt: skip
PANGO: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# A PDF holds texts in XML as well, and XML holds no control characters.
CONTROL: Final = dict.fromkeys((*range(0x20), 0x7F, 0xFFFE, 0xFFFF)) | {9: 9, 10: 10, 13: 13}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF; ``relation`` is ``Source`` or ``Data``, as PDF/A-3 calls them."""

    name: str
    media_type: str
    content: bytes
    description: str
    relation: str
    day: date


def to_pdf(
    html: str,
    pictures: Mapping[str, Picture] | None = None,
    attached: Iterable[Attached] = (),
) -> bytes:
    """Print a document to a tagged PDF that can be archived; the same gives the same bytes.

    Shape:  ``pictures`` are those that the document names, by the address it names them by.
    Errors: ``TrackerError`` if the printing fails, or a library of the system is missing.
    """
    wished = {
        "html": html.encode(errors="replace").decode().translate(CONTROL),
        "pictures": {at: [one.media_type, one.base64] for at, one in (pictures or {}).items()},
        "attached": [_plain(one) for one in attached],
    }
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.printer"],
            input=json.dumps(wished).encode(),
            capture_output=True,
            cwd=ROOT,
            env={**kept, "PYTHONUTF8": "1"},
            timeout=SECONDS_MAX * BUSY,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failure(f"it took longer than {SECONDS_MAX * BUSY} seconds") from None
    if done.returncode == NO_LIBRARY:
        raise TrackerError(
            "The PDF cannot be made: the libraries of Pango are not installed.",
            "Ask an administrator for: apt-get install {packages}",
            packages=PANGO,
        )
    if done.returncode in BY_LIMITS:
        raise _failure(f"it took more than {SECONDS_MAX} seconds of computing, or was ended")
    if done.returncode:
        raise _failure(done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout


def _plain(one: Attached) -> dict[str, str]:
    return {
        "name": one.name,
        "media_type": one.media_type,
        "base64": base64.b64encode(one.content).decode(),
        "description": one.description.translate(CONTROL),
        "relation": one.relation,
        "day": one.day.isoformat(),
    }


def _failure(why: str) -> TrackerError:
    return TrackerError(
        "The PDF cannot be made: {why}", "Take the workbook, and tell the administrator.", why=why
    )
