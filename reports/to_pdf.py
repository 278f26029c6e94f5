"""A report as a PDF, printed by WeasyPrint in a process of its own, with limits.

The document is all it gets: no file, no address, no asset is read. A page that is too much for
it ends its own process, not the tracker's.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from tracker.domain.errors import TrackerError

ROOT: Final = Path(__file__).parents[1]
MEMORY_MAX: Final = 2 << 30  # bytes; a report of 500 lines takes a tenth of it
SECONDS_MAX: Final = 120  # a report of 500 lines takes ten
NO_LIBRARY: Final = 3  # exit status
# What the child needs to find programs, libraries and fonts; no secret is among them.
ENVIRONMENT: Final = (
    "PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "TMPDIR",
)  # fmt: skip
PANGO: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def to_pdf(html: str) -> bytes:
    """Print a document to a tagged PDF; the same document gives the same bytes.

    Errors: ``TrackerError`` if the printing fails, or a library of the system is missing.
    """
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.to_pdf"],
            input=html.encode(),
            capture_output=True,
            cwd=ROOT,
            env={**kept, "PYTHONUTF8": "1"},
            timeout=SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _failure(f"it took longer than {SECONDS_MAX} seconds") from None
    if done.returncode == NO_LIBRARY:
        raise TrackerError(
            "The PDF cannot be made: the libraries of Pango are not installed.",
            "Ask an administrator for: apt-get install {packages}",
            packages=PANGO,
        )
    if done.returncode:
        raise _failure(done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout


def _failure(why: str) -> TrackerError:
    return TrackerError(
        "The PDF cannot be made: {why}", "Take the workbook, and tell the administrator.", why=why
    )


def _print() -> int:
    """Print what comes in on standard input: the work of the child process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as missing:
        sys.stderr.write(str(missing))
        return NO_LIBRARY
    # No protocol is allowed, not even `data:`: a document that names an address is refused whole.
    nothing = URLFetcher(allowed_protocols=(), fail_on_errors=True)
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=nothing)
    sys.stdout.buffer.write(document.write_pdf(pdf_variant="pdf/ua-1"))
    return 0


if __name__ == "__main__":
    sys.exit(_print())
