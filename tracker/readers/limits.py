"""What a process may use that reads a file from outside: set by itself, before it reads."""

from __future__ import annotations

import resource

MEBIBYTE = 1 << 20
FILES_MAX = 256
GRACE = 5  # seconds between the signal that ends a process and the one that it cannot refuse


def limit(memory_mb: int, cpu_seconds: int) -> None:
    """Limit this process for the rest of its life; a limit that is lower already stays.

    Units:  mebibytes of address space, seconds of computing.
    """
    _lower(resource.RLIMIT_AS, memory_mb * MEBIBYTE, memory_mb * MEBIBYTE)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + GRACE)
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_NOFILE, FILES_MAX, FILES_MAX)


def _lower(what: int, soft: int, hard: int) -> None:
    soft_now, hard_now = (
        most if now == resource.RLIM_INFINITY else min(now, most)
        for now, most in zip(resource.getrlimit(what), (soft, hard), strict=True)
    )
    resource.setrlimit(what, (soft_now, hard_now))
