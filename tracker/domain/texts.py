"""Texts that people read: English in the code, said in the reader's language when shown."""

from __future__ import annotations


def mark(text: str) -> str:
    """Mark a text for translation; modules import this as ``_``, by which translations find it."""
    return text


def stem_of(*parts: object) -> str:
    """Name a file after what it tells, so that names sort and explain themselves.

    Shape:  ``NECST_overview_2026-01-15``; what a file system would not take becomes ``-``.
    """
    named = "_".join(map(str, parts))
    return "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in named)
